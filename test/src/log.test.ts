import { test } from "uvu";
import * as assert from "uvu/assert";
import { createLog } from "../../src/log.ts";

function linesOf(level: "debug" | "warn", use: (log: ReturnType<typeof createLog>) => void): string {
  let text = "";
  use(createLog({ level, nowMs: () => 0, write: (line) => (text += line) }));
  return text;
}

test("a line has time, level, message and fields", () => {
  const text = linesOf("debug", (log) => log.info("head changed", { height: 5n, blockId: Uint8Array.of(0xab, 1) }));
  assert.is(text, "1970-01-01T00:00:00.000Z info head changed height=5 blockId=ab01\n");
});

test("a field cannot forge a second line or another field", () => {
  const text = linesOf("debug", (log) => log.warn("refused", { reason: 'x\n1970 error hacked a="1"' }));
  assert.is(text, '1970-01-01T00:00:00.000Z warn refused reason="x\\n1970 error hacked a=\\"1\\""\n');
});

test("lines below the level are not written", () => {
  const text = linesOf("warn", (log) => {
    log.debug("a");
    log.info("b");
    log.error("c");
  });
  assert.is(text, "1970-01-01T00:00:00.000Z error c\n");
});

test.run();
