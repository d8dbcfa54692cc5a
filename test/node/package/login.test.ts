import { test } from "uvu";
import * as assert from "uvu/assert";
import { isFaultError } from "../../../lang/base/fault.ts";
import type { LoginAnswer, LoginOffer, ProvedKey } from "../../../node/api.ts";
import { ed25519PublicKey, signEd25519 } from "../../../node/crypto/ed25519.ts";
import { INTENT_LIFETIME_MS } from "../../../node/package/intents.ts";
import { LoginBook, loginMessage } from "../../../node/package/login.ts";
import { messageToSign, sshsigMessage } from "../../../node/package/signing.ts";
import { ManualClock } from "../../shell/manual-clock.ts";
import { createPrng } from "../../shell/test-random.ts";

const seed = new Uint8Array(32).fill(1);
const publicKey = ed25519PublicKey(seed);
const nodeOf = (byte: number) => ({ chainIdPrefix: new Uint8Array(8), hostKey: new Uint8Array(32).fill(byte), address: "127.0.0.1:2222" });
const book = (clock = new ManualClock(), random = 1): LoginBook => new LoginBook({ clock, random: createPrng(random) });
const answerTo = (challenge: Uint8Array, scheme: LoginAnswer["scheme"] = "raw"): LoginAnswer => ({ publicKey, scheme, signature: signEd25519(seed, loginMessage(scheme, challenge)) });

function codeOf(run: () => void): string {
  try {
    run();
  } catch (error) {
    if (isFaultError(error)) return error.fault.code;
    throw error;
  }
  return "taken";
}
const endOf = (offer: LoginOffer<ProvedKey>): Promise<string> => offer.answered.then(() => "answered", (error: unknown) => (isFaultError(error) ? error.fault.code : String(error)));

test("a signature over the challenge proves the key, in both schemes, and is good once", async () => {
  for (const scheme of ["raw", "sshsig"] as const) {
    const logins = book();
    const offer = logins.offer("session 1", nodeOf(9));
    const answer = answerTo(offer.challenge, scheme);
    assert.is(codeOf(() => logins.answer(offer.intentId, answer)), "taken");
    const key = await offer.answered;
    assert.equal(key.ed25519, publicKey);
    assert.match(key.fingerprint, /^SHA256:[A-Za-z0-9+/]{43}$/);
    assert.is(codeOf(() => logins.answer(offer.intentId, answer)), "SIGN_NO_SUCH_INTENT");
  }
});

test("an answer to one node is nothing to another, though it holds the same id", () => {
  const [here, there] = [book(), book()];
  const [offer, same] = [here.offer("session 1", nodeOf(9)), there.offer("session 1", nodeOf(8))];
  assert.equal(offer.intentId, same.intentId);
  assert.is(codeOf(() => there.answer(same.intentId, answerTo(offer.challenge))), "SIGN_REFUSED");
  assert.is(codeOf(() => there.answer(same.intentId, answerTo(same.challenge))), "taken", "a wrong answer does not use it up");
});

test("an answer of another session, after the expiry, or after a newer request is nothing", async () => {
  const clock = new ManualClock();
  const logins = book(clock);
  const [first, second] = [logins.offer("session 1", nodeOf(9)), logins.offer("session 2", nodeOf(9))];
  assert.is(codeOf(() => logins.answer(second.intentId, answerTo(first.challenge))), "SIGN_REFUSED");
  const newer = logins.offer("session 1", nodeOf(9));
  assert.is(codeOf(() => logins.answer(first.intentId, answerTo(first.challenge))), "SIGN_NO_SUCH_INTENT");
  assert.is(await endOf(first), "SIGN_REFUSED");
  clock.advance(INTENT_LIFETIME_MS);
  assert.is(codeOf(() => logins.answer(newer.intentId, answerTo(newer.challenge))), "SIGN_NO_SUCH_INTENT");
  assert.equal([await endOf(newer), await endOf(second)], ["SIGN_INTENT_EXPIRED", "SIGN_INTENT_EXPIRED"]);
});

test("a signature for a package is none for a login, and the other way round", () => {
  const logins = book();
  const offer = logins.offer("session 1", nodeOf(9));
  for (const scheme of ["raw", "sshsig"] as const) {
    const forPackage = signEd25519(seed, messageToSign(scheme, offer.challenge));
    assert.is(codeOf(() => logins.answer(offer.intentId, { publicKey, scheme, signature: forPackage })), "SIGN_REFUSED");
    assert.not.equal(loginMessage(scheme, offer.challenge), messageToSign(scheme, offer.challenge));
  }
  const otherNamespace = signEd25519(seed, sshsigMessage("file", offer.challenge));
  assert.is(codeOf(() => logins.answer(offer.intentId, { publicKey, scheme: "sshsig", signature: otherNamespace })), "SIGN_REFUSED");
});

test.run();
