import { compareBytes } from "../../../lang/base/bytes.ts";
import { compileProgram } from "../../../lang/program/compile.ts";
import { encodeProgram } from "../../../lang/program/program.ts";
import type { Program } from "../../../lang/program/program.ts";
import { WORD_TABLE_VERSION } from "../../../lang/primitives/table.ts";
import type { BlockContext } from "../../../node/ledger/executor.ts";
import { UNITS_PER_COIN } from "../../../node/ledger/params.ts";
import type { PackageBody, Quorum } from "../../../node/package/body.ts";
import { encodeBody } from "../../../node/package/body-codec.ts";
import { bindingHash } from "../../../node/package/effect-codec.ts";
import { runBody } from "../../../node/package/execute.ts";
import { wordsHash } from "../../../node/package/words.ts";
import { encodeAddress } from "../../../node/state/address.ts";
import type { KeySet } from "../../../node/state/key-set.ts";
import { Realm } from "../../../node/state/realm.ts";
import { domainNamed, type Dice } from "./package-samples.ts";

/**
 * Packages of every kind from a seed: payments mostly, and files, calls, keys, burnt coins, definitions and programs that
 * fail, signed by owners, by several, by session keys and with payers; strict ones whose effect is right, and some whose is not.
 */
const NAMES = ["alice", "bob", "carol", "dave", "erin"] as const;
const [SENDEX, EXISTS] = [544, 575];
const PURSE = String.raw`"#!grid\n: give ( to -- ) received 2 / sendEx received \"paid\" emit-event \"calls\" kv@ 1+ \"calls\" kv! ;\n: count \"calls\" kv@ ;\nexport give count\n"`;
const COIN = UNITS_PER_COIN;

/** Where they run: carol has three keys of which two must sign, dave a session key, erin next to nothing. */
export function furnish(realm: Realm): void {
  for (const name of NAMES) realm.adjustBalance(domainNamed(name), name === "erin" ? COIN / 10n ** 9n : 1_000n * COIN);
  const ids = ["c1", "c2", "c3"].map(domainNamed).sort(compareBytes);
  const votes: KeySet["votes"] = [];
  realm.patchDomain(domainNamed("carol"), { keys: { keys: ids.map((id) => ({ id, role: "owner" as const })), thresholds: { owner: 3, active: 2 }, votes } });
  const limits = { path: "/free", words: [SENDEX, EXISTS].sort((a, b) => a - b), spendUnits: 20n * COIN, untilHeight: 40n };
  const keys = [{ id: domainNamed("dave"), role: "owner" as const }, { id: domainNamed("d session"), role: "session" as const, limits, spentUnits: 0n }];
  realm.patchDomain(domainNamed("dave"), { keys: { keys: keys.sort((a, b) => compareBytes(a.id, b.id)), thresholds: { owner: 1, active: 1 }, votes } });
}

function amount(dice: Dice): string {
  return dice.below(4) > 0 ? dice.pick(["1", "2", "0.5", "0.000000000000000001"]) : dice.pick(["0", "5000", "-1", "340282366920938463463", "1.0000000000000000001", '"3"', '"x"']);
}

/** Literals and one word a line, as compiled source has it. */
function lines(dice: Dice): readonly string[] {
  const address = (): string => (dice.below(12) === 0 ? dice.pick(["~", "nobody", "grid1qqq"]) : encodeAddress(domainNamed(dice.pick(NAMES))));
  const bob = `/${encodeAddress(domainNamed("bob"))}/purse`;
  const path = (): string => dice.pick(["~/a", "~/b", "~/free/x", "~/d", "~/d/e", "/nowhere", bob]);
  const send = (): string[] => [`"${address()}" ${amount(dice)} sendEx`];
  return dice.pick<() => string[]>([
    send, send, send, send, send, send, () => [`"some text ${dice.below(3)}" "${path()}" writeEx`], () => [`"~/${dice.pick(["d", "free"])}" mkdirEx`], () => [`"more" "${path()}" appendEx`], () => [`"${path()}" "" rmEx`],
    () => [`${PURSE} "~/purse" writeEx`, `"~/purse" "+x" "" chmodEx`], () => [`"${address()}" 1 "give" "${bob}" ${amount(dice)} callWithEx`, "drop"],
    () => [`0 "count" "${bob}" callEx`, "drop", "drop"], () => [`${amount(dice)} burnEx`], () => [`"${encodeAddress(domainNamed("bob"))}" "friend" contactEx`], () => [`"friend" 1 sendEx`],
    () => ["1 2 +", "drop"], () => ["drop"], () => ["height", "drop"], () => ["1 0 /"], () => [`"${path()}" "go-r" "" chmodEx`], () => [`"${address()}" balanceOf`, "drop"], () => [`${"1 ".repeat(1 + dice.below(40))}`],
    () => [`"${address()}" "active" addkeyEx`], () => [`"${path()}" ${amount(dice)} offerEx`],
  ])();
}

