import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { encodeAddress } from "../../../node/state/address.ts";
import { ProgramWorld } from "./program-world.ts";

/** The shipped poll, as people use it: G66 with rights as they are. */
const SOURCE = readFileSync(new URL("../../../stdlib/programs/poll.gs", import.meta.url), "utf8");
const [ALICE, BOB, CAROL, EVE] = [0xa1, 0xb0, 0xca, 0xee].map((byte) => new Uint8Array(20).fill(byte)) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
const POLL = `/${encodeAddress(ALICE)}/poll`;
const ballot = (answer: string): string => `call ${POLL} vote ${answer}`;

function world(): ProgramWorld {
  const made = new ProgramWorld();
  for (const domain of [ALICE, BOB, CAROL, EVE]) made.fund(domain, 10n);
  made.program(ALICE, "poll", SOURCE);
  const setUp = `mkdir docs\nsetfacl -m user:${encodeAddress(BOB)}:rxv,user:${encodeAddress(CAROL)}:rxv poll\nchmod m+rxv poll`;
  assert.is(made.run(ALICE, setUp).fault, "done");
  return made;
}

const active = (made: ProgramWorld): ProgramWorld => {
  const lines = `call poll create 'May bob write docs?' 2\ncall poll grants '~/docs' 'user:${encodeAddress(BOB)}:rwx'\ncall poll activate`;
  assert.is(made.run(ALICE, lines).fault, "done");
  return made;
};

test("at its threshold a poll grants the right it was made for, and not before", () => {
  const made = active(world());
  assert.not.match(made.run(ALICE, "getfacl docs").printed, encodeAddress(BOB));
  assert.is(made.run(BOB, ballot("yes")).fault, "done");
  assert.not.match(made.run(ALICE, "getfacl docs").printed, encodeAddress(BOB));
  assert.is(made.run(CAROL, ballot("yes")).fault, "done");
  assert.match(made.run(ALICE, "getfacl docs").printed, `user:${encodeAddress(BOB)}:rwx`);
  assert.is(made.run(ALICE, "call poll status\n. . .").printed, "2 0 2 ");
});

test("a second vote, a vote without the right, and an answer that is none are refused and count for nothing", () => {
  const made = active(world());
  assert.is(made.run(BOB, ballot("no")).fault, "done");
  assert.match(made.run(BOB, ballot("yes")).fault, /^PROGRAM_FAILED/);
  assert.match(made.run(EVE, ballot("yes")).fault, /^PROGRAM_FAILED/);
  assert.match(made.run(CAROL, ballot("perhaps")).fault, /^PROGRAM_FAILED/);
  assert.is(made.run(ALICE, "call poll status\n. . .").printed, "1 1 0 ");
});

test("only the owner shapes a poll, and nobody once it is active", () => {
  const made = world();
  assert.match(made.run(BOB, `call ${POLL} create 'mine' 1`).fault, /^PROGRAM_FAILED/);
  assert.match(made.run(ALICE, "call poll activate").fault, /^PROGRAM_FAILED/, "a poll without a question");
  assert.match(made.run(BOB, ballot("yes")).fault, /^PROGRAM_FAILED/, "a draft takes no votes");
  active(made);
  for (const line of ["call poll create 'other' 1", "call poll grants '~/docs' 'other::rw'", "call poll activate"]) assert.match(made.run(ALICE, line).fault, /^PROGRAM_FAILED/, line);
});

test("after it has passed nobody votes any more", () => {
  const made = active(world());
  made.run(BOB, ballot("yes"));
  made.run(CAROL, ballot("yes"));
  made.run(ALICE, `setfacl -m user:${encodeAddress(EVE)}:rxv poll`);
  assert.match(made.run(EVE, ballot("yes")).fault, /^PROGRAM_FAILED/);
});

test.run();
