import { equalBytes, toHex } from "../../lang/base/bytes.ts";
import { fault, type FileContext } from "./access.ts";
import { BaseState } from "./base-state.ts";
import { PRICES } from "./prices.ts";
import { Realm } from "./realm.ts";
import { nodeStateKey } from "./state-keys.ts";
import { EMPTY_ROOT } from "./trie/nodes.ts";
import { rootOfStored } from "./trie/source.ts";

/** Where the root node of the state trie stands: its history is the history of perspectives. */
const ROOT_NODE_KEY = nodeStateKey(new Uint8Array(0), new Uint8Array(0));
const HEIGHT = /^@([0-9]{1,19})$/;
const PERSPECTIVE = /^@([0-9a-f]{8,64})$/;

/**
 * The same context over the state as it was after a block (G58): pending work is left out.
 * `when` is `@120`, or `@` and at least eight hex digits of a perspective; a file of that name is `./@120`.
 * Faults: STATE_NO_SUCH_STATE, STATE_BASE_PRUNED.
 */
export function atOlderState(context: FileContext, when: string): FileContext {
  const { base } = context.realm;
  const height = HEIGHT.exec(when)?.[1];
  const found = height === undefined ? findPerspective(context, when) : BigInt(height);
  if (found === undefined || found > base.height) throw fault({ code: "STATE_NO_SUCH_STATE", when: when.slice(0, 80), newestHeight: base.height });
  const { reader } = base;
  const rootNode = reader.get(ROOT_NODE_KEY, found);
  const stateRoot = rootNode === undefined ? EMPTY_ROOT : rootOfStored(rootNode);
  return { ...context, realm: new Realm(new BaseState(reader, { height: found, stateRoot })), askHeight: () => found };
}

/** The height at which the state had this root last; goes back write by write as far as history is kept. */
function findPerspective({ realm: { base }, meter }: FileContext, when: string): bigint | undefined {
  const wanted = PERSPECTIVE.exec(when)?.[1];
  if (wanted === undefined) return undefined;
  for (let height = base.height; ; ) {
    meter.charge(PRICES.olderState);
    const record = base.reader.record(ROOT_NODE_KEY, height);
    const root = record.value === undefined ? EMPTY_ROOT : rootOfStored(record.value);
    if (toHex(root).startsWith(wanted)) return height;
    if (record.height === 0n || equalBytes(root, EMPTY_ROOT)) return undefined;
    height = record.height - 1n;
  }
}
