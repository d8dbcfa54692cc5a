import { test } from "uvu";
import * as assert from "uvu/assert";
import { codeOf } from "../../../lang/machine/wasm/word-codes.ts";
import { OPERATIONS } from "../../../lang/machine/wasm/operations.ts";
import { GROWS, rowOf, TAKES } from "../../../lang/primitives/table.ts";

test("every word the compiler writes has the stack effect of its row in the table", () => {
  for (const [word, operation] of Object.entries(OPERATIONS)) {
    const code = codeOf(word);
    assert.is(rowOf(code)?.kind, "primitive", word);
    assert.equal([operation.takes, operation.gives - operation.takes], [TAKES[code], GROWS[code]], word);
  }
});

test.run();
