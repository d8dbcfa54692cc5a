import { suggest } from "../../lang/suggest.ts";
import { UsageError } from "./command.ts";
import type { Command, CommandCall, Flag } from "./command.ts";

/** What the arguments ask for: a command to run, or help about one, a group, or everything. */
export type Request =
  | { readonly kind: "run"; readonly command: Command; readonly params: CommandCall["params"]; readonly flags: CommandCall["flags"] }
  | { readonly kind: "help"; readonly about: readonly Command[] };

const HELP_FLAGS = ["--help", "-h"];
const VERSION_FLAGS = ["--version", "-v", "-V"];

/** Reads arguments (without `node` and the program) by the table. Throws UsageError. */
export function readArguments(commands: readonly Command[], args: readonly string[]): Request {
  const [first = "--help", second] = args;
  if (HELP_FLAGS.includes(first)) return { kind: "help", about: commands };
  if (VERSION_FLAGS.includes(first)) return readArguments(commands, ["version", ...args.slice(1)]);
  const exact = commands.find((each) => each.name === first);
  if (exact !== undefined) return readCall(exact, args.slice(1));
  const group = commands.filter((each) => each.name.startsWith(`${first} `));
  if (group.length === 0) throw unknown("command", first, commands.map((each) => each.name.split(" ")[0] ?? ""), "grid help");
  if (second === undefined || HELP_FLAGS.includes(second)) return { kind: "help", about: group };
  const member = group.find((each) => each.name === `${first} ${second}`);
  if (member !== undefined) return readCall(member, args.slice(2));
  throw unknown(`\`grid ${first}\` command`, second, group.map((each) => each.name.slice(first.length + 1)), `grid ${first} --help`);
}

function readCall(command: Command, args: readonly string[]): Request {
  const params: string[] = [];
  const flags: Record<string, string> = {};
  for (let i = 0; i < args.length; i += 1) {
    const arg = args[i] ?? "";
    if (arg === "--") {
      params.push(...args.slice(i + 1));
      break;
    }
    if (HELP_FLAGS.includes(arg)) return { kind: "help", about: [command] };
    if (!isFlag(arg)) {
      params.push(arg);
      continue;
    }
    const [name = "", inline] = splitOnce(arg);
    const flag = findFlag(command, name);
    if (flag.value !== undefined && inline === undefined) i += 1;
    const key = flag.name.slice(2);
    const value = flagValue(command, flag, inline, args[i]);
    flags[key] = flag.repeat === true && key in flags ? `${flags[key]},${value}` : value;
  }
  checkParams(command, params);
  return { kind: "run", command, params, flags };
}

/** `-5 .` is a script and `-` is standard input; a flag is a dash and one letter, or two dashes and a letter. */
function isFlag(arg: string): boolean {
  return /^(-[a-z]|--[a-z][a-z-]*(=.*)?)$/is.test(arg);
}

function splitOnce(arg: string): [string, string | undefined] {
  const at = arg.indexOf("=");
  return at < 0 ? [arg, undefined] : [arg.slice(0, at), arg.slice(at + 1)];
}

function findFlag(command: Command, name: string): Flag {
  const flag = command.flags.find((each) => each.name === name || each.short === name);
  if (flag !== undefined) return flag;
  throw unknown(`flag of \`grid ${command.name}\``, name, command.flags.map((each) => each.name), `grid ${command.name} --help`);
}

function flagValue(command: Command, flag: Flag, inline: string | undefined, next: string | undefined): string {
  if (flag.value === undefined) {
    if (inline === undefined) return "true";
    throw new UsageError(`${flag.name} takes no value.`, `grid ${command.name} ${flag.name}`);
  }
  const value = inline ?? next;
  if (value !== undefined) return value;
  throw new UsageError(`${flag.name} needs a value: ${flag.help}`, `grid ${command.name} ${flag.name} ${flag.value}`);
}

function checkParams(command: Command, params: readonly string[]): void {
  const missing = command.params[params.length];
  if (missing !== undefined && missing.optional !== true) {
    throw new UsageError(`${missing.name} is missing: ${missing.help}`, `grid ${command.name} --help`);
  }
  const empty = params.findIndex((param, index) => param === "" && command.params[index]?.name.startsWith("TEXT") === false);
  if (empty !== -1) throw new UsageError(`${command.params[empty]?.name ?? ""} is empty: ${command.params[empty]?.help ?? ""}`, `grid ${command.name} --help`);
  const surplus = command.params.at(-1)?.repeat === true ? undefined : params[command.params.length];
  if (surplus !== undefined) throw new UsageError(`"${surplus}" is one argument too many for \`grid ${command.name}\`.`, `grid ${command.name} --help`);
}

function unknown(what: string, found: string, known: readonly string[], help: string): UsageError {
  const [nearest] = suggest(found, known);
  const hint = nearest === undefined ? help : `${nearest} is the nearest; all of them: ${help}`;
  return new UsageError(`there is no ${what} "${found}".`, hint);
}
