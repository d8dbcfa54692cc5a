import { assert } from "../../lang/base/assert.ts";
import { utf8 } from "../../lang/base/bytes.ts";
import type { Host, HostMark, Meter } from "../../lang/host.ts";
import { HOST_WORDS, type HostWordName } from "../../lang/primitives/host-words.ts";
import type { HostWordSpec } from "../../lang/primitives/spec.ts";
import type { Value } from "../../lang/value.ts";
import type { FileContext } from "./access.ts";
import { encodeAddress } from "./address.ts";
import { requireWord, type Authority } from "./authority.ts";
import { resolveRecipient } from "./contacts.ts";
import type { FilePort } from "./file-port.ts";
import { NO_OPEN_FILES, type OpenFiles } from "./open-files.ts";
import type { Place } from "./paths.ts";
import { ContentMemo, realmFiles } from "./realm-files.ts";
import type { Realm, Savepoint } from "./realm.ts";
import type { MachineOptions } from "../../lang/machine/machine.ts";
import { ROOT_PATH } from "./entry-keys.ts";
import type { Frame } from "./programs/frame.ts";
import { Journal, JOURNAL_START } from "./programs/journal.ts";
import type { PlayedRun } from "./programs/play.ts";
import { COIN_WORDS } from "./words/coin-words.ts";
import { FILE_PORT_WORDS } from "./words/file-port-words.ts";
import { FILE_WORDS } from "./words/file-words.ts";
import { KEY_WORDS } from "./words/key-words.ts";
import { MARKET_WORDS } from "./words/market-words.ts";
import { PROGRAM_WORDS } from "./words/program-words.ts";
import { RIGHT_WORDS } from "./words/right-words.ts";
import { SACRIFICE_WORDS } from "./words/sacrifice-words.ts";
import { SESSION_WORDS } from "./words/session-words.ts";
import { VIEW_WORDS } from "./words/view-words.ts";
import type { WordAction, WordCall } from "./words/word-call.ts";

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
  /** Whether the keys of a domain may be changed; absent: they may not. */
  readonly authority?: Authority;
  readonly directory: Place;
  /** Height of the block being executed, or of the realm's base. */
  readonly height?: bigint;
  /** Time of the block being executed, or of the realm's base, in seconds since 1970; absent: 0. */
  readonly timeSeconds?: () => number;
  /** What `whoami` prints, without the end of the line. */
  readonly identityText: string;
  readonly write: (bytes: Uint8Array) => void;
  readonly thread?: ThreadWords;
  /** Files that are open already: a thread's, between lines. */
  readonly openFiles?: OpenFiles;
  /** What the Forth file words work on instead of the realm. */
  readonly files?: (meter: Meter) => FilePort;
  /** What `ergleft` prints of the grace budget, without the end of the line. */
  readonly graceText?: (meter: Meter) => string;
  /** The call in progress, for a host of a program that was called. */
  readonly frame?: Frame;
  /** Where calls and events are noted for a package; without, they are forgotten with each line. */
  readonly journal?: Journal;
  /** How the machines of called programs are made: the flag that interrupts this one's, and the tier. */
  readonly machine?: Pick<MachineOptions, "interrupt" | "tier">;
  /** What `play` prints of a run; where there is nobody to show it to, it is refused. */
  readonly showPlay?: (run: PlayedRun) => string;
  /** Shows content screen by screen; without it `less` prints. */
  readonly page?: (content: Uint8Array, title: string) => void;
}

/** A host as its own words see it. */
export interface HostState extends RealmHost {
  readonly options: RealmHostOptions;
  /** What the Forth file words work on. */
  filePort(context: FileContext): FilePort;
  /** Content to read screen by screen where there is a pager, else printed. */
  page(content: Uint8Array, title: string): void;
  /** One line of output. */
  print(line: string): void;
  /** The height, noted as read (R4). */
  askHeight(): bigint;
  readonly journal: Journal;
  /** The same realm and journal, for a program of `owner` in a call. */
  hostOf(frame: Frame, owner: Uint8Array): RealmHost;
  /** The same actor on another realm, with a journal of its own. */
  copyFor(realm: Realm, journal: Journal): HostState;
}

/** A host over a realm. `directory` moves with `cd`; `readHeight` and `readTime` tell whether code asked for the block's height or time (R4). */
export interface RealmHost extends Host {
  recipient(text: string, meter: Meter): string;
  readonly realm: Realm;
  directory: Place;
  openFiles: OpenFiles;
  readonly readHeight: boolean;
  readonly readTime: boolean;
  timeSeconds(): number;
}

