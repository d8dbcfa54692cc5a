import { test } from "uvu";
import * as assert from "uvu/assert";
import { utf8 } from "../../lang/base/bytes.ts";
import { isFaultError } from "../../lang/base/fault.ts";
import { checkedDisk } from "../../node/store/checked-disk.ts";
import { createMemoryDisk } from "../../node/store/memory-disk.ts";

const key = utf8("l/h1");
const value = utf8("some value");
const isDamage = (error: Error): boolean => isFaultError(error) && error.fault.code === "STORE_DAMAGED";

test("a value comes back as it was written, by key and by range, and an empty one as well", async () => {
  const disk = checkedDisk(createMemoryDisk(), "memory");
  await disk.batch([{ type: "put", key, value }, { type: "put", key: utf8("z"), value: new Uint8Array(0) }], { sync: true });
  assert.is(Buffer.from(disk.getSync(key) ?? []).toString(), "some value");
  assert.is(disk.getSync(utf8("z"))?.length, 0);
  assert.is(disk.getSync(utf8("absent")), undefined);
  const found: string[] = [];
  for await (const [, bytes] of disk.entries({ start: utf8("a"), end: utf8("zz") })) found.push(Buffer.from(bytes).toString());
  assert.equal(found, ["some value", ""]);
});

test("each flipped bit of a record is found by the read that meets it, and so is a value under another key", async () => {
  const below = createMemoryDisk();
  const disk = checkedDisk(below, "memory");
  await disk.batch([{ type: "put", key, value }], { sync: true });
  const record = below.getSync(key) ?? new Uint8Array(0);
  for (let bit = 0; bit < record.length * 8; bit++) {
    const changed = record.slice();
    changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
    await below.batch([{ type: "put", key, value: changed }], { sync: true });
    assert.throws(() => disk.getSync(key), isDamage);
  }
  await below.batch([{ type: "put", key: utf8("l/h2"), value: record }, { type: "put", key, value: record.slice(0, 3) }], { sync: true });
  assert.throws(() => disk.getSync(utf8("l/h2")), isDamage);
  assert.throws(() => disk.getSync(key), isDamage);
});

test.run();
