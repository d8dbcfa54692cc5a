import { assert } from "../../lang/base/assert.ts";
import { FaultError } from "../../lang/base/fault.ts";
import type { Meter } from "../../lang/host.ts";
import type { StateFault } from "../fault.ts";
import type { Chain } from "../ledger/chain.ts";
import { encodeHeader } from "../ledger/header-codec.ts";
import type { BaseFacts } from "../machines/jobs.ts";
import { requireRight } from "../state/access.ts";
import { BaseState } from "../state/base-state.ts";
import { ROOT_PATH } from "../state/entry-keys.ts";
import { provedNick } from "../state/nicks.ts";
import { parsePath, type PathContext } from "../state/paths.ts";
import { buildProofFile } from "../state/proof-file.ts";
import { Realm } from "../state/realm.ts";
import type { StateReader } from "../state/versioned.ts";

/** Headers above the block meant; each is some 300 bytes, and more work than a day of key blocks holds convinces nobody more. */
const MOST_HEADERS = 1_000n;

/** What the main thread knows of the chain for a proof. */
export interface ProofLink {
  readonly base: BaseFacts;
  /** Encoded, the block after which the state is `base` first. */
  readonly headers: readonly Uint8Array[];
}

/** The block after which a proof speaks, the newest unless a height is given, and those on top of it. Fault: STATE_NO_SUCH_STATE. */
export function proofLink(chain: Chain, height: bigint | undefined): ProofLink {
  const newest = chain.head().height;
  const from = height ?? newest;
  if (from < 1n || from > newest) throw new FaultError<StateFault>({ code: "STATE_NO_SUCH_STATE", when: `@${from}`, newestHeight: newest });
  const to = from + MOST_HEADERS < newest ? from + MOST_HEADERS : newest;
  const headers = [];
  for (let at = from; at <= to; at++) headers.push(headerAt(chain, at));
  return { base: { height: from, stateRoot: (headers[0] as (typeof headers)[number]).stateRoot }, headers: headers.map(encodeHeader) };
}

function headerAt({ machine: { store } }: Chain, height: bigint) {
  const id = store.idAt(height);
  const header = id === undefined ? undefined : store.entry(id)?.header;
  assert(header !== undefined, "every block of the main chain above the genesis has a header");
  return header;
}

/** The session pays no ERG here: a proof reads some hundred nodes of a trie and one file. */
const FREE: Meter = { charge: () => undefined, ergLeft: Number.MAX_SAFE_INTEGER };

/** What is to be proved: what stands at a path, whose a `@nick` is, or with `key` what the program there keeps under it. */
export interface ProofSubject {
  readonly path: string;
  readonly key?: string;
}

/**
 * The proof file of what a path names to somebody. Whether something stands there is no secret, but a node hands out no
 * file that he may not read. Faults: STATE_DENIED, STATE_BAD_NAME, STATE_BAD_ADDRESS, STATE_BASE_PRUNED.
 */
export function proveFor(paths: PathContext, subject: ProofSubject, { base, headers }: ProofLink, reader: StateReader): Uint8Array {
  const place = (subject.key === undefined ? provedNick(subject.path) : undefined) ?? parsePath(subject.path, paths);
  const state = new BaseState(reader, base);
  const entry = place.path === ROOT_PATH ? undefined : state.entry(place.domain, place.path);
  const context = { realm: new Realm(state), paths, meter: FREE, askHeight: () => base.height };
  if (entry?.kind === "file") requireRight(context, "read", { place, entry });
  return buildProofFile(state, headers, { ...place, ...(subject.key === undefined ? {} : { key: subject.key }) });
}
