import { test } from "uvu";
import * as assert from "uvu/assert";
import { utf8 } from "../../lang/base/bytes.ts";
import { FaultError, isFaultError } from "../../lang/base/fault.ts";
import type { Meter } from "../../lang/host.ts";
import type { HostWordName } from "../../lang/primitives/host-words.ts";
import type { Value } from "../../lang/value.ts";
import { encodeAddress } from "../../node/state/address.ts";
import { createLocalState } from "../../node/state/local-state.ts";
import { createRealmHost, type RealmHost, type ThreadWords } from "../../node/state/realm-host.ts";
import type { Realm } from "../../node/state/realm.ts";

const alice = new Uint8Array(20).fill(0xa1);
const bob = new Uint8Array(20).fill(0xb0);
const COIN = 10n ** 18n;

/** A host that records what it prints, with words called by name and plain JavaScript values. */
function session(realm: Realm = createLocalState().realm, signer = alice, thread?: ThreadWords) {
  let printed = "";
  let ergUsed = 0;
  const meter: Meter = { charge: (erg) => { ergUsed += erg; }, ergLeft: 1e9 };
  const host: RealmHost = createRealmHost({
    realm, signer, directory: { domain: signer, path: "/" }, height: 7n, identityText: "alice (proved)",
    write: (bytes) => { printed += Buffer.from(bytes).toString(); }, ...(thread === undefined ? {} : { thread }),
  });
  const valueOf = (arg: string | bigint | Uint8Array): Value =>
    typeof arg === "string" ? { kind: "text", value: arg } : typeof arg === "bigint" ? { kind: "cell", value: arg } : { kind: "bytes", value: arg };
  const call = (word: HostWordName, ...args: (string | bigint | Uint8Array)[]) => host.call(word, args.map(valueOf), meter);
  return {
    host, realm, call,
    prints: (word: HostWordName, ...args: (string | bigint)[]): string => { printed = ""; call(word, ...args); return printed; },
    erg: (word: HostWordName, ...args: (string | bigint | Uint8Array)[]): number => { ergUsed = 0; call(word, ...args); return ergUsed; },
  };
}

function faultOf(run: () => unknown): Record<string, unknown> & { code: string } {
  try {
    run();
  } catch (error) {
    if (isFaultError(error)) return { ...error.fault };
    throw error;
  }
  throw new Error("no fault");
}

test("directories and files are made, listed, read, copied, moved and removed", () => {
  const { call, prints } = session();
  call("mkdirEx", "docs");
  call("writeEx", "hi", "docs/note");
  call("appendEx", "!", "docs/note");
  call("touchEx", "empty");
  assert.is(prints("lsEx", "."), "docs/\nempty\n");
  assert.is(prints("catEx", "docs/note"), "hi!");
  call("cpEx", "docs", "copy", 1n);
  call("cpEx", "empty", "copy", 1n);
  assert.is(prints("lsEx", "copy"), "empty\nnote\n");
  call("mvEx", "copy/note", "moved");
  call("mvEx", "docs", "copy");
  assert.is(prints("lsEx", "."), "copy/\nempty\nmoved\n");
  assert.is(prints("catEx", "copy/docs/note"), "hi!");
  call("rmEx", "copy", 1n);
  call("rmEx", "empty", 0n);
  assert.is(prints("lsEx", "."), "moved\n");
  assert.is(prints("lsEx", "moved"), "moved\n");
  assert.equal(call("readEx", "moved"), [{ kind: "bytes", value: utf8("hi!") }]);
  assert.equal(call("existsEx", "moved"), [{ kind: "cell", value: -1n }]);
  assert.equal(call("existsEx", "copy/docs"), [{ kind: "cell", value: 0n }]);
});

test("files keep any bytes", () => {
  const { call } = session();
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  call("writeEx", bytes, "all");
  call("appendEx", bytes, "all");
  assert.equal(call("readEx", "all"), [{ kind: "bytes", value: new Uint8Array([...bytes, ...bytes]) }]);
});

