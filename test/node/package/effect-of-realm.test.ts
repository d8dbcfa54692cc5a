import { test } from "uvu";
import * as assert from "uvu/assert";
import type { HostWordName } from "../../../lang/primitives/host-words.ts";
import type { Value } from "../../../lang/value.ts";
import type { Effect } from "../../../node/package/effect.ts";
import { decodeEffect, effectHash, encodeEffect } from "../../../node/package/effect-codec.ts";
import { effectOf } from "../../../node/package/effect-of.ts";
import { PRICES } from "../../../node/state/prices.ts";
import { storageCost, storageCostText } from "../../../node/package/storage-cost.ts";
import { effectSentences } from "../../../node/package/sentences.ts";
import { encodeAddress } from "../../../node/state/address.ts";
import { createLocalState } from "../../../node/state/local-state.ts";
import { nestedRealm } from "../../../node/state/nested-realm.ts";
import { changesOf } from "../../../node/state/realm-changes.ts";
import { createRealmHost } from "../../../node/state/realm-host.ts";
import type { FileContext } from "../../../node/state/access.ts";
import { writeFile } from "../../../node/state/files.ts";
import { buyFile, offerFile, setMeta } from "../../../node/state/market.ts";
import type { Realm } from "../../../node/state/realm.ts";
import { utf8 } from "../../../lang/base/bytes.ts";
import { domainNamed } from "./package-samples.ts";

const [alice, bob] = [domainNamed("alice"), domainNamed("bob")];
const freeMeter = { charge: () => undefined, ergLeft: Number.MAX_SAFE_INTEGER };
const text = (value: string): Value => ({ kind: "text", value });

/** A realm of its own in which alice has ten coins, and a way to run words in it. */
function world(): { run: (word: HostWordName, ...args: Value[]) => void; effect: () => Effect; close: () => Promise<void> } {
  const { realm: ground, disk } = createLocalState();
  ground.adjustBalance(alice, 10n * 10n ** 18n);
  const realm = nestedRealm(ground);
  const host = createRealmHost({ realm, signer: alice, directory: { domain: alice, path: "/" }, height: 1n, identityText: "", write: () => undefined });
  return {
    run: (word, ...args) => void host.call(word, args, freeMeter),
    effect: () => effectOf(changesOf(realm), { signerDomain: alice }),
    close: () => disk.close(),
  };
}

test("what words do in a realm is what the signer reads", async () => {
  const { run, effect, close } = world();
  run("mkdirEx", text("docs"));
  run("writeEx", text("hi"), text("docs/my note"));
  run("writeEx", text("gone"), text("draft"));
  run("rmEx", text("draft"), { kind: "cell", value: 0n });
  run("sendEx", text(encodeAddress(bob)), { kind: "cell", value: 15n * 10n ** 17n });
  assert.equal([...effectSentences(effect(), alice)].sort(), [
    "lowers your balance by 1.5 coins", "makes the directory ~/docs", "makes the file '~/docs/my note' (2 bytes)", `pays 1.5 coins to ${encodeAddress(bob)}`,
  ]);
  assert.equal(decodeEffect(encodeEffect(effect())), effect());
  await close();
});

test("two ways to the same end have one effect hash", async () => {
  const [first, second] = [world(), world()];
  first.run("mkdirEx", text("a"));
  first.run("writeEx", text("xy"), text("a/b"));
  second.run("writeEx", text("x"), text("c"));
  second.run("mkdirEx", text("a"));
  second.run("mvEx", text("c"), text("a/b"));
  second.run("appendEx", text("y"), text("a/b"));
  assert.equal(effectHash(encodeEffect(second.effect())), effectHash(encodeEffect(first.effect())));
  await Promise.all([first.close(), second.close()]);
});

/** What bob's one package does that buys alice's picture, made by `prepare`. */
function purchase(prepare: (files: FileContext) => void): { readonly effect: Effect; readonly owner: Uint8Array | undefined } {
  const { realm: ground } = createLocalState();
  ground.adjustBalance(bob, 5n * 10n ** 18n);
  const contextOf = (realm: Realm, home: Uint8Array): FileContext => ({ realm, meter: freeMeter, askHeight: () => 1n, paths: { home, directory: { domain: alice, path: "/" } } });
  prepare(contextOf(ground, alice));
  const realm = nestedRealm(ground);
  buyFile(contextOf(realm, bob), "art", 2n * 10n ** 18n);
  return { effect: effectOf(changesOf(realm), { signerDomain: bob }), owner: realm.entry(alice, "/art")?.owner };
}

test("a buyer signs for the picture, the price and the new owner, and for nothing else", () => {
  const price = 2n * 10n ** 18n;
  const sell = (content: string) => (files: FileContext): void => {
    writeFile(files, utf8(content), "art");
    offerFile(files, "art", price, undefined);
  };
  const { effect, owner } = purchase(sell("dawn"));
  assert.equal(owner, bob);
  assert.equal(effect.paths, []);
  assert.is(effect.greatestSpendUnits, price);
  const place = `/${encodeAddress(alice)}/art`;
  assert.equal([...effectSentences(effect, bob)].sort(), [
    `ends the offer of ${place} (was: to anybody for 2 coins)`, "lowers your balance by 2 coins", `pays 2 coins to ${encodeAddress(alice)}`, `takes ${place} over from ${encodeAddress(alice)}: you then own it`,
  ]);
  assert.equal(effectHash(encodeEffect(purchase(sell("dawn")).effect)), effectHash(encodeEffect(effect)));
  assert.not.equal(effectHash(encodeEffect(purchase(sell("dusk")).effect)), effectHash(encodeEffect(effect)), "another picture at the same price is another purchase");
  const renamed = purchase((files) => { sell("dawn")(files); setMeta(files, "art", "legal", "display"); });
  assert.not.equal(effectHash(encodeEffect(renamed.effect)), effectHash(encodeEffect(effect)), "so is one with other legal rights");
});

test("what a package stores is named with its price, from the effect alone", async () => {
  const { run, effect, close } = world();
  assert.is(storageCostText(storageCost(effect(), PRICES.writeByte)), undefined);
  run("writeEx", text("hello"), text("a"));
  run("mkdirEx", text("docs"));
  run("setmetaEx", text("a"), text("name"), text("Dawn"));
  assert.equal(storageCost(effect(), PRICES.writeByte), { writtenBytes: 20, growthBytes: 20, erg: 40 });
  assert.is(storageCostText({ writtenBytes: 20, growthBytes: 20, erg: 40 }), "stores 20 bytes for good, 40 ERG of the price; nothing is returned when they are removed");
  await close();
});

test.run();
