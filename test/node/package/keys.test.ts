// time-out: 60 s
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compareBytes } from "../../../lang/base/bytes.ts";
import type { PackageBody } from "../../../node/package/body.ts";
import { decodeBody, encodeBody } from "../../../node/package/body-codec.ts";
import { wrongSignature } from "../../../node/package/signing.ts";
import { encodeAddress } from "../../../node/state/address.ts";
import { keyOf, keysOf, type KeySet } from "../../../node/state/key-set.ts";
import { idOf, quorumOf } from "./package-samples.ts";
import { addressOf, faultOf, lineFault, printed, signedBy, World } from "./world.ts";

// Who may do what for a domain, as blocks decide it: each rule with what breaks it.

const at = (name: string): string => encodeAddress(idOf(name));
const COIN = 10n ** 18n;
/** alice's domain, whoever signs for it. */
const home = addressOf("alice");

/** What `by` gets for a package of alice's domain that does `source`: its outcome, or the fault that keeps it out of blocks. */
async function commit(world: World, source: string, by: string | readonly string[], forge: (body: PackageBody) => PackageBody = (body) => body): Promise<string> {
  const [first] = [by].flat();
  return await faultOf(draft(world, source, first as string, forge).then(async (bodyBytes) => {
    const [outcome] = await world.commit({ bodyBytes, by });
    if (outcome?.kind !== "done") throw Object.assign(new Error("outcome"), { outcome });
  })).catch((error: { readonly outcome?: { readonly kind: string; readonly faultCode?: string } }) => {
    if (error.outcome === undefined) throw error;
    return [error.outcome.kind, error.outcome.faultCode].filter(Boolean).join(" ");
  });
}

async function draft(world: World, source: string, first: string, forge: (body: PackageBody) => PackageBody): Promise<Uint8Array> {
  const thread = await world.open(first, "both", home);
  await printed(thread, `bt\n${source}\nrt`);
  const { bodyBytes } = await world.draft(thread, first, "strict", { domain: home });
  return encodeBody(forge(decodeBody(bodyBytes)));
}

const keys = (world: World): KeySet => keysOf(home, world.realm().domain(home));
const balance = (world: World, name = "alice"): bigint => world.realm().domain(addressOf(name)).balanceUnits;
const nonce = (world: World): bigint => world.realm().domain(home).nonce;

test("a domain acts by the key its address is derived from until it changes its keys, and needs no record of it", async () => {
  const world = await World.with("alice", "bob");
  assert.is(await commit(world, "mkdir a", "alice"), "none");
  assert.is(world.realm().domain(home).keys, undefined);
  assert.is(await commit(world, "mkdir b", "bob"), "PACKAGE_WRONG_KEY");
});

test("the only key is rotated by one package; then the new one acts and the old one does not", async () => {
  const world = await World.with("alice");
  assert.is(await commit(world, `rotate ~ ${at("new")}`, "alice"), "none");
  assert.is(await commit(world, "mkdir a", "new"), "none");
  assert.is(await commit(world, "mkdir b", "alice"), "PACKAGE_WRONG_KEY");
  assert.is(await commit(world, `rotate ${at("new")} ${at("alice")}`, "new"), "none");
  assert.is(await commit(world, "mkdir b", "alice"), "none");
});

test("an active key does everything but change keys: that is denied, the fee kept, nothing changed", async () => {
  const world = await World.with("alice");
  assert.is(await commit(world, `addkey ${at("bob")}`, "alice"), "none");
  assert.is(await commit(world, "mkdir by-bob", "bob"), "none");
  const before = { balance: balance(world), nonce: nonce(world), keys: keys(world) };
  // The draft asks the owners, whoever began it; a package that asks bob alone is made by hand.
  assert.is(await commit(world, `addkey ${at("mallory")} owner`, "bob"), "PACKAGE_WRONG_KEY");
  const forged = await commit(world, `addkey ${at("mallory")} owner`, "bob", (body) => ({ ...body, signers: quorumOf(["bob"]) }));
  assert.is(forged, "denied STATE_NOT_OWNER");
  assert.ok(balance(world) < before.balance);
  assert.is(nonce(world), before.nonce + 1n);
  assert.equal(keys(world), before.keys);
});

