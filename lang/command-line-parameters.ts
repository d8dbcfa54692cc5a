import { utf8 } from "./base/bytes.ts";
import { parseAmount, formatAmount } from "./numbers/amount.ts";
import type { ParameterKind, ShellForm, ShellOption, ShellParam } from "./primitives/spec.ts";
import { fitsCell } from "./values/construct.ts";
import { VALUE_LIMITS } from "./values/limits.ts";
import { asDecimal, decimalDigits, readPlainNumber } from "./values/plain-number.ts";

/** What a message says was expected, for each kind of parameter. */
export const EXPECTED: Readonly<Record<ParameterKind, string>> = {
  cell: "a whole number within 64 bits",
  integer: "a whole number",
  decimal: "a number",
  text: "text",
  bytes: "text",
  content: "text",
  any: "text",
  amount: "an amount of coins, such as 1.5",
  path: "a path: names of at most 255 bytes, 4,096 in all",
  recipient: "an address, a contact, a @nick or ~",
};

/**
 * The argument as the stack form takes it, or undefined when it cannot be of that kind. Numbers come
 * back as canonical decimal digits, so that what is rewritten to a number token can be nothing else;
 * everything else is passed on as the text it is.
 */
export function checkArgument(kind: ParameterKind, argument: string): string | undefined {
  switch (kind) {
    case "cell":
    case "integer":
    case "decimal":
      return checkNumber(kind, argument);
    case "amount": {
      const units = parseAmount(argument);
      return units === undefined ? undefined : formatAmount(units);
    }
    case "path":
      return isPath(argument) ? argument : undefined;
    case "recipient":
      return isRecipient(argument) ? argument : undefined;
    default:
      return argument;
  }
}

function checkNumber(kind: "cell" | "integer" | "decimal", argument: string): string | undefined {
  if (argument.length > VALUE_LIMITS.decimalScale) return undefined;
  const number = readPlainNumber(argument);
  if (number === undefined) return undefined;
  if (kind === "decimal") return number.kind === "decimal" ? decimalDigits(number) : number.value.toString();
  const { coefficient, scale } = asDecimal(number);
  return scale !== 0 || (kind === "cell" && !fitsCell(coefficient)) ? undefined : coefficient.toString();
}

/** Whether text can be a path at all: not empty, no NUL, at most 4,096 bytes, names of at most 255. */
export function isPath(text: string): boolean {
  if (text === "" || text.length > 4_096 || text.includes("\0") || utf8(text).length > 4_096) return false;
  return text.split("/").every((name) => utf8(name).length <= 255);
}

/** Whether text can name a domain: an address, a contact, a `@nick` or `~`. Whether it does is the host's to say. */
export function isRecipient(text: string): boolean {
  return text !== "" && text.length <= 255 && !text.includes("\0");
}

/** How an option is written: `-n LINES`. */
export function describeOption({ flag, name, value }: ShellOption): string {
  return value === undefined ? flag : `${flag} ${name.toUpperCase()}`;
}

/** How a command is written: `rm [-r] PATH…`. */
export function describeForm(form: ShellForm): string {
  const options = (form.options ?? []).map((option) => `[${describeOption(option)}]`);
  const redirect = form.redirect === true ? ["[> FILE]"] : [];
  return [form.word, ...options, ...form.params.map(describeParam), ...redirect].join(" ");
}

function describeParam({ name, optional, repeat }: ShellParam): string {
  const shown = `${name.toUpperCase()}${repeat === true ? "…" : ""}`;
  return optional === true ? `[${shown}]` : shown;
}
