import { test } from "uvu";
import * as assert from "uvu/assert";
import { fromHex, toHex } from "../../lang/base/bytes.ts";
import { isFaultError, type Fault } from "../../lang/base/fault.ts";
import { decodeAddress, domainOfKey, encodeAddress } from "../../node/state/address.ts";
import { isCanonicalPath, parsePath, showPlace } from "../../node/state/paths.ts";
import { seeded } from "./seeded.ts";

const home = domainOfKey(new Uint8Array(32));
const other = domainOfKey(new Uint8Array(32).fill(1));

function faultOf(run: () => unknown): Fault & Record<string, unknown> {
  try {
    run();
  } catch (error) {
    if (isFaultError(error)) return error.fault as Fault & Record<string, unknown>;
    throw error;
  }
  throw new Error("no fault");
}

const at = (directory: string) => ({ home, directory: { domain: home, path: directory } });
const read = (text: string, directory = "/docs"): string => showPlace(parsePath(text, at(directory)), home);

test("an address is 43 characters, and reads back to its 20 bytes in either case", () => {
  const text = encodeAddress(home);
  assert.is(text.length, 43);
  assert.match(text, /^grid1[a-z0-9]{38}$/);
  assert.equal(decodeAddress(text), home);
  assert.equal(decodeAddress(text.toUpperCase()), home);
});

test("the address of a key never changes", () => {
  assert.is(toHex(domainOfKey(fromHex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a") as Uint8Array)), "25d6c635119e0d3459d10f4d76fa7c5bac9e1c73");
});

test("every single wrong character of an address is noticed", () => {
  const text = encodeAddress(home);
  const letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
  for (let i = 5; i < text.length; i++) {
    for (const letter of letters) {
      if (letter !== text[i]) assert.is(faultOf(() => decodeAddress(text.slice(0, i) + letter + text.slice(i + 1)))["reason"], "checksum");
    }
  }
});

test("a bad address is refused for what is wrong with it", () => {
  const text = encodeAddress(home);
  const reason = (address: string): unknown => faultOf(() => decodeAddress(address))["reason"];
  assert.is(reason("bob"), "prefix");
  assert.is(reason(text.slice(0, -1)), "length");
  assert.is(reason(`${text}q`), "length");
  assert.is(reason(`grid1b${text.slice(6)}`), "characters");
  assert.is(reason(text.slice(0, 20) + text.slice(20).toUpperCase()), "characters");
});

test("paths mean what a shell user expects", () => {
  assert.is(read("note"), "~/docs/note");
  assert.is(read("./note"), "~/docs/note");
  assert.is(read("../note"), "~/note");
  assert.is(read("../../../note"), "~/note");
  assert.is(read("a//b/"), "~/docs/a/b");
  assert.is(read("."), "~/docs");
  assert.is(read("~"), "~");
  assert.is(read("~/"), "~");
  assert.is(read("~/a/../b"), "~/b");
  assert.is(read("~a"), "~/docs/~a");
  assert.is(read("./~"), "~/docs/~");
  assert.is(read("über uns/日本"), "~/docs/über uns/日本");
  assert.is(read(`/${encodeAddress(home)}/a`), "~/a");
  assert.is(read(`/${encodeAddress(other)}/a/..`), `/${encodeAddress(other)}`);
});

test("what cannot be a path faults with the reason", () => {
  const reason = (text: string): unknown => faultOf(() => read(text))["reason"];
  assert.is(reason(""), "empty");
  assert.is(reason("/"), "empty");
  assert.is(reason("a\0b"), "nul");
  assert.is(reason("x".repeat(256)), "too-long");
  assert.is(reason("ü".repeat(128)), "too-long");
  assert.is(reason("a/".repeat(2049)), "too-long");
  assert.is(reason("/etc/passwd"), "prefix");
  assert.is(read("x".repeat(255)).length, 255 + "~/docs/".length);
});

test("whatever path is typed, the place has the one form in which places are kept", () => {
  const random = seeded(3);
  const parts = ["a", "..", ".", "", "~", "ü", " ", "\n", "-r", "grid1"];
  for (let i = 0; i < 2000; i++) {
    const text = Array.from({ length: 1 + random(6) }, () => parts[random(parts.length)]).join("/");
    try {
      assert.ok(isCanonicalPath(parsePath(text, at("/docs")).path), text);
    } catch (error) {
      assert.ok(isFaultError(error), text);
    }
  }
});

test.run();