test("each way a file word fails has its fault, and changes nothing", () => {
  const { call, realm, prints } = session();
  call("mkdirEx", "docs");
  call("writeEx", "x", "docs/note");
  realm.savepoint();
  const pending = realm.pendingCount;
  const refused = (word: HostWordName, ...args: (string | bigint | Uint8Array)[]): unknown => {
    const fault = faultOf(() => call(word, ...args));
    assert.is(realm.pendingCount, pending, `${word} changed something`);
    return [fault.code, fault["path"] ?? fault["to"]];
  };
  assert.equal(refused("mkdirEx", "docs"), ["STATE_EXISTS", "~/docs"]);
  assert.equal(refused("mkdirEx", "~"), ["STATE_EXISTS", "~"]);
  assert.equal(refused("mkdirEx", "none/deep"), ["STATE_NO_SUCH_PATH", "~/none"]);
  assert.equal(refused("mkdirEx", "docs/note/deep"), ["STATE_NOT_DIRECTORY", "~/docs/note"]);
  assert.equal(refused("writeEx", "x", "docs"), ["STATE_IS_DIRECTORY", "~/docs"]);
  assert.equal(refused("writeEx", new Uint8Array(1_048_577), "big"), ["STATE_TOO_LARGE", "~/big"]);
  assert.equal(refused("appendEx", new Uint8Array(1_048_576), "docs/note"), ["STATE_TOO_LARGE", "~/docs/note"]);
  assert.equal(refused("rmEx", "none", 0n), ["STATE_NO_SUCH_PATH", "~/none"]);
  assert.equal(refused("rmEx", "docs", 0n), ["STATE_NOT_EMPTY", "~/docs"]);
  assert.equal(refused("rmEx", "~", 1n), ["STATE_DENIED", "~"]);
  assert.equal(refused("cpEx", "docs", "docs/inside", 1n), ["STATE_INTO_ITSELF", "~/docs/inside"]);
  assert.equal(refused("mvEx", "docs", "docs"), ["STATE_INTO_ITSELF", "~/docs/docs"]);
  assert.equal(refused("cpEx", "docs", "docs/note", 1n), ["STATE_INTO_ITSELF", "~/docs/note"]);
  assert.equal(refused("cdEx", "docs/note"), ["STATE_NOT_DIRECTORY", "~/docs/note"]);
  assert.equal(refused("cdEx", "none"), ["STATE_NO_SUCH_PATH", "~/none"]);
  assert.equal(refused("readEx", "docs"), ["STATE_IS_DIRECTORY", "~/docs"]);
  assert.equal(refused("readEx", "none"), ["STATE_NO_SUCH_PATH", "~/none"]);
  assert.equal(refused("catEx", "~"), ["STATE_IS_DIRECTORY", "~"]);
  assert.equal(refused("touchEx", ""), ["STATE_BAD_NAME", ""]);
  assert.is(prints("catEx", "docs/note"), "x");
});

test("a failure in the middle of a tree leaves the tree as it was", () => {
  const { call, host, prints } = session();
  call("mkdirEx", "a");
  for (let i = 0; i < 20; i++) call("touchEx", `a/${i}`);
  let left = 6_000;
  const poor: Meter = { charge: (erg) => { left -= erg; if (left < 0) throw new FaultError({ code: "LANG_OUT_OF_ERG" }); }, ergLeft: 0 };
  const fault = faultOf(() => host.call("rmEx", [{ kind: "text", value: "a" }, { kind: "cell", value: 1n }], poor));
  assert.is(fault.code, "LANG_OUT_OF_ERG");
  assert.is(prints("lsEx", "a").split("\n").length, 21);
});

test("cd moves where paths start, pwd shows it, and a rollback takes it back", () => {
  const { call, prints, host } = session();
  assert.is(prints("pwd"), "~\n");
  call("mkdirEx", "docs");
  const mark = host.mark();
  call("cdEx", "docs");
  call("touchEx", "note");
  assert.is(prints("pwd"), "~/docs\n");
  host.rollback(mark);
  assert.is(prints("pwd"), "~\n");
  assert.is(prints("lsEx", "docs"), "");
  call("cdEx", `/${encodeAddress(bob)}`);
  assert.is(prints("pwd"), `/${encodeAddress(bob)}\n`);
  call("cdEx", "~");
  assert.is(prints("pwd"), "~\n");
});

test("marks nest, and releasing one keeps what was done", () => {
  const { call, host, prints } = session();
  const outer = host.mark();
  call("touchEx", "a");
  const inner = host.mark();
  call("touchEx", "b");
  host.release(inner);
  assert.is(prints("lsEx", "."), "a\nb\n");
  const again = host.mark();
  call("touchEx", "c");
  host.rollback(again);
  assert.is(prints("lsEx", "."), "a\nb\n");
  host.rollback(outer);
  assert.is(prints("lsEx", "."), "");
  host.release(outer);
});

test("everyone reads a domain, its owner alone writes it", () => {
  const { realm, call } = session();
  call("writeEx", "hello", "note");
  const other = session(realm, bob);
  const home = `/${encodeAddress(alice)}`;
  assert.is(other.prints("catEx", `${home}/note`), "hello");
  assert.is(other.prints("lsEx", home), "note\n");
  for (const run of [
    () => other.call("writeEx", "x", `${home}/note`),
    () => other.call("touchEx", `${home}/new`),
    () => other.call("mkdirEx", `${home}/new`),
    () => other.call("rmEx", `${home}/note`, 0n),
    () => other.call("mvEx", `${home}/note`, "~/stolen"),
  ]) assert.is(faultOf(run).code, "STATE_DENIED");
  other.call("cpEx", `${home}/note`, "mine", 1n);
  other.call("writeEx", "changed", "mine");
  assert.is(other.prints("catEx", "mine"), "changed");
});

