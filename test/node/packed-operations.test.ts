import { test } from "uvu";
import * as assert from "uvu/assert";
import { OperationLog, packOperations, PackedReader, unpackOperations } from "../../node/store/packed-operations.ts";
import type { KeyValueOperation } from "../../node/ports.ts";
import { seeded } from "./seeded.ts";

function randomOperations(seed: number, count: number): KeyValueOperation[] {
  const random = seeded(seed);
  const bytes = (size: number): Uint8Array => Uint8Array.from({ length: size }, () => random(256));
  return Array.from({ length: count }, (): KeyValueOperation => {
    const key = bytes(1 + random(60));
    return random(5) === 0 ? { type: "del", key } : { type: "put", key, value: bytes(random(700)) };
  });
}

test("operations come out as they were packed, however large the log grew", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const operations = randomOperations(seed, seed * 10);
    assert.equal(unpackOperations(packOperations(operations)), operations, `seed ${seed}`);
  }
  assert.equal(unpackOperations(packOperations([])), []);
});

test("a value may be written where the log has room for it, and has room for a checksum before it", () => {
  const log = new OperationLog();
  log.del(Uint8Array.of(9));
  const at = log.reserve(Uint8Array.of(1, 2), 3);
  log.memory.set([7, 8, 9], at);
  const packed = new PackedReader(log.finish());
  const second = packed.after(0);
  assert.equal(packed.record(second), Uint8Array.of(0, 0, 0, 0, 7, 8, 9));
  assert.equal(packed.value(second), Uint8Array.of(7, 8, 9));
  assert.equal(packed.key(second), Uint8Array.of(1, 2));
  assert.is(packed.record(0), undefined);
});

test.run();
