import { EXPECTED, isPath, isRecipient } from "./command-line-parameters.ts";
import type { Meter } from "./host.ts";
import { toUnits } from "./numbers/amount.ts";
import type { ParameterKind } from "./primitives/spec.ts";
import type { Value } from "./value.ts";
import { whole } from "./values/construct.ts";
import { convert, wrongKind } from "./values/convert.ts";

/**
 * An entry as a host word's row declares it, by the one conversion table. An amount of coins becomes
 * base units: a whole number entry, which is a cell when it fits one, so hosts read `.value` of either.
 * Faults: LANG_WRONG_KIND, LANG_TOO_LARGE.
 */
export function convertParameter(value: Value, kind: ParameterKind, word: string, meter: Meter): Value {
  switch (kind) {
    case "any":
      return value;
    case "content":
      return value.kind === "bytes" ? value : convert(value, "text", word, meter);
    case "amount":
      return whole(toUnits(value, word, meter));
    case "path":
      return checked(convert(value, "text", word, meter).value, isPath, value, kind, word);
    case "recipient":
      return checked(convert(value, "text", word, meter).value, isRecipient, value, kind, word);
    default:
      return convert(value, kind, word, meter);
  }
}

function checked(text: string, holds: (text: string) => boolean, value: Value, kind: ParameterKind, word: string): Value {
  if (!holds(text)) throw wrongKind(word, EXPECTED[kind], value);
  return { kind: "text", value: text };
}
