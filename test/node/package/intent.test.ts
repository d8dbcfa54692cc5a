import { test } from "uvu";
import * as assert from "uvu/assert";
import { encode } from "uqr";
import { checkIntentTime, decodeIntent, encodeIntent, intentBytes, intentFromBytes, type Intent } from "../../../node/package/intent.ts";
import { damaged, Dice, faultCode, faultOf } from "./package-samples.ts";

const dice = new Dice("intents");
const QR_ALPHANUMERIC = /^[0-9A-Z $%*+\-./:]*$/;

function sample(changes: Partial<Intent> = {}): Intent {
  const kind = changes.kind ?? "package";
  return {
    version: 1, kind, chainIdPrefix: dice.bytes(8), packageId: dice.bytes(kind === "package" ? 32 : 0), intentId: dice.bytes(8 + dice.below(9)),
    expirySeconds: 1_800_000_000 + dice.below(1_000_000), hostKey: dice.bytes(32), address: "127.0.0.1:2222", ...changes,
  };
}

test("an intent that was encoded decodes to itself", () => {
  const addresses = ["127.0.0.1:2222", "255.255.255.255:65535", "node-1.grid.example:22", "[2001:db8::1]:2222", "localhost:1"];
  for (let i = 0; i < 200; i++) {
    const intent = sample({ kind: dice.pick(["package", "open", "login"]), address: dice.pick(addresses) });
    assert.equal(decodeIntent(encodeIntent(intent)), intent);
    assert.equal(intentFromBytes(intentBytes(intent)), intent);
  }
});

test("the longest intent for an IPv4 address fits QR version 6 at level L", () => {
  const text = encodeIntent(sample({ intentId: dice.bytes(16), address: "255.255.255.255:65535" }));
  assert.ok(text.length <= 195, `${text.length} characters`);
  assert.match(text, QR_ALPHANUMERIC);
  assert.ok(encode(text, { ecc: "L" }).version <= 6);
});

test("a pasted intent may be wrapped over lines, and is otherwise taken in one form only", async () => {
  const intent = sample();
  const text = encodeIntent(intent);
  assert.equal(decodeIntent(`  ${text.slice(0, 60)}\r\n${text.slice(60)}\n`), intent);
  const reasons: readonly [string, string][] = [
    ["", "an intent begins with GS:"], ["hello", "an intent begins with GS:"], [text.toLowerCase(), "an intent begins with GS:"],
    [`${text}=`, "a character that no intent has"], [text.replace("GS:", "GS:1"), "a character that no intent has"],
    [text.slice(0, 40), "cut short"], [`GS:${"A".repeat(3)}`, "characters are missing or added"], ["GS:", "cut short"],
    ["GS:AIAA", "made by a newer version"], ["GS:AEEA", "unknown kind"], ["A".repeat(5_000), "too long for an intent"],
  ];
  for (const [wrong, reason] of reasons) assert.equal(await faultOf(() => decodeIntent(wrong)), { code: "SIGN_BAD_INTENT", reason }, wrong);
});

test("an address is host and port in one spelling", () => {
  for (const address of ["", "127.0.0.1", "host:0", "host:65536", "host:022", "HOST:22", "a b:22", "host:22\n", "-oProxyCommand=x:22", "u@host:22", ":22", "h".repeat(120) + ":22", "[::1:22", "ho\u0441t:22"]) {
    assert.is(faultCode(() => encodeIntent(sample({ address }))), "SIGN_BAD_INTENT", address);
  }
});

test("damaged intents are refused with a declared fault, or are the one form of another intent", () => {
  for (let i = 0; i < 2_000; i++) {
    const bytes = damaged(intentBytes(sample()), dice);
    const code = faultCode(() => assert.equal(intentBytes(intentFromBytes(bytes)), bytes));
    assert.ok(code === undefined || code === "SIGN_BAD_INTENT", code);
  }
});

test("an intent is over at its second", () => {
  const intent = sample({ expirySeconds: 1_000 });
  assert.is(checkIntentTime(intent, 999_999), undefined);
  assert.equal(checkIntentTime(intent, 1_000_000), { code: "SIGN_INTENT_EXPIRED" });
});

test.run();
