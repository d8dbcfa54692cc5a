import type { Command } from "./command.ts";

const EXIT_CODES = "exit codes: 0 it worked, 1 it failed, 2 the command line was wrong\n";

/** Everything: one line for each command. */
export function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map((each) => form(each).length)) + 2;
  const lines = commands.map((each) => `  grid ${form(each).padEnd(width)}${each.summary}\n`);
  return `GridShell: try everything on a private copy of the world's state, commit it with one signature.\n\n${lines.join("")}\nMore about one: grid help COMMAND\n${EXIT_CODES}`;
}

/** One command: usage, parameters, flags, examples. */
export function details(command: Command): string {
  const flags = command.flags.map(({ name, short, value, help }) => [[short, name].filter((each) => each !== undefined).join(", ") + (value === undefined ? "" : ` ${value}`), help] as const);
  const sections = [
    `usage: grid ${form(command)}${command.flags.length > 0 ? " [FLAGS]" : ""}\n\n${command.summary}\n`,
    columns("", command.params.map((param) => [param.name, param.help])),
    columns("flags", flags),
    columns("examples", command.examples.map(({ line, does }) => [`grid ${line}`, does])),
    (command.notes ?? []).map((note) => `${note}\n`).join(""),
    EXIT_CODES,
  ];
  return sections.filter((section) => section !== "").join("\n");
}

/** Name and parameters as they are typed: "run FILE|-". */
function form(command: Command): string {
  const params = command.params.map((param) => (param.optional === true ? `[${param.name}]` : param.name));
  return [command.name, ...params].join(" ");
}

function columns(title: string, rows: readonly (readonly [string, string])[]): string {
  if (rows.length === 0) return "";
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  const lines = rows.map(([left, right]) => `  ${left.padEnd(width)}${right}\n`).join("");
  return title === "" ? lines : `${title}\n${lines}`;
}
