import { toHex } from "../../lang/base/bytes.ts";
import type { ReceiptStage } from "../../node/api.ts";
import type { Receipt } from "../../node/ledger/block.ts";
import { encodeAddress } from "../../node/state/address.ts";
import { UsageError } from "./command.ts";

const STAGES: readonly ReceiptStage[] = ["included", "settled", "final"];

/** The stage that `--until` names. */
export function stageOf(text: string): ReceiptStage {
  const stage = STAGES.find((each) => each === text);
  if (stage === undefined) throw new UsageError(`--until is "${text}".`, `one of ${STAGES.join(", ")}`);
  return stage;
}

/** A receipt as `--json` reports it. */
export function receiptJson(receipt: Receipt) {
  const { outcome } = receipt;
  return {
    outcome: outcome.kind,
    ...("faultCode" in outcome ? { faultCode: outcome.faultCode } : {}),
    height: receipt.height.toString(),
    blockId: toHex(receipt.blockId),
    perspective: toHex(receipt.stateRoot),
    ergUsed: receipt.ergUsed.toString(),
    feeUnits: receipt.feeUnits.toString(),
    ...(receipt.events === undefined ? {} : { events: receipt.events.map(({ domain, path, topic, data }) => ({ program: `/${encodeAddress(domain)}${path}`, topic, data: Buffer.from(data).toString("utf8") })) }),
  };
}
