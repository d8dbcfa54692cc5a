import { test } from "uvu";
import * as assert from "uvu/assert";
import { encodeValue } from "../../../lang/program/value-codec.ts";
import { NO_TOTALS, type Totals } from "../../../node/explorer/index-codec.ts";
import { checkSums } from "../../../node/maintenance/check-sums.ts";
import { encodeAddress } from "../../../node/state/address.ts";
import { BaseState } from "../../../node/state/base-state.ts";
import { createLocalState } from "../../../node/state/local-state.ts";
import { burnCoins, claimNick, NICKS_DOMAIN } from "../../../node/state/nicks.ts";
import { NICK_UNITS } from "../../../node/state/prices.ts";
import { applyToState } from "../../../node/state/realm-root.ts";
import type { Realm } from "../../../node/state/realm.ts";
import { alice, bob, filesOf } from "../realm-actions.ts";

const TOTALS: Totals = { ...NO_TOTALS, paidUnits: 12n * NICK_UNITS, feesUnits: 2n * NICK_UNITS, burntUnits: 3n * NICK_UNITS };

/** What is wrong with a state in which both have a nick, once something in it is spoiled. */
async function wrong(spoil: (realm: Realm) => void, totals: Partial<Totals> = {}): Promise<string> {
  const { realm, disk, reader } = createLocalState();
  for (const [who, coins, nick] of [[alice, 6n, "ann"], [bob, 4n, "bob"]] as const) {
    realm.adjustBalance(who, coins * NICK_UNITS);
    burnCoins(filesOf(realm, who), NICK_UNITS);
    claimNick(filesOf(realm, who), nick);
  }
  burnCoins(filesOf(realm), NICK_UNITS);
  spoil(realm);
  const { root, operations } = applyToState(realm, 1n);
  await disk.batch(operations, { sync: true });
  return checkSums(new BaseState(reader, { height: 1n, stateRoot: root }), { ...TOTALS, ...totals }) ?? "nothing";
}

test("rule sums: what was paid is held, spent on fees or burnt, and burnt by somebody", async () => {
  assert.is(await wrong(() => undefined), "nothing");
  assert.match(await wrong((realm) => realm.adjustBalance(bob, 1n)), /^all domains hold 7000000000000000001 units, 7000000000000000000 were paid/);
  assert.match(await wrong((realm) => realm.patchDomain(bob, { sacrifice: { burntUnits: 1n, usedUnits: 0n } })), /^3000000000000000001 units are burnt in the records/);
  assert.match(await wrong(() => undefined, { burntUnits: 0n }), /are burnt in the records/);
  assert.match(await wrong(() => undefined, { feesUnits: 0n }), /were paid and not spent/);
});

test("rule nicks: each leads to one domain, whose record says the same", async () => {
  const toBob = encodeValue({ kind: "text", value: encodeAddress(bob) });
  assert.match(await wrong((realm) => realm.putStored(NICKS_DOMAIN, "/", "ann", toBob)), /^the nick @ann leads to grid1\w+, which has another$/);
  assert.match(await wrong((realm) => realm.putStored(NICKS_DOMAIN, "/", "eve", toBob)), /^the nick @eve leads to/);
  assert.match(await wrong((realm) => realm.putStored(NICKS_DOMAIN, "/", "ann", undefined)), /^2 domains have a nick, 1 nicks lead to one$/);
  assert.match(await wrong((realm) => realm.patchDomain(alice, { sacrifice: { burntUnits: 0n, usedUnits: 0n, nick: "" } })), /^the nick @ann leads to/);
});

test.run();
