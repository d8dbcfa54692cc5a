import { toHex } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import type { Draft, IntentOffer, IntentProgress, SignatureAnswer } from "../api.ts";
import type { SignFault } from "../fault.ts";
import type { Clock, Random } from "../ports.ts";

/** Long enough to fetch a phone or a second terminal, short enough to be forgotten safely. */
export const INTENT_LIFETIME_MS = 300_000;
const INTENT_ID_BYTES = 8;
/** One for each session at most, so this bounds memory at a few MiB of drafts. */
const MOST_INTENTS = 4_096;

/** What the book needs from whoever asked for a signature. */
export interface IntentAsk {
  /** One open intent for each owner: a new one withdraws the last. */
  readonly owner: string;
  /** Absent: the signer's key decides the domain, and the draft is made for it. */
  readonly draft: Draft | undefined;
  readonly draftFor: (publicKey: Uint8Array) => Promise<Draft>;
  /** Keeps a signature; with the last one that is needed the package is submitted. */
  readonly answer: (draft: Draft, answer: SignatureAnswer) => Promise<IntentProgress>;
  readonly describe: (intent: { readonly intentId: Uint8Array; readonly expiresAtMs: number; readonly packageId: Uint8Array | undefined }) => string;
}

interface OpenIntent extends IntentAsk {
  readonly expiresAtMs: number;
  /** Drafts that were shown to a signer, by package id in hex: only these can be answered. */
  readonly shown: Map<string, Draft>;
  readonly settle: { readonly resolve: (value: { readonly packageId: Uint8Array }) => void; readonly reject: (error: Error) => void };
  readonly cancelTimer: () => void;
}

/** Drafts kept for one intent; a signer needs one, a retry after the state moved another. */
const MOST_SHOWN = 4;

/** The requests for a signature that are open at this node (G36). Each belongs to one thread and expires by itself. */
export class IntentBook {
  private readonly open = new Map<string, OpenIntent>();
  private readonly clock: Clock;
  private readonly random: Random;

  constructor(ports: { readonly clock: Clock; readonly random: Random }) {
    this.clock = ports.clock;
    this.random = ports.random;
  }

  offer(ask: IntentAsk): IntentOffer {
    for (const [key, intent] of this.open) if (intent.owner === ask.owner) this.end(key, "a newer request took its place");
    if (this.open.size >= MOST_INTENTS) refuse("too many open requests at this node; try again in a minute");
    const intentId = this.random.bytes(INTENT_ID_BYTES);
    const key = toHex(intentId);
    const expiresAtMs = this.clock.nowMs() + INTENT_LIFETIME_MS;
    const answered = new Promise<{ readonly packageId: Uint8Array }>((resolve, reject) => {
      const cancelTimer = this.clock.after(INTENT_LIFETIME_MS, () => this.expire(key));
      const shown = new Map(ask.draft === undefined ? [] : [[toHex(ask.draft.packageId), ask.draft]]);
      this.open.set(key, { ...ask, expiresAtMs, shown, settle: { resolve, reject }, cancelTimer });
    });
    answered.catch(() => undefined); // whoever waits sees the rejection; nobody waiting is no error
    const text = ask.describe({ intentId, expiresAtMs, packageId: ask.draft?.packageId });
    return { intentId, text, expiresAtMs, answered, withdraw: () => this.end(key, "withdrawn") };
  }

  /** The draft a signer with this key would sign. Faults: SIGN_NO_SUCH_INTENT, and what drafting refuses. */
  async fetch(intentId: Uint8Array, publicKey: Uint8Array): Promise<Draft> {
    const intent = this.find(intentId);
    if (intent.draft !== undefined) return intent.draft;
    if (intent.shown.size >= MOST_SHOWN) refuse("too many signers asked; type ct again");
    const draft = await intent.draftFor(publicKey);
    intent.shown.set(toHex(draft.packageId), draft);
    return draft;
  }

  /** Takes a signature over one of the drafts shown for this intent. Faults: SIGN_*, PACKAGE_*. */
  async answer(intentId: Uint8Array, answer: SignatureAnswer): Promise<IntentProgress> {
    const intent = this.find(intentId);
    const draft = intent.shown.get(toHex(answer.packageId));
    if (draft === undefined) refuse("the signature is for another package than the one shown");
    const result = await intent.answer(draft, answer);
    if (result.missing > 0) return result;
    intent.settle.resolve(result);
    this.end(toHex(intentId), "answered");
    return result;
  }

  close(): void {
    for (const key of [...this.open.keys()]) this.end(key, "the node is stopping");
  }

  private find(intentId: Uint8Array): OpenIntent {
    const intent = this.open.get(toHex(intentId));
    if (intent === undefined) throw new FaultError<SignFault>({ code: "SIGN_NO_SUCH_INTENT" });
    return intent;
  }

  private expire(key: string): void {
    this.open.get(key)?.settle.reject(new FaultError<SignFault>({ code: "SIGN_INTENT_EXPIRED" }));
    this.end(key, "expired");
  }

  private end(key: string, reason: string): void {
    const intent = this.open.get(key);
    if (intent === undefined) return;
    intent.cancelTimer();
    this.open.delete(key);
    intent.settle.reject(new FaultError<SignFault>({ code: "SIGN_REFUSED", reason }));
  }
}

function refuse(reason: string): never {
  throw new FaultError<SignFault>({ code: "SIGN_REFUSED", reason });
}
