import { test } from "uvu";
import * as assert from "uvu/assert";
import { programsPage, SAMPLE_PROGRAM } from "../../../lang/help/programs-page.ts";
import { ProgramWorld } from "./program-world.ts";

const alice = new Uint8Array(20).fill(0xa1);

test("the program on the page of help programs does what the page says", () => {
  const world = new ProgramWorld();
  world.fund(alice, 10n);
  world.program(alice, "purse", SAMPLE_PROGRAM);
  const { fault, printed } = world.run(alice, "call-with 5 purse put\ncall purse mine\n.\nkept purse");
  assert.is(fault, "done");
  assert.match(printed, /^5 grid1\w{38} = 5\.0\n$/);
  assert.ok(SAMPLE_PROGRAM.trimEnd().split("\n").every((line) => programsPage().includes(line)));
});

test("the page fits a terminal and is what help programs prints", () => {
  assert.is(new ProgramWorld().run(alice, "help programs").printed, programsPage());
  for (const line of programsPage().split("\n")) assert.ok(line.length <= 80, line);
});

test.run();
