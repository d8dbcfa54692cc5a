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
import { COIN_WORDS } from "./words/coin-words.ts";
import { FILE_PORT_WORDS } from "./words/file-port-words.ts";
import { FILE_WORDS } from "./words/file-words.ts";
import { KEY_WORDS } from "./words/key-words.ts";
import { MARKET_WORDS } from "./words/market-words.ts";
import { RIGHT_WORDS } from "./words/right-words.ts";
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
  /** What `whoami` prints, without the end of the line. */
  readonly identityText: string;
  readonly write: (bytes: Uint8Array) => void;
  readonly thread?: ThreadWords;
  /** Files that are open already: a thread's, between lines. */
  readonly openFiles?: OpenFiles;
  /** What the Forth file words work on instead of the realm. */
  readonly files?: (meter: Meter) => FilePort;
  /** What `ergleft` prints of the grace budget, without the end of the line. */
  readonly graceText?: () => string;
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
}

/** A host over a realm. `directory` moves with `cd`; `readHeight` tells whether code asked for the height (R4). */
export interface RealmHost extends Host {
  recipient(text: string, meter: Meter): string;
  readonly realm: Realm;
  directory: Place;
  openFiles: OpenFiles;
  readonly readHeight: boolean;
}

/** Every host word: a row of HOST_WORDS without a line in one of these tables does not compile. */
const WORDS: { readonly [Word in HostWordName]: WordAction } = {
  ...FILE_WORDS, ...VIEW_WORDS, ...FILE_PORT_WORDS, ...RIGHT_WORDS, ...MARKET_WORDS, ...KEY_WORDS, ...COIN_WORDS, ...SESSION_WORDS,
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
  readonly #memo = new ContentMemo();
  readonly #marks: { readonly savepoint: Savepoint; readonly directory: Place; readonly openFiles: OpenFiles }[] = [];

  constructor(options: RealmHostOptions) {
    this.options = options;
    this.realm = options.realm;
    this.directory = options.directory;
    this.openFiles = options.openFiles ?? NO_OPEN_FILES;
  }

  call(word: HostWordName, args: readonly Value[], meter: Meter): readonly Value[] {
    requireWord(this.options.authority, specOf(word));
    const before = this.realm.savepoint();
    try {
      return WORDS[word](this.#callWith(args, meter));
    } catch (error) {
      this.realm.rollback(before);
      throw error;
    }
  }

  /** `~` stays: whoever signs decides whose it is (R5). */
  recipient(text: string, meter: Meter): string {
    return text === "~" ? text : encodeAddress(resolveRecipient(this.#callWith([], meter), text));
  }

  write(bytes: Uint8Array): void {
    this.options.write(bytes);
  }

  filePort(context: FileContext): FilePort {
    return this.options.files?.(context.meter) ?? realmFiles(context, this.#memo);
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

  mark(): HostMark {
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
