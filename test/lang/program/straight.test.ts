import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Host } from "../../../lang/host.ts";
import { NULL_HOST } from "../../../lang/machine/null-host.ts";
import { compileProgram } from "../../../lang/program/compile.ts";
import type { Program } from "../../../lang/program/program.ts";
import { runProgram } from "../../../lang/program/run.ts";
import { isStraight } from "../../../lang/program/straight.ts";
import type { Value } from "../../../lang/value.ts";

/** A host that notes what it was asked, answers balances, and refuses every third payment. */
function notingHost(): { readonly host: Host; readonly calls: string[] } {
  const calls: string[] = [];
  const show = (value: Value): string => JSON.stringify(value, (_, field: unknown) => (typeof field === "bigint" ? `${field}` : field));
  const call: Host["call"] = (word, args) => {
    calls.push(`${word} ${args.map(show).join(" ")}`);
    if (word === "balance") return [{ kind: "cell", value: 7n }];
    if (word === "sendEx" && calls.length % 3 === 0) throw Object.assign(new Error("refused"), { fault: { code: "STATE_INSUFFICIENT" } });
    return [];
  };
  return { host: { ...NULL_HOST, call } as Host, calls };
}

const STRAIGHT = [
  '"bob" 1 sendEx', '"bob" 0.5 sendEx\n"carol" 1.25 sendEx', "balance\nbalance\nbalance", "1 2 3 balance", "balance", '"note" "a" writeEx', "sendEx", '1 2 sendEx', "",
];
const OTHERS = ["1 2 +", ": w 1 ; w", "create x", '"bob" 1 sendEx\n1 drop'];

/** The same program with a definition before it, which makes it run on a machine of its own. */
function onOwnMachine(program: Program): Program {
  return { entries: [{ kind: "colon", name: "unused", code: [] }, ...program.entries] };
}

test("a program is straight if it is literals and host words and nothing else", () => {
  for (const source of STRAIGHT) assert.ok(isStraight(compileProgram(source)), source);
  for (const source of OTHERS) assert.not.ok(isStraight(compileProgram(source)), source);
});

test("straight programs give on the kept machine what they give on a new one, whatever ran before and however little ERG there is", () => {
  for (const ergLimit of [1_000_000, 500, 90, 45, 10]) {
    for (const source of [...STRAIGHT, ...[...STRAIGHT].reverse()]) {
      const program = compileProgram(source);
      const [kept, fresh] = [notingHost(), notingHost()];
      const onKept = outcome(program, kept.host, ergLimit);
      // The definition costs an entry's ERG and what it compiles: measured alone, and allowed for.
      const extra = outcome(onOwnMachine({ entries: [] }), NULL_HOST, 1_000_000).ergUsed;
      const onFresh = outcome(onOwnMachine(program), fresh.host, ergLimit + extra);
      assert.equal({ ...onKept, ergUsed: onKept.ergUsed + extra }, onFresh, `${source} with ${ergLimit} ERG`);
      assert.equal(kept.calls, fresh.calls, source);
    }
  }
});

function outcome(program: Program, host: Host, ergLimit: number): { readonly kind: string; readonly fault: string; readonly ergUsed: number } {
  try {
    const result = runProgram(program, { host, ergLimit });
    return { kind: result.kind, fault: result.kind === "fault" ? result.report.fault.code : "", ergUsed: result.ergUsed };
  } catch (error) {
    return { kind: "thrown", fault: String(error), ergUsed: 0 };
  }
}

test.run();
