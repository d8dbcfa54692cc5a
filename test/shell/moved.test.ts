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
