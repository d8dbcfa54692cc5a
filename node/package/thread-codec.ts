import { bytesField, listField, numberItem, smallField, textField, textItem } from "../../lang/base/rlp-fields.ts";
import { decodeRlp, encodeRlp, malformed, type RlpItem } from "../../lang/base/rlp.ts";
import type { ExecutedItem } from "../../lang/host.ts";
import { valueFromItem, valueItem } from "../../lang/values/value-codec.ts";
import { decodeRealm, encodeRealm } from "../state/realm-codec.ts";
import { openFilesFrom, openFilesItem } from "../state/open-files.ts";
import type { Place } from "../state/paths.ts";
import { Realm } from "../state/realm.ts";
import type { StateReader } from "../state/versioned.ts";
import { NO_RECORDING, type Recording } from "./recording.ts";
import { ThreadRuntime, type ThreadSetup } from "./thread-runtime.ts";

/**
 * A thread as bytes: what the main thread keeps between lines, so that any worker can take it up (R7).
 * Canonical RLP, made and read by this node only; still bounded, for a journal of it may come back later.
 */
const FORMAT = 1;
const MAX_PATH_BYTES = 4_096;
const MAX_TEXT_BYTES = 64 << 10;
const THREAD_KINDS = ["both", "read-only", "write-only"] as const;
const PHASES = ["off", "recording", "ready"] as const;

/** Facts of a thread that do not change with its lines, kept with its bytes. */
export type ThreadIdentity = Pick<ThreadSetup, "signer" | "identityText" | "kind">;

/** A thread between two lines, for whatever worker takes it up next. */
export function encodeThread(runtime: ThreadRuntime, identity: ThreadIdentity): Uint8Array {
  return encodeRlp([
    numberItem(FORMAT), identity.signer, textItem(identity.identityText), numberItem(THREAD_KINDS.indexOf(identity.kind)),
    runtime.machine.snapshot(), encodeRealm(runtime.realm), placeItem(runtime.inner.directory), recordingItem(runtime.recording, runtime.realm), suspendedItem(runtime), openFilesItem(runtime.inner.openFiles),
  ]);
}

/** Faults: CODEC_MALFORMED. */
export function decodeThread(bytes: Uint8Array, reader: StateReader, makeSetup: (identity: ThreadIdentity) => ThreadSetup): ThreadRuntime {
  const [format, signer, text, kind, machine, realm, place, recording, suspended, openFiles] = listField(decodeRlp(bytes), "thread", 10);
  if (smallField(format, "thread format", 255) !== FORMAT) malformed("thread format: only 1 is known");
  const identity = { signer: bytesField(signer, "signer", [20]), identityText: textField(text, "identity", MAX_TEXT_BYTES), kind: THREAD_KINDS[smallField(kind, "thread kind", THREAD_KINDS.length - 1)] ?? "both" };
  const runtime = new ThreadRuntime(makeSetup(identity), decodeRealm(bytesField(realm, "realm", []), reader), {
    machine: bytesField(machine, "machine", []),
    directory: placeFrom(place),
    recording: recordingFrom(recording, reader),
    openFiles: openFilesFrom(openFiles),
  });
  reopenSuspended(runtime, suspended, reader);
  return runtime;
}

/** The line that a waiting program suspended, if there is one: how the thread was when it began, and its items so far. */
function suspendedItem({ host, realm }: ThreadRuntime): RlpItem {
  const line = host.suspended();
  if (line === undefined) return [];
  const { recording, chain, directory, openFiles } = line.start;
  return [recordingItem(recording, realm), encodeRealm(new Realm(realm.base, chain)), placeItem(directory), line.items.map(executedItem), openFilesItem(openFiles)];
}

