import { toHex } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import { reviewDraft } from "../../node/package/review.ts";
import type { Review, ReviewInput } from "../../node/package/review.ts";
import { coinsText } from "../../node/state/coins.ts";
import { SIGNER_RULES } from "../../node/package/signer-rules.ts";
import { encodeAddress } from "../../node/state/address.ts";

/** Decodes and judges what a node handed over for a signature (R4–R6). Faults: PACKAGE_*. */
export function reviewed(input: Omit<ReviewInput, "rules">): Review {
  const verdict = reviewDraft({ ...input, rules: SIGNER_RULES });
  if (verdict.kind === "refused") throw new FaultError(verdict.fault);
  return verdict.review;
}

/** What the package does and costs, from its own bytes. Ends in a newline. */
export function reviewText(review: Review): string {
  const { packageId, body, sentences, greatestFeeUnits, greatestSpendUnits } = review;
  const spend = greatestSpendUnits === undefined || greatestSpendUnits === 0n ? [] : [`spends at most ${coinsText(greatestSpendUnits)}`];
  const lines = [`package ${toHex(packageId)}`, `for ${encodeAddress(body.domain)}`, ...sentences.map((sentence) => `  ${sentence}`), `fee at most ${coinsText(greatestFeeUnits)}`, ...spend];
  return `${lines.join("\n")}\n`;
}

/** What `--json` prints of a reviewed package. */
export function reviewJson(review: Review) {
  return {
    packageId: toHex(review.packageId),
    domain: encodeAddress(review.body.domain),
    sentences: review.sentences,
    greatestFeeUnits: review.greatestFeeUnits.toString(),
    greatestSpendUnits: review.greatestSpendUnits?.toString(),
  };
}
