import { toHex } from "../../../lang/base/bytes.ts";
import { coinsText, encodeAddress, type ReplayStep, type ReplayView, type WhyView } from "../../../node/api.ts";
import { safeText } from "../safe-text.ts";
import { fitted } from "../table.ts";
import { outcomeText, timeText } from "./short.ts";

const COLUMNS = 80;
/** Calls that are shown by indentation. */
const DEEPEST = 12;
const WORD_WIDTH = 14;

/** A package run again, line by line: what the line says, the stack after it, ERG so far, what it changed. */
export function replayText(view: ReplayView): string {
  const { outcome, ergUsed, feeUnits, receipt } = view;
  const lines = [
    `package ${toHex(view.packageId)}`,
    `for ${encodeAddress(view.domain)}`,
    `on the state after block ${view.baseHeight}${view.before === 0 ? "" : ` and ${view.before} ${view.before === 1 ? "package" : "packages"} of block ${view.height} before it`}`,
    `ERG ${view.intrinsicErg} for the package itself`,
    ...view.steps.flatMap(stepLines),
    ...(view.isCut ? [`… more lines, which ran and are not shown`] : []),
    `${outcomeText(outcome)}, ERG ${ergUsed}, fee ${coinsText(feeUnits)}`,
    view.agrees ? `as the receipt in block ${receipt.height} says` : `THE RECEIPT DIFFERS: ${outcomeText(receipt.outcome)}, ERG ${receipt.ergUsed}, fee ${coinsText(receipt.feeUnits)}`,
  ];
  return `${lines.join("\n")}\n`;
}

function stepLines({ section, source, stack, ergUsed, changes, faultCode, words = [] }: ReplayStep): string[] {
  const code = source.split("\n").map((line, index) => `${index === 0 ? `${section}> ` : "   "}${safeText(line)}`);
  const ran = words.map((one) => fitted(`   ${"  ".repeat(Math.min(one.depth, DEEPEST))}${one.word.padEnd(WORD_WIDTH)} ${one.stack.join(" ")}`.trimEnd(), COLUMNS));
  if (faultCode !== undefined) return [...code, ...ran, `   ! ${faultCode}`];
  return [...code, ...ran, fitted(`   ERG ${ergUsed}  <${stack.length}> ${stack.join(" ")}`.trimEnd(), COLUMNS), ...changes.map((text) => `   ${safeText(text)}`)];
}

/** Who last wrote a path. */
export function whyText({ domain, path, stands, row }: WhyView): string {
  const lines = [
    `/${safeText(encodeAddress(domain) + (path === "/" ? "" : path))}: ${stands === "nothing" ? "nothing stands there now" : `a ${stands}`}`,
    `last written by ${toHex(row.packageId)}`,
    `  in block ${row.height}, ${timeText(row.timeMs)} UTC`,
    `  signed by ${encodeAddress(row.domain)}`,
    ...row.sentences.map((sentence) => `  ${safeText(sentence)}`),
  ];
  return `${lines.join("\n")}\n`;
}
