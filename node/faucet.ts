import { FaultError } from "../lang/base/fault.ts";
import { ed25519PublicKey } from "./crypto/ed25519.ts";
import type { StateFault } from "./fault.ts";
import type { Draft, DraftSigner, ThreadApi } from "./api.ts";
import type { Receipt } from "./ledger/block.ts";
import { SerialQueue } from "./ledger/serial-queue.ts";
import { UNITS_PER_COIN } from "./ledger/params.ts";
import { encodeSignedPackage } from "./package/body-codec.ts";
import { signBody } from "./package/signing.ts";
import { encodeAddress } from "./state/address.ts";

/** What one visit pays: enough for some million packages at the devnet's price. */
const FAUCET_COINS = 100n;

export interface FaucetParts {
  readonly seed: Uint8Array;
  readonly openThread: () => Promise<ThreadApi>;
  readonly draft: (thread: ThreadApi, signer: DraftSigner) => Promise<Draft>;
  readonly submit: (signedPackage: Uint8Array) => Promise<{ readonly packageId: Uint8Array }>;
  readonly untilIncluded: (packageId: Uint8Array, signal: AbortSignal) => Promise<Receipt>;
}

/**
 * Pays coins on a devnet by a package like any other, signed with the faucet's key (R13). One visit at a
 * time, because each package needs the nonce after the last.
 */
export class Faucet {
  readonly #parts: FaucetParts;
  readonly #queue = new SerialQueue();

  constructor(parts: FaucetParts) {
    this.#parts = parts;
  }

  pay(domain: Uint8Array, signal: AbortSignal): Promise<{ readonly amountUnits: bigint; readonly receipt: Receipt }> {
    return this.#queue.run(() => this.#payNow(domain, signal));
  }

  async #payNow(domain: Uint8Array, signal: AbortSignal): Promise<{ readonly amountUnits: bigint; readonly receipt: Receipt }> {
    signal.throwIfAborted();
    const publicKey = ed25519PublicKey(this.#parts.seed);
    const draft = await this.#draftPayment(domain, publicKey);
    const signature = signBody(draft.bodyBytes, { seed: this.#parts.seed, publicKey });
    const { packageId } = await this.#parts.submit(encodeSignedPackage({ body: draft.body, signatures: [signature] }));
    const receipt = await this.#parts.untilIncluded(packageId, signal);
    if (receipt.outcome.kind !== "done") throw new FaultError<StateFault>({ code: "STATE_INSUFFICIENT", haveUnits: 0n, needUnits: FAUCET_COINS * UNITS_PER_COIN });
    return { amountUnits: FAUCET_COINS * UNITS_PER_COIN, receipt };
  }

  async #draftPayment(domain: Uint8Array, publicKey: Uint8Array): Promise<Draft> {
    const thread = await this.#parts.openThread();
    try {
      const source = `bt '${encodeAddress(domain)}' ${FAUCET_COINS} sendEx rt`;
      const outcome = await thread.run(source, { mode: "shell", sourceName: "faucet", write: () => undefined, columns: 80, interactive: false });
      if (outcome.kind === "fault") throw new FaultError(outcome.report.fault);
      return await this.#parts.draft(thread, { publicKey });
    } finally {
      thread.close();
    }
  }
}