const compiled = new Map<string, Program["entries"]>();

/** Compiling takes a machine; there are not so many different lines. */
function entriesOf(source: string): Program["entries"] {
  let entries = compiled.get(source);
  if (entries === undefined) compiled.set(source, (entries = compileProgram(source).entries));
  return entries;
}

/** Some define a word and run it, so that they need a machine of their own. */
function randomProgram(dice: Dice): Program {
  const parts = Array.from({ length: 1 + dice.below(3) }, () => lines(dice)).flat();
  const loop = dice.below(5) === 0 ? [`: w ${dice.pick([1, 3, 40, 100_000])} 0 do i drop loop ;\nw`] : [];
  return { entries: [...loop, ...parts].flatMap(entriesOf) };
}

/** A body that may run on `block`, with the ERG of its signed form. Not signed: who calls has no use for signatures. */
export function randomPackage(dice: Dice, block: Realm, context: BlockContext): { readonly body: PackageBody; readonly bodyBytes: Uint8Array; readonly sizeBytes: number } {
  const signer = dice.pick(NAMES);
  const domain = domainNamed(signer);
  const programs = Array.from({ length: dice.below(6) === 0 ? 2 : 1 }, () => randomProgram(dice));
  const payer = dice.below(8) === 0 && signer !== "alice" ? { domain: domainNamed("alice"), signers: { keys: [domainNamed("alice")], needed: 1 } } : undefined;
  const loose = dice.below(3) === 0;
  const body: PackageBody = {
    format: 1, rulesVersion: 1, wordTableVersion: WORD_TABLE_VERSION, wordsHash: wordsHash(programs), chainId: context.chainId, domain, nonce: block.domain(domain).nonce + (dice.below(30) === 0 ? 2n : 1n),
    signers: signersOf(dice, signer), ...(payer === undefined ? {} : { payer }), ergPriceUnits: 1n, ergLimit: dice.pick([2_000_000n, 2_000_000n, 2_000_000n, 2_000_000n, 400_000n, 30_000n]), expiryHeight: 1_000n,
    mode: loose ? "loose" : "strict", effectHash: new Uint8Array(loose ? 0 : 32), sections: programs.map((one) => ({ kind: 1, bytes: encodeProgram(one) })),
  };
  const sizeBytes = encodeBody(body).length + 110;
  const effectHash = loose || dice.below(20) === 0 ? body.effectHash : boundHash(body, sizeBytes, context, block, programs);
  const bound = { ...body, effectHash };
  return { body: bound, bodyBytes: encodeBody(bound), sizeBytes };
}

function signersOf(dice: Dice, name: (typeof NAMES)[number]): Quorum {
  if (dice.below(25) === 0) return { keys: [domainNamed("mallory")], needed: 1 };
  if (name === "dave" && dice.below(2) === 0) return { keys: [domainNamed("d session")], needed: 1 };
  if (name !== "carol") return { keys: [domainNamed(name)], needed: 1 };
  const keys = ["c1", "c2", "c3"].map(domainNamed).sort(compareBytes);
  return { keys, needed: 1 + dice.below(3) };
}

/** What a dry run finds; zeros where it may not even begin. */
function boundHash(body: PackageBody, sizeBytes: number, context: BlockContext, block: Realm, programs: readonly Program[]): Uint8Array {
  try {
    return bindingHash(runBody(body, sizeBytes, context, block, programs).effect) ?? new Uint8Array(32);
  } catch {
    return new Uint8Array(32);
  }
}
