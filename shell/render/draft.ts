import { toHex } from "../../lang/base/bytes.ts";
import { coinsText, encodeAddress, type Draft } from "../../node/api.ts";
import { safeText } from "./safe-text.ts";

/** What a package will do and cost, as shown before the signature is asked for. Ends in a newline. */
export function draftText(draft: Draft): string {
  const lines = [
    `package ${toHex(draft.packageId)}`,
    `for ${encodeAddress(draft.body.domain)}`,
    ...(draft.body.mode === "loose" ? ["  loose: on the state it finds it may do something else; on this one it"] : []),
    ...draft.sentences.map((sentence) => `  ${safeText(sentence)}`),
    `ERG ${draft.ergUsed}, fee at most ${coinsText(draft.greatestFeeUnits)}`,
    ...signersText(draft),
    ...(draft.effect.greatestSpendUnits > 0n ? [`spends at most ${coinsText(draft.effect.greatestSpendUnits)}`] : []),
    ...(draft.storage === undefined ? [] : [draft.storage]),
    ...draft.warnings.map((warning) => `warning: ${safeText(warning)}`),
  ];
  return `${lines.join("\n")}\n`;
}

/** Who signs besides the key that asked, and who pays. */
function signersText({ body: { domain, signers, payer } }: Draft): readonly string[] {
  return [
    ...(signers.needed === 1 ? [] : [`needs the signatures of ${signers.needed} keys; keys ${encodeAddress(domain)} lists them`]),
    ...(payer === undefined ? [] : [`the fee is paid by ${encodeAddress(payer.domain)}, which signs too${payer.signers.needed === 1 ? "" : `, with ${payer.signers.needed} keys`}`]),
  ];
}