/** Every host word: a row of HOST_WORDS without a line in one of these tables does not compile. */
const WORDS: { readonly [Word in HostWordName]: WordAction } = {
  ...FILE_WORDS, ...VIEW_WORDS, ...FILE_PORT_WORDS, ...PROGRAM_WORDS, ...RIGHT_WORDS, ...MARKET_WORDS, ...KEY_WORDS, ...COIN_WORDS, ...SACRIFICE_WORDS, ...SESSION_WORDS,
};

const SPECS: ReadonlyMap<string, HostWordSpec> = new Map(HOST_WORDS.map((spec) => [spec.word, spec]));

function specOf(word: HostWordName): HostWordSpec {
  const spec = SPECS.get(word);
  assert(spec !== undefined, "every host word has a row");
  return spec;
}

/** A host through which GridScript reaches a realm as the domain `signer`. */
export function createRealmHost(options: RealmHostOptions): RealmHost {
  return new RealmHostState(options);
}

class RealmHostState implements HostState {
  readonly options: RealmHostOptions;
  readonly realm: Realm;
  directory: Place;
  openFiles: OpenFiles;
  readHeight = false;
  readTime = false;
  readonly journal: Journal;
  #memo: ContentMemo | undefined;
  readonly #marks: { readonly savepoint: Savepoint; readonly directory: Place; readonly openFiles: OpenFiles }[] = [];

  constructor(options: RealmHostOptions) {
    this.options = options;
    this.realm = options.realm;
    this.directory = options.directory;
    this.openFiles = options.openFiles ?? NO_OPEN_FILES;
    this.journal = options.journal ?? new Journal();
  }

  call(word: HostWordName, args: readonly Value[], meter: Meter): readonly Value[] {
    requireWord(this.options.authority, specOf(word));
    const before = this.realm.savepoint();
    const journal = this.journal.mark();
    try {
      return WORDS[word](this.#callWith(args, meter));
    } catch (error) {
      this.realm.rollback(before);
      this.journal.rollback(journal);
      throw error;
    }
  }

  hostOf(frame: Frame, owner: Uint8Array): RealmHost {
    const { write, height, machine } = this.options;
    return new RealmHostState({
      realm: this.realm, signer: owner, directory: { domain: owner, path: ROOT_PATH }, identityText: "a program", frame, journal: this.journal, write,
      timeSeconds: () => this.timeSeconds(), ...(height !== undefined && { height }), ...(machine !== undefined && { machine }),
    });
  }

  /** `~` stays: whoever signs decides whose it is (R5). */
  recipient(text: string, meter: Meter): string {
    return text === "~" ? text : encodeAddress(resolveRecipient(this.#callWith([], meter), text));
  }

  write(bytes: Uint8Array): void {
    this.options.write(bytes);
  }

  copyFor(realm: Realm, journal: Journal): HostState {
    return new RealmHostState({ ...this.options, realm, journal, directory: this.directory });
  }

  filePort(context: FileContext): FilePort {
    return this.options.files?.(context.meter) ?? realmFiles(context, (this.#memo ??= new ContentMemo()));
  }

  page(content: Uint8Array, title: string): void {
    const { page } = this.options;
    if (page === undefined) this.write(content);
    else page(content, title);
  }

  print(line: string): void {
    this.write(utf8(`${line}\n`));
  }

  #callWith(args: readonly Value[], meter: Meter): WordCall {
    const paths = { home: this.options.signer, directory: this.directory };
    return { realm: this.realm, paths, meter, host: this, args, askHeight: () => this.askHeight() };
  }

  askHeight(): bigint {
    this.readHeight = true;
    return this.options.height ?? this.realm.base.height;
  }

  timeSeconds(): number {
    this.readTime = true;
    return this.options.timeSeconds?.() ?? 0;
  }

  mark(): HostMark {
    if (this.options.journal === undefined && this.#marks.length === 0) this.journal.rollback(JOURNAL_START);
    this.#marks.push({ savepoint: this.realm.savepoint(), directory: this.directory, openFiles: this.openFiles });
    return (this.#marks.length - 1) as HostMark;
  }

  rollback(mark: HostMark): void {
    const marked = this.#marks[mark];
    assert(marked !== undefined, "a mark is used while it stands");
    this.#marks.length = mark + 1;
    this.realm.rollback(marked.savepoint);
    this.directory = marked.directory;
    this.openFiles = marked.openFiles;
  }

  release(mark: HostMark): void {
    assert(mark < this.#marks.length, "a mark is released once");
    this.#marks.length = mark;
  }
}
