import { safeText } from "./safe-text.ts";
import { textWidth } from "./width.ts";

/**
 * What a good line ends with: `ok`, and the stack as `.s` shows it, `<3> 1 2 3`. If it is wider than `columns`
 * its front is left out: `<9> … 8 9`. With no columns only the depth stands there: `<3>`.
 */
export function okText(stack: readonly string[], columns: number): string {
  if (stack.length === 0) return "ok";
  const shown: string[] = [];
  let width = 0;
  for (let at = stack.length - 1; at >= 0; at--) {
    const entry = safeText(stack[at] ?? "");
    width += textWidth(entry) + 1;
    if (width > columns) break;
    shown.unshift(entry);
  }
  if (shown.length < stack.length && columns > 0) shown.unshift("…");
  return ["ok", `<${stack.length}>`, ...shown].join(" ");
}
