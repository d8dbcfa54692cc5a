import { toHex } from "../../lang/base/bytes.ts";
import { coinsText, encodeAddress, type ProgramEvent, type Receipt, type ReceiptStage } from "../../node/api.ts";
import { safeText } from "./safe-text.ts";

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
    `  ERG ${receipt.ergUsed}, fee ${coinsText(receipt.feeUnits)}`,
    ...(receipt.events ?? []).map((event) => `  event ${eventText(event)}`),
    "",
  ].join("\n");
}

/** What a program told, on one line: where it stands, the topic, the data as text. */
export function eventText({ domain, path, topic, data }: ProgramEvent): string {
  return safeText(`/${encodeAddress(domain)}${path} ${topic}: ${Buffer.from(data).toString("utf8")}`);
}
