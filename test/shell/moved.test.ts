import { test } from "uvu";
import * as assert from "uvu/assert";
import { utf8 } from "../../lang/base/bytes.ts";
import { movedText } from "../../shell/render/moved.ts";

test("three versions are shown where they differ, common lines left out", () => {
  const place = { place: "~/note", old: utf8("a\nb\nc\n"), mine: utf8("a\nmine\nc\n"), theirs: utf8("a\ntheirs\nmore\nc\n"), result: utf8("a\nmine\nc\n") };
  assert.is(movedText([place]), `Somebody else changed this meanwhile:
  ~/note from line 2
    was     | b
    theirs  | theirs
            | more
    mine    | mine
    becomes | mine
`);
});

test("edits that were merged are told apart from those that somebody must decide", () => {
  const both = { place: "~/list", old: utf8("a\nb\n"), mine: utf8("A\nb\n"), theirs: utf8("a\nB\n"), result: utf8("A\nb\n"), merged: utf8("A\nB\n") };
  assert.is(movedText([{ place: "~/note" }, both]), `Somebody else changed other lines meanwhile; both are kept:
  ~/list
    was     | a
            | b
    theirs  | a
            | B
    mine    | A
            | b
    becomes | A
            | B
Somebody else changed this meanwhile:
  ~/note
`);
});

test("a removed file, a binary one and coins are named", () => {
  assert.is(movedText([{ place: "~/gone", mine: utf8("x"), result: utf8("") }, { place: "the coins it pays" }, { place: "~/b\u001b[2J" }]), `Somebody else changed this meanwhile:
  ~/gone
    was     (nothing to show)
    theirs  (nothing to show)
    mine    | x
    becomes (no lines)
  the coins it pays
  ~/b␛[2J
`);
});

test.run();