test("two of three must sign where the threshold says so, any two, in any order; one is not enough", async () => {
  const world = await World.with("alice");
  assert.is(await commit(world, `addkey ${at("bob")}\naddkey ${at("carol")}\nsetthreshold active 2`, "alice"), "none");
  assert.is(await commit(world, "mkdir a", ["bob", "carol"]), "none");
  assert.is(await commit(world, "mkdir b", ["carol", "alice"]), "none");
  assert.is(await commit(world, "mkdir c", "carol"), "PACKAGE_UNSIGNED");
  assert.is(await commit(world, "mkdir c", ["alice", "bob", "carol"]), "SIGN_ENOUGH");
});

test("signatures too few are refused, and so is a body that asks for too few", async () => {
  const world = await World.with("alice");
  await commit(world, `addkey ${at("bob")} owner\naddkey ${at("carol")}\nsetthreshold owner 2\nsetthreshold active 2`, "alice");
  assert.is(await commit(world, "mkdir a", "bob"), "PACKAGE_UNSIGNED");
  assert.is(await commit(world, "mkdir a", "bob", (body) => ({ ...body, signers: quorumOf(["bob"]) })), "PACKAGE_TOO_FEW_KEYS");
  assert.is(await commit(world, "mkdir a", "bob", (body) => ({ ...body, signers: quorumOf(["alice", "bob", "carol"], 1) })), "PACKAGE_TOO_FEW_KEYS");
  for (const pair of [["alice", "bob"], ["carol", "bob"], ["carol", "alice"]]) assert.is(await commit(world, `mkdir ${pair.join("-")}`, pair), "none", pair.join());
  assert.is(await commit(world, "mkdir c", ["alice", "bob"], (body) => ({ ...body, signers: quorumOf(["alice", "bob", "mallory"], 2) })), "PACKAGE_WRONG_KEY");
});

test("a body that lets others sign than owners has no owners' authority, even if owners sign it", async () => {
  const world = await World.with("alice");
  await commit(world, `addkey ${at("bob")} owner\naddkey ${at("carol")}\nsetthreshold owner 2\nsetthreshold active 2`, "alice");
  const change = `addkey ${at("dave")}`;
  assert.is(await commit(world, change, ["alice", "bob"], (body) => ({ ...body, signers: quorumOf(["alice", "bob", "carol"], 2) })), "denied STATE_NOT_OWNER");
  assert.is(await commit(world, change, ["alice", "bob", "carol"], (body) => ({ ...body, ergLimit: body.ergLimit + 10_000n, signers: quorumOf(["alice", "bob", "carol"]) })), "none", "all three must sign, two of them owners");
});

test("a signature over one body is nothing to another", async () => {
  const world = await World.with("alice");
  const [first, second] = [await draft(world, "mkdir a", "alice", (body) => body), await draft(world, "mkdir b", "alice", (body) => body)];
  const { signatures } = signedBy(first, ["alice"]);
  assert.is(wrongSignature({ body: decodeBody(second), bodyBytes: second, signatures })?.publicKey, signatures[0]?.publicKey);
  assert.is(wrongSignature({ body: decodeBody(first), bodyBytes: first, signatures }), undefined);
});

test("who changed the keys since a package was made has made it worthless", async () => {
  const world = await World.with("alice");
  await commit(world, `addkey ${at("bob")}`, "alice");
  const late = await draft(world, "mkdir late", "bob", (body) => body);
  await commit(world, `rmkey ${at("bob")}`, "alice");
  assert.is(await faultOf(world.commit({ bodyBytes: late, by: "bob" })), "PACKAGE_WRONG_KEY");
});

