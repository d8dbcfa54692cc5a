import { FaultError } from "../../lang/base/fault.ts";
import type { StateFault } from "../fault.ts";
import { readRights } from "./rights-text.ts";
import { RIGHT_BITS, type ModeGroups } from "./rights.ts";

const CLASSES = { u: ["owner"], m: ["mask"], g: ["mask"], o: ["others"], a: ["owner", "mask", "others"] } as const satisfies Record<string, readonly (keyof ModeGroups)[]>;
const CLAUSE = /^([umgoa]*)([-+=])([rwxdsov]*)$/;
const OCTAL = /^[0-7]{3}$/;

/**
 * What chmod does to the three groups: `u+rw,o-w,m=rx` (u owner, m or g mask, o others, a or nobody all
 * three), or three octal digits, which set read, write and execute and leave the other rights as they are.
 * Faults: STATE_BAD_ACL.
 */
export function readModeText(spec: string): (groups: ModeGroups) => ModeGroups {
  if (OCTAL.test(spec)) return (groups) => withOctal(groups, spec);
  const clauses = spec.split(",").map((clause) => readClause(spec, clause));
  return (groups) => clauses.reduce((each, clause) => clause(each), groups);
}

function readClause(spec: string, clause: string): (groups: ModeGroups) => ModeGroups {
  const [, who = "", sign = "", letters = ""] = CLAUSE.exec(clause) ?? refuse(spec);
  const names = [...new Set([...(who === "" ? "a" : who)].flatMap((letter): readonly (keyof ModeGroups)[] => CLASSES[letter as keyof typeof CLASSES]))];
  const bits = readRights(letters) ?? 0;
  const change = (before: number): number => (sign === "+" ? before | bits : sign === "-" ? before & ~bits : bits);
  return (groups) => ({ ...groups, ...Object.fromEntries(names.map((name) => [name, change(groups[name])])) });
}

function withOctal({ owner, mask, others }: ModeGroups, spec: string): ModeGroups {
  const [u, g, o] = [...spec].map(Number) as [number, number, number];
  return { owner: setOctal(owner, u), mask: setOctal(mask, g), others: setOctal(others, o) };
}

/** Linux counts read 4, write 2, execute 1. */
function setOctal(before: number, digit: number): number {
  const { read, write, execute } = RIGHT_BITS;
  const set = ((digit & 4) !== 0 ? read : 0) | ((digit & 2) !== 0 ? write : 0) | ((digit & 1) !== 0 ? execute : 0);
  return (before & ~(read | write | execute)) | set;
}

function refuse(spec: string): never {
  throw new FaultError<StateFault>({ code: "STATE_BAD_ACL", spec: spec.slice(0, 80), reason: "parts such as u+rw, m=rx, o-w with commas between, or three digits such as 644" });
}
