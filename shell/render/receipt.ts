import { toHex } from "../../lang/base/bytes.ts";
import { coinsText, type Receipt, type ReceiptStage } from "../../node/api.ts";

const OUTCOMES: Record<Receipt["outcome"]["kind"], string> = {
  done: "done",
  "state-moved": "nothing changed: the state had moved",
  denied: "nothing changed: a right was missing",
  failed: "nothing changed: the program failed",
  "out-of-erg": "nothing changed: ERG ran out",
};

/** A receipt, several lines, newline at the end. */
export function receiptText(receipt: Receipt, stage: ReceiptStage): string {
  return [
    `receipt ${toHex(receipt.packageId)}: ${OUTCOMES[receipt.outcome.kind]}, ${stage}`,
    `  block ${receipt.height} ${toHex(receipt.blockId)}`,
    `  perspective ${toHex(receipt.stateRoot)}`,
    `  ERG ${receipt.ergUsed}, fee ${coinsText(receipt.feeUnits)}\n`,
  ].join("\n");
}