test("a change that leaves too few keys to sign fails when it runs, whatever was seen", async () => {
  const world = await World.with("alice");
  const thread = await world.open("alice");
  assert.is(await lineFault(thread, "rmkey ~"), "STATE_KEY_LOCKOUT");
  assert.is(await lineFault(thread, "setthreshold owner 2"), "STATE_KEY_LOCKOUT");
  await commit(world, `addkey ${at("bob")} owner`, "alice");
  const both = await Promise.all(["alice", "bob"].map((name) => draft(world, `rmkey ${at(name)}`, "alice", (body) => body)));
  const [first, second] = both as [Uint8Array, Uint8Array];
  assert.equal(await world.commit({ bodyBytes: first, by: "alice" }), [{ kind: "done" }]);
  assert.equal(keys(world).keys.map(({ id }) => id), [idOf("bob")]);
  assert.is(await faultOf(world.commit({ bodyBytes: second, by: "alice" })), "PACKAGE_WRONG_KEY");
});

test("a domain has dozens of keys and no more, for a package must be able to name them all", async () => {
  const world = await World.with("alice");
  const thread = await world.open("alice");
  const many = (word: (name: string) => string, count: number): string => Array.from({ length: count }, (_, index) => word(`key ${index}`)).join("\n");
  await printed(thread, many((name) => `addkey ${at(name)}`, 15));
  assert.is(await lineFault(thread, `addkey ${at("one more")}`), "STATE_TOO_MANY_KEYS");
  await printed(thread, many((name) => `addsession ${at(`session ${name}`)} --until 9`, 16));
  assert.is(await lineFault(thread, `addsession ${at("one more")} --until 9`), "STATE_TOO_MANY_KEYS");
  assert.is(await lineFault(thread, `setrecovery 1 1 ${Array.from({ length: 17 }, (_, index) => at(`guardian ${index}`)).join(" ")}`), "STATE_BAD_RECOVERY");
  await printed(thread, "setthreshold active 16");
});

// Recovery.

const guardians = `setrecovery 2 3 ${at("bob")} ${at("carol")} ${at("dave")}`;

async function vote(world: World, guardian: string, key: string): Promise<string> {
  const thread = await world.open(guardian);
  await printed(thread, `bt\nrecover ${encodeAddress(home)} ${at(key)}\nrt`);
  const { bodyBytes } = await world.draft(thread, guardian);
  return await faultOf(world.commit({ bodyBytes, by: guardian }).then(([outcome]) => assert.is(outcome?.kind, "done")));
}

/** Tries in the sandbox of the newest state. */
async function finishes(world: World): Promise<string> {
  return lineFault(await world.open("eve"), `finishrecovery ${encodeAddress(home)}`);
}

test("guardians together give a lost domain a new owner after the delay, and no sooner", async () => {
  const world = await World.with("alice", "bob", "carol", "dave", "eve");
  await commit(world, guardians, "alice");
  assert.is(await vote(world, "bob", "new"), "none");
  assert.is(await finishes(world), "STATE_NO_RECOVERY");
  assert.is(await vote(world, "dave", "new"), "none");
  const ready = keys(world).takeover?.readyHeight;
  assert.is(ready, world.base.height + 3n);
  while (world.base.height + 1n < (ready ?? 0n)) {
    assert.is(await finishes(world), "STATE_RECOVERY_WAITS");
    await world.apply(world.realm());
  }
  const eve = await world.open("eve");
  await printed(eve, `bt\nfinishrecovery ${encodeAddress(home)}\nrt`);
  assert.equal(await world.commit({ bodyBytes: (await world.draft(eve, "eve")).bodyBytes, by: "eve" }), [{ kind: "done" }]);
  assert.is(await commit(world, "mkdir back", "new"), "none");
  assert.is(await commit(world, "mkdir back2", "alice"), "PACKAGE_WRONG_KEY");
  assert.is(keys(world).recovery?.needed, 2, "the guardians stay");
});

test("owners cancel a recovery in its delay; guardians who disagree begin none; others have no say", async () => {
  const world = await World.with("alice", "bob", "carol", "dave", "eve");
  await commit(world, guardians, "alice");
  await vote(world, "bob", "mallory");
  await vote(world, "carol", "new");
  assert.is(keys(world).takeover, undefined);
  assert.is(await lineFault(await world.open("eve"), `recover ${encodeAddress(home)} ${at("eve")}`), "STATE_NOT_GUARDIAN");
  await vote(world, "bob", "new");
  assert.equal(keys(world).takeover?.key, idOf("new"));
  assert.is(await commit(world, "cancelrecovery", "alice"), "none");
  assert.equal([keys(world).takeover, keys(world).votes], [undefined, []]);
  assert.is(await finishes(world), "STATE_NO_RECOVERY");
});