function reopenSuspended(runtime: ThreadRuntime, item: RlpItem | undefined, reader: StateReader): void {
  const fields = listField(item, "suspended line");
  if (fields.length === 0) return;
  const [recording, realm, directory, items, openFiles] = listField(fields, "suspended line", 5);
  const start = {
    recording: recordingFrom(recording, reader), chain: decodeRealm(bytesField(realm, "realm", []), reader).chain(), directory: placeFrom(directory), openFiles: openFilesFrom(openFiles),
  };
  runtime.host.reopen(start, listField(items, "items").map(executedFrom));
}

function placeItem({ domain, path }: Place): RlpItem {
  return [domain, textItem(path)];
}

function placeFrom(item: RlpItem | undefined): Place {
  const [domain, path] = listField(item, "place", 2);
  return { domain: bytesField(domain, "domain", [20]), path: textField(path, "path", MAX_PATH_BYTES) };
}

function recordingItem(recording: Recording, realm: Realm): RlpItem {
  const { phase, lines, hidden, before, directory, openFiles, wordsBefore } = recording;
  if (before === undefined) return [];
  return [
    numberItem(PHASES.indexOf(phase)), lines.map((line) => line.items.map(executedItem)), hidden.map(valueItem),
    encodeRealm(new Realm(realm.base, before.chain)), placeItem(directory), numberItem(wordsBefore), openFilesItem(openFiles),
  ];
}

function recordingFrom(item: RlpItem | undefined, reader: StateReader): Recording {
  const fields = listField(item, "recording");
  if (fields.length === 0) return NO_RECORDING;
  const [phase, lines, hidden, before, directory, wordsBefore, openFiles] = listField(fields, "recording", 7);
  return {
    phase: PHASES[smallField(phase, "phase", PHASES.length - 1)] ?? "off",
    lines: listField(lines, "lines").map((line) => ({ items: listField(line, "line").map(executedFrom) })),
    hidden: listField(hidden, "hidden").map(valueFromItem),
    before: decodeRealm(bytesField(before, "before", []), reader).savepoint(),
    directory: placeFrom(directory),
    openFiles: openFilesFrom(openFiles),
    wordsBefore: smallField(wordsBefore, "words before", 2 ** 32),
  };
}

const KINDS = ["literal", "word", "define"] as const;

function executedItem(item: ExecutedItem): RlpItem {
  if (item.kind === "literal") return [numberItem(0), valueItem(item.value)];
  const by = item.kind === "define" && item.by !== undefined ? [numberItem(item.by)] : [];
  const text = item.text === undefined ? [] : [textItem(item.text)];
  return [numberItem(KINDS.indexOf(item.kind)), numberItem(item.xt), by, text, (item.defines ?? []).map(numberItem), (item.refers ?? []).map(numberItem)];
}

function executedFrom(item: RlpItem): ExecutedItem {
  const fields = listField(item, "item");
  const kind = KINDS[smallField(fields[0], "kind", KINDS.length - 1)];
  if (kind === "literal") return { kind, value: valueFromItem(listField(fields, "literal", 2)[1]) };
  const [, xt, by, text, defines, refers] = listField(fields, "item", 6);
  const numbers = (list: RlpItem | undefined): number[] => listField(list, "words").map((one) => smallField(one, "word", 2 ** 32));
  const [byItem] = listField(by, "by");
  const [textOf] = listField(text, "text");
  const parsed = {
    ...(textOf === undefined ? {} : { text: textField(textOf, "text", MAX_TEXT_BYTES) }),
    ...optional("defines", numbers(defines)),
    ...optional("refers", numbers(refers)),
  };
  const token = smallField(xt, "word", 2 ** 32);
  if (kind === "word") return { kind, xt: token, ...parsed };
  return { kind: "define", xt: token, ...(byItem === undefined ? {} : { by: smallField(byItem, "by", 2 ** 32) }), ...parsed };
}

function optional<Name extends string>(name: Name, list: readonly number[]): { readonly [Key in Name]?: readonly number[] } {
  return (list.length === 0 ? {} : { [name]: list }) as { readonly [Key in Name]?: readonly number[] };
}
