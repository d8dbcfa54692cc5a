import { test } from "uvu";
import * as assert from "uvu/assert";
import { OPERATIONS } from "../../../lang/machine/wasm/operations.ts";
import { builtinXt, GROWS, rowOf, TAKES } from "../../../lang/primitives/table.ts";

test("every word the compiler writes has the stack effect of its row in the table", () => {
  for (const [word, operation] of Object.entries(OPERATIONS)) {
    const code = builtinXt(word);
    assert.is(rowOf(code)?.kind, "primitive", word);
    assert.equal([operation.takes, operation.gives - operation.takes], [TAKES[code], GROWS[code]], word);
  }
});

test.run();
