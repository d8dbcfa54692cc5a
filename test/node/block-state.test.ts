import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../lang/base/bytes.ts";
import { keccak256 } from "../../lang/base/hash.ts";
import { EMPTY_BASE } from "../../node/state/base-state.ts";
import { writesIn } from "../../node/state/block-writes.ts";
import { createLocalState } from "../../node/state/local-state.ts";
import { applyToState, perspective, type StateUpdate } from "../../node/state/realm-root.ts";
import { Realm } from "../../node/state/realm.ts";
import { createStateReader } from "../../node/state/versioned.ts";
import { packOperations } from "../../node/store/packed-operations.ts";
import { seeded } from "./seeded.ts";

type Random = (below: number) => number;

/** Pays some of 300 domains and takes back from others; one whose coins are all gone is as if it had never been. */
function pay(realm: Realm, random: Random, count: number): void {
  for (let i = 0; i < count; i++) {
    const domain = keccak256(Uint8Array.of(random(2), random(150))).subarray(0, 20);
    const { balanceUnits } = realm.domain(domain);
    realm.adjustBalance(domain, random(3) === 0 ? -balanceUnits : BigInt(1 + random(1_000)));
  }
}

const shown = ({ root, operations }: StateUpdate): string[] => [toHex(root), ...operations.map((operation) => `${toHex(operation.key)} ${operation.type === "put" ? toHex(operation.value) : "gone"}`)];

test("what a block writes does not depend on which blocks its worker ran before it, nor on how much room it has", async () => {
  for (const cacheBytes of [0, 30_000, 1 << 22]) {
    const random = seeded(cacheBytes + 7);
    const { disk } = createLocalState();
    const reader = createStateReader(disk, { cacheBytes, folder: "memory" });
    let base = EMPTY_BASE;
    for (let height = 1n; height <= 25n; height++) {
      for (let others = random(3); others > 0; others--) {
        // A block that loses to another, is asked for its root only, or comes to nothing.
        const lost = Realm.at(reader, base);
        pay(lost, random, 1 + random(80));
        if (random(4) > 0) applyToState(lost, height);
        else perspective(lost);
      }
      const realm = Realm.at(reader, base);
      pay(realm, random, 1 + random(60));
      const update = applyToState(realm, height);
      assert.is(toHex(update.root), toHex(perspective(realm)));
      const alone = Realm.at(createStateReader(disk, { cacheBytes: 0, folder: "memory" }), base).fork();
      for (const [address, { deltaUnits }] of realm.pending().domains) alone.adjustBalance(Uint8Array.from(Buffer.from(address, "hex")), deltaUnits);
      assert.equal(shown(update), shown(applyToState(alone, height)), `block ${height} with ${cacheBytes} bytes`);
      await disk.batch(update.operations, { sync: true });
      if (random(2) === 0) reader.advance(height, writesIn(packOperations(update.operations)));
      if (random(8) === 0) reader.forget();
      base = { height, stateRoot: update.root };
    }
  }
});

test.run();