test("coins move exactly, and no more than there are", () => {
  const { realm, call } = session();
  realm.adjustBalance(alice, 2n * COIN);
  call("sendEx", encodeAddress(bob), COIN + COIN / 2n);
  assert.equal(call("balance"), [{ kind: "decimal", coefficient: 5n, scale: 1 }]);
  assert.equal(call("balanceOf", encodeAddress(bob)), [{ kind: "decimal", coefficient: 15n, scale: 1 }]);
  assert.equal(faultOf(() => call("sendEx", encodeAddress(bob), COIN)), { code: "STATE_INSUFFICIENT", haveUnits: COIN / 2n, needUnits: COIN });
  call("sendEx", "~", COIN / 2n);
  assert.equal(call("balance"), [{ kind: "decimal", coefficient: 5n, scale: 1 }]);
  assert.is(faultOf(() => call("sendEx", "~", COIN)).code, "STATE_INSUFFICIENT");
  assert.is(faultOf(() => call("sendEx", "~", -1n)).code, "STATE_BAD_AMOUNT");
  call("sendEx", "~", 0n);
});

test("a contact stands for its address", () => {
  const { realm, call, prints } = session();
  realm.adjustBalance(alice, COIN);
  call("contactEx", encodeAddress(bob).toUpperCase(), "bob");
  call("sendEx", "bob", COIN);
  assert.is(realm.domain(bob).balanceUnits, COIN);
  assert.is(prints("catEx", "~/.contacts/bob"), `${encodeAddress(bob)}\n`);
  assert.equal(faultOf(() => call("sendEx", "bobby", 1n)), { code: "STATE_UNKNOWN_RECIPIENT", name: "bobby" });
  assert.is(faultOf(() => call("balanceOf", `${encodeAddress(bob).slice(0, -1)}q`)).code, "STATE_BAD_ADDRESS");
  call("contactEx", "bob", "carol");
  assert.is(prints("catEx", "~/.contacts/carol"), `${encodeAddress(bob)}\n`, "a contact of a contact is the address itself");
  assert.is(faultOf(() => call("contactEx", "dave", "carol")).code, "STATE_UNKNOWN_RECIPIENT");
  assert.is(faultOf(() => call("contactEx", encodeAddress(bob), "@carol")).code, "STATE_BAD_NAME");
  assert.is(faultOf(() => call("contactEx", encodeAddress(bob), "a/b")).code, "STATE_BAD_NAME");
  call("writeEx", "no address", "~/.contacts/dave");
  assert.is(faultOf(() => call("balanceOf", "dave")).code, "STATE_BAD_ADDRESS");
});

test("a name in a listing cannot steer the terminal", () => {
  const { call, prints } = session();
  call("touchEx", "a\u001b[2Jb");
  call("touchEx", "two\nlines");
  call("touchEx", "evil\u202etxt.exe");
  assert.is(prints("lsEx", "."), "a\\u{1b}[2Jb\nevil\\u{202e}txt.exe\ntwo\\u{a}lines\n");
});

test("listings are sorted by the bytes of names, whatever was committed or is pending", () => {
  const { call, prints } = session();
  for (const name of ["b", "a", "ü", "Z", "10", "9", "\u{1F600}", "\uFFFD"]) call("touchEx", name);
  assert.is(prints("lsEx", "."), "10\n9\nZ\na\nb\nü\n\uFFFD\n\u{1F600}\n");
});

test("words about oneself", () => {
  const { host, call, prints } = session();
  assert.is(prints("whoami"), "alice (proved)\n");
  assert.equal(call("my-address"), [{ kind: "text", value: encodeAddress(alice) }]);
  assert.is(prints("perspective"), "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421\n");
  assert.not.ok(host.readHeight);
  assert.equal(call("height"), [{ kind: "cell", value: 7n }]);
  assert.ok(host.readHeight);
});

test("ergleft prints the budget of who counts it, else what the line has left", () => {
  const { prints } = session();
  assert.is(prints("ergleft"), "1000000000 ERG left for this line\n");
});

test("thread words reach the thread, and a package has none", () => {
  const seen: string[] = [];
  const thread: ThreadWords = { bt: () => { seen.push("bt"); }, rt: () => { seen.push("rt"); }, at: () => { seen.push("at"); }, vt: () => "source\n" };
  const { call, prints } = session(createLocalState().realm, alice, thread);
  call("bt");
  call("rt");
  call("at");
  assert.is(prints("vt"), "source\n");
  assert.equal(seen, ["bt", "rt", "at"]);
  assert.equal(faultOf(() => session().call("bt"))["word"], "bt");
});

test("ERG grows with the bytes written and read, and with the entries touched", () => {
  const { call, erg } = session();
  assert.is(erg("writeEx", new Uint8Array(1000), "file"), 2_000);
  assert.is(erg("readEx", "file"), 125);
  call("mkdirEx", "tree");
  for (let i = 0; i < 10; i++) call("touchEx", `tree/${i}`);
  assert.ok(erg("cpEx", "tree", "copy", 1n) >= 11_000);
  assert.ok(erg("rmEx", "copy", 1n) >= 11_000);
  assert.is(erg("lsEx", "tree"), 500);
});

test.run();
