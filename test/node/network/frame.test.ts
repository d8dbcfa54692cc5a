import { test } from "uvu";
import * as assert from "uvu/assert";
import { concatBytes, equalBytes } from "../../../lang/base/bytes.ts";
import { isFaultError } from "../../../lang/base/fault.ts";
import { ByteQueue } from "../../../node/network/byte-queue.ts";
import { frameHead, FrameReader, KEEP_ALIVE, type Frame } from "../../../node/network/frame.ts";
import { encodeHello, takeHello } from "../../../node/network/hello.ts";
import { SeededRandom } from "../../sim/random.ts";

const MOST = 4_096;
const random = new SeededRandom(5);

/** Hands bytes over in pieces of random lengths; what was read before a fault, and its code. */
function readIn(pieces: Iterable<Uint8Array>): { readonly frames: Frame[]; readonly fault?: string } {
  const bytes = new ByteQueue();
  const reader = new FrameReader(bytes, MOST);
  const frames: Frame[] = [];
  try {
    for (const piece of pieces) {
      bytes.push(piece);
      for (let frame = reader.next(); frame !== undefined; frame = reader.next()) frames.push(frame);
    }
    return { frames };
  } catch (error) {
    if (!isFaultError(error)) throw error;
    return { frames, fault: error.fault.code };
  }
}

function* cut(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + random.below(bytes.length < 200 ? 9 : 3_000);
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

function encode(frame: Frame): Uint8Array {
  return frame.kind === "keep-alive" ? KEEP_ALIVE : concatBytes(frameHead(frame.topic, frame.message.length), frame.message);
}

function anyFrame(): Frame {
  if (random.below(5) === 0) return { kind: "keep-alive" };
  return { kind: "message", topic: "t".repeat(1 + random.below(255)), message: random.bytes(random.below(4) === 0 ? random.below(MOST + 1) : random.below(20)) };
}

test("what was sent is what is read, however it is cut on its way", () => {
  for (let round = 0; round < 200; round++) {
    const frames = Array.from({ length: random.below(8) }, anyFrame);
    assert.equal(readIn(cut(concatBytes(...frames.map(encode)))), { frames });
  }
});

test("whatever comes, the reader gives frames within the limit or one declared fault", () => {
  for (let round = 0; round < 4_000; round++) {
    const frames = Array.from({ length: 1 + random.below(4) }, anyFrame);
    const bytes = concatBytes(...frames.map(encode));
    const noise = round % 2 === 0 ? random.bytes(random.below(300)) : bytes;
    for (let i = random.below(4); i >= 0 && noise.length > 0; i--) noise[random.below(noise.length)] = random.below(256);
    const read = readIn(cut(noise));
    assert.ok(read.fault === undefined || read.fault === "NET_BAD_FRAME", read.fault);
    for (const frame of read.frames) assert.ok(frame.kind === "keep-alive" || (frame.message.length <= MOST + 255 && frame.topic.length >= 1 && frame.topic.length <= 255));
  }
});

test("a length beyond the limit is refused before anything of the frame has come", () => {
  assert.equal(readIn([Uint8Array.of(0, 0, 0x11, 0x01)]), { frames: [], fault: "NET_BAD_FRAME" });
  assert.equal(readIn([Uint8Array.of(0, 0, 0x11, 0x00)]), { frames: [] });
});

test("a frame without a topic, with one beyond its end or one that is not printable is refused", () => {
  for (const frame of [[0, 0, 0, 1, 0], [0, 0, 0, 2, 2, 0x74], [0, 0, 0, 2, 1, 0x0a], [0, 0, 0, 2, 1, 0xff]]) assert.is(readIn([Uint8Array.from(frame)]).fault, "NET_BAD_FRAME", String(frame));
});

test("a message that is kept keeps nothing else: its memory is its own", () => {
  const bytes = new ByteQueue();
  const frame = concatBytes(frameHead("t", 3), Uint8Array.of(1, 2, 3));
  bytes.push(concatBytes(frame, new Uint8Array(60_000)));
  const read = new FrameReader(bytes, MOST).next();
  assert.ok(read?.kind === "message" && read.message.buffer.byteLength < 100);
});

test("a greeting is read as it was written, byte by byte, and nothing behind it is touched", () => {
  const hello = { chainId: random.bytes(32), rulesVersion: 0x1234, nodeId: random.bytes(16) };
  const bytes = new ByteQueue();
  const encoded = encodeHello(hello);
  for (const byte of encoded.subarray(0, -1)) {
    bytes.push(Uint8Array.of(byte));
    assert.is(takeHello(bytes), undefined);
  }
  bytes.push(concatBytes(encoded.subarray(-1), Uint8Array.of(7, 8)));
  assert.equal(takeHello(bytes), hello);
  assert.equal(bytes.take(9), Uint8Array.of(7, 8));
});

test("any other beginning is refused as soon as it differs, with the version where it is only that", () => {
  const encoded = encodeHello({ chainId: random.bytes(32), rulesVersion: 1, nodeId: random.bytes(16) });
  for (let round = 0; round < 2_000; round++) {
    const wrong = round % 2 === 0 ? random.bytes(1 + random.below(80)) : encoded.slice();
    if (round % 2 === 1) wrong[random.below(15)] = random.below(256);
    const isName = equalBytes(wrong.subarray(0, 14), encoded.subarray(0, Math.min(14, wrong.length)));
    const bytes = new ByteQueue();
    bytes.push(wrong.subarray(0, 15));
    try {
      takeHello(bytes);
      assert.ok(isName && (wrong.length < 15 || wrong[14] === 1), `round ${round}`);
    } catch (error) {
      if (!isFaultError(error)) throw error;
      assert.equal(error.fault, { code: "NET_OTHER_PROTOCOL", known: 1, ...(isName ? { found: wrong[14] } : {}) });
    }
  }
});

test.run();
