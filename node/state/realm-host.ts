import { assert } from "../../lang/base/assert.ts";
import { toHex, utf8 } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import type { Host, HostMark, Meter } from "../../lang/host.ts";
import type { HostWordName } from "../../lang/primitives/host-words.ts";
import type { Value } from "../../lang/value.ts";
import type { ThreadFault } from "../fault.ts";
import { encodeAddress } from "./address.ts";
import { coinsOf, payCoins } from "./coins.ts";
import { addContact, resolveRecipient } from "./contacts.ts";
import { copyPath, movePath, removePath } from "./file-trees.ts";
import { appendFile, listPath, makeDirectory, pathExists, readFile, requireDirectory, touchFile, writeFile, type FileContext } from "./files.ts";
import { amountArg, cellArg, contentArg, textArg } from "./host-args.ts";
import { showListing } from "./listing.ts";
import { showPlace, type Place } from "./paths.ts";
import { PRICES } from "./prices.ts";
import type { Realm, Savepoint } from "./realm.ts";
import { perspective } from "./realm-root.ts";

/** Words that steer a thread; a package has none. `vt` gives the text to print. */
export interface ThreadWords {
  bt(): void;
  rt(): void;
  at(): void;
  vt(): string;
}

export interface RealmHostOptions {
  readonly realm: Realm;
  /** 20 bytes: the domain that acts. `~` is its root. */
  readonly signer: Uint8Array;
  readonly directory: Place;
  /** Height of the block being executed, or of the realm's base. */
  readonly height: bigint;
  /** What `whoami` prints, without the end of the line. */
  readonly identityText: string;
  readonly write: (bytes: Uint8Array) => void;
  readonly thread?: ThreadWords;
}

/** A host over a realm. `directory` moves with `cd`; `readHeight` tells whether code asked for the height (R4). */
export interface RealmHost extends Host {
  readonly realm: Realm;
  directory: Place;
  readonly readHeight: boolean;
}

/** What a word works with. */
interface Call extends FileContext {
  readonly host: RealmHostState;
  readonly args: readonly Value[];
}

const NOTHING: readonly Value[] = [];

/** Every host word: a row of HOST_WORDS without a line here does not compile. */
const WORDS: { readonly [Word in HostWordName]: (call: Call) => readonly Value[] } = {
  mkdirEx: (call) => done(makeDirectory(call, textArg(call.args, 0))),
  writeEx: (call) => done(writeFile(call, contentArg(call.args, 0), textArg(call.args, 1))),
  appendEx: (call) => done(appendFile(call, contentArg(call.args, 0), textArg(call.args, 1))),
  rmEx: (call) => done(removePath(call, textArg(call.args, 0), { recursive: (cellArg(call.args, 1) & 1n) === 1n })),
  cpEx: (call) => done(copyPath(call, textArg(call.args, 0), textArg(call.args, 1))),
  mvEx: (call) => done(movePath(call, textArg(call.args, 0), textArg(call.args, 1))),
  touchEx: (call) => done(touchFile(call, textArg(call.args, 0))),
  cdEx: (call) => done(call.host.enter(requireDirectory(call, textArg(call.args, 0)))),
  readEx: (call) => [{ kind: "bytes", value: readFile(call, textArg(call.args, 0)) }],
  existsEx: (call) => [{ kind: "cell", value: pathExists(call, textArg(call.args, 0)) ? -1n : 0n }],
  catEx: (call) => done(call.host.write(readFile(call, textArg(call.args, 0)))),
  lsEx: (call) => done(call.host.write(utf8(showListing(listPath(call, textArg(call.args, 0)))))),
  pwd: (call) => done(call.host.print(showPlace(call.paths.directory, call.paths.home))),
  whoami: (call) => done(call.host.print(call.host.options.identityText)),
  perspective: (call) => done(call.host.print(toHex(rootOf(call)))),
  sendEx: (call) => done(payCoins(call.realm, { from: call.paths.home, to: resolveRecipient(call, textArg(call.args, 0)), units: amountArg(call.args, 1) })),
  balance: (call) => [coinsOf(call.realm.domain(call.paths.home).balanceUnits)],
  balanceOf: (call) => [coinsOf(call.realm.domain(resolveRecipient(call, textArg(call.args, 0))).balanceUnits)],
  "my-address": (call) => [{ kind: "text", value: encodeAddress(call.paths.home) }],
  height: (call) => [{ kind: "cell", value: call.host.askHeight() }],
  contactEx: (call) => done(addContact(call, textArg(call.args, 0), textArg(call.args, 1))),
  bt: (call) => done(threadOf(call, "bt").bt()),
  rt: (call) => done(threadOf(call, "rt").rt()),
  at: (call) => done(threadOf(call, "at").at()),
  vt: (call) => done(call.host.write(utf8(threadOf(call, "vt").vt()))),
};

/** A host through which GridScript reaches a realm as the domain `signer`. */
export function createRealmHost(options: RealmHostOptions): RealmHost {
  return new RealmHostState(options);
}

class RealmHostState implements RealmHost {
  readonly options: RealmHostOptions;
  readonly realm: Realm;
  directory: Place;
  readHeight = false;
  readonly #marks: { readonly savepoint: Savepoint; readonly directory: Place }[] = [];

  constructor(options: RealmHostOptions) {
    this.options = options;
    this.realm = options.realm;
    this.directory = options.directory;
  }

  call(word: HostWordName, args: readonly Value[], meter: Meter): readonly Value[] {
    const paths = { home: this.options.signer, directory: this.directory };
    const before = this.realm.savepoint();
    try {
      return WORDS[word]({ realm: this.realm, paths, meter, host: this, args });
    } catch (error) {
      this.realm.rollback(before);
      throw error;
    }
  }

  write(bytes: Uint8Array): void {
    this.options.write(bytes);
  }

  print(line: string): void {
    this.write(utf8(`${line}\n`));
  }

  enter(directory: Place): void {
    this.directory = directory;
  }

  askHeight(): bigint {
    this.readHeight = true;
    return this.options.height;
  }

  mark(): HostMark {
    this.#marks.push({ savepoint: this.realm.savepoint(), directory: this.directory });
    return (this.#marks.length - 1) as HostMark;
  }

  rollback(mark: HostMark): void {
    const marked = this.#marks[mark];
    assert(marked !== undefined, "a mark is used while it stands");
    this.#marks.length = mark + 1;
    this.realm.rollback(marked.savepoint);
    this.directory = marked.directory;
  }

  release(mark: HostMark): void {
    assert(mark < this.#marks.length, "a mark is released once");
    this.#marks.length = mark;
  }
}

function rootOf({ realm, meter }: Call): Uint8Array {
  meter.charge(realm.pendingCount * PRICES.rootWrite);
  return perspective(realm);
}

/** For words that give nothing: the call before it has done its work. */
function done(_: void): readonly Value[] {
  return NOTHING;
}

function threadOf({ host }: Call, word: string): ThreadWords {
  const { thread } = host.options;
  if (thread !== undefined) return thread;
  throw new FaultError<ThreadFault>({ code: "THREAD_NOT_COMMITTABLE", word, reason: "it steers a thread, and a package has none" });
}