test("two guardians who vote in one block do not make each other fail", async () => {
  const world = await World.with("alice", "bob", "carol", "dave");
  await commit(world, guardians.replace("recovery 2", "recovery 3"), "alice");
  const drafts = await Promise.all(["bob", "carol"].map(async (name) => {
    const thread = await world.open(name);
    await printed(thread, `bt\nrecover ${encodeAddress(home)} ${at("new")}\nrt`);
    return { bodyBytes: (await world.draft(thread, name)).bodyBytes, by: name };
  }));
  assert.equal(await world.commit(...drafts), [{ kind: "done" }, { kind: "done" }]);
  assert.equal(keys(world).votes.map(({ guardian }) => guardian), [idOf("bob"), idOf("carol")].sort(compareBytes));
});

// Payers.

async function sponsored(world: World, source: string, by: string | readonly string[], forge: (body: PackageBody) => PackageBody = (body) => body): Promise<string> {
  const thread = await world.open("alice");
  await printed(thread, `bt\n${source}\nrt`);
  return await faultOf(world.draft(thread, "alice", "strict", { payer: encodeAddress(addressOf("bob")) }).then(async ({ bodyBytes }) => {
    const [outcome] = await world.commit({ bodyBytes: encodeBody(forge(decodeBody(bodyBytes))), by });
    assert.is(outcome?.kind, "done");
  }));
}

test("a payer pays the fee and nothing else; the nonce is the signer's", async () => {
  const world = await World.with("bob");
  assert.is(await sponsored(world, "mkdir a", ["alice", "bob"]), "none", "alice has no coins at all");
  assert.is(balance(world), 0n);
  assert.ok(balance(world, "bob") < 1_000n * COIN);
  assert.equal([nonce(world), world.realm().domain(addressOf("bob")).nonce], [1n, 0n]);
  assert.is(await lineFault(await world.open("alice"), `send ${at("carol")} 1`), "STATE_INSUFFICIENT", "the code has no authority over the payer's coins");
});

test("a payer who did not sign, or cannot pay, is named before anything runs", async () => {
  const world = await World.with("alice", "bob");
  assert.is(await sponsored(world, "mkdir a", "alice"), "PACKAGE_UNSIGNED");
  assert.is(await sponsored(world, "mkdir a", ["alice", "mallory"]), "PACKAGE_WRONG_KEY");
  assert.is(await sponsored(world, "mkdir a", ["alice", "mallory"], (body) => ({ ...body, payer: { domain: addressOf("bob"), signers: quorumOf(["mallory"]) } })), "PACKAGE_WRONG_KEY");
  const poor = await World.with("alice");
  assert.is(await sponsored(poor, "mkdir a", ["alice", "bob"]), "PACKAGE_CANNOT_PAY");
});

test("one key in both roles signs for both", async () => {
  const world = await World.with("alice", "bob");
  await commit(world, `addkey ${at("both")}`, "alice");
  const bob = await world.open("bob");
  await printed(bob, `bt\nrotate ~ ${at("both")}\nrt`);
  await world.commit({ bodyBytes: (await world.draft(bob, "bob")).bodyBytes, by: "bob" });
  const thread = await world.open("both", "both", home);
  await printed(thread, "bt\nmkdir shared\nrt");
  const { bodyBytes } = await world.draft(thread, "both", "strict", { domain: home, payer: encodeAddress(addressOf("bob")) });
  assert.is(signedBy(bodyBytes, ["both"]).signatures.length, 2);
  assert.equal(await world.commit({ bodyBytes, by: "both" }), [{ kind: "done" }]);
  assert.is(keyOf(keysOf(addressOf("bob"), world.realm().domain(addressOf("bob"))), idOf("bob")), undefined);
});

test.run();
