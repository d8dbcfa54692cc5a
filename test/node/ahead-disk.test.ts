import { test } from "uvu";
import * as assert from "uvu/assert";
import { packOperations } from "../../node/store/packed-operations.ts";
import type { KeyValueOperation } from "../../node/ports.ts";
import { aheadDisk } from "../../node/store/ahead-disk.ts";
import { createMemoryDisk } from "../../node/store/memory-disk.ts";
import { seeded } from "./seeded.ts";

test("what is held is read as if it were written, whatever was written before; what is dropped is not", async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = seeded(seed);
    const bytes = (most: number): Uint8Array => Uint8Array.from({ length: random(most) }, () => random(3));
    const operations = (count: number): KeyValueOperation[] =>
      Array.from({ length: count }, () => (random(4) === 0 ? { type: "del", key: bytes(5) } : { type: "put", key: bytes(5), value: bytes(9) }));
    const written = createMemoryDisk();
    const disk = aheadDisk(written);
    for (let round = 0; round < 10; round++) {
      const batch = operations(random(60));
      const wanted = createMemoryDisk();
      for await (const [key, value] of written.entries({ start: new Uint8Array(0), end: new Uint8Array(9).fill(255) })) await wanted.batch([{ type: "put", key, value }], { sync: false });
      await wanted.batch(batch, { sync: false });
      disk.hold(packOperations(batch));
      for (let probe = 0; probe < 100; probe++) {
        const key = bytes(6);
        assert.equal(disk.getSync(key), wanted.getSync(key), `seed ${seed} round ${round}`);
      }
      if (random(2) === 0) await written.batch(batch, { sync: false });
      disk.drop();
      for (const { key } of batch) assert.equal(disk.getSync(key), written.getSync(key));
    }
  }
});

test("a value that was read stays what it was when the next batch is held", () => {
  const disk = aheadDisk(createMemoryDisk());
  const key = Uint8Array.of(1);
  disk.hold(packOperations([{ type: "put", key, value: Uint8Array.of(7, 7) }]));
  const value = disk.getSync(key);
  disk.hold(packOperations([{ type: "put", key, value: Uint8Array.of(8, 8) }]));
  assert.equal(value, Uint8Array.of(7, 7));
});

test.run();
