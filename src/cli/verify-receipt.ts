import { toHex } from "../../lang/base/bytes.ts";
import type { ReceiptProofReport } from "../../node/explorer/receipt-proof.ts";
import { coinsText } from "../../node/state/coins.ts";
import { encodeAddress } from "../../node/state/address.ts";
import { jsonText } from "../../shell/render/explorer/json.ts";
import { outcomeText } from "../../shell/render/explorer/short.ts";
import { eventText } from "../../shell/render/receipt.ts";
import { factsText } from "../../shell/render/table.ts";
import { EXIT, UsageError, type CommandCall } from "./command.ts";

/** What `grid verify` says of the proof of a receipt (G74). Exit code 0 means valid. */
export function sayReceipt({ io, flags }: CommandCall, report: ReceiptProofReport): number {
  if (flags["content"] !== undefined) throw new UsageError("--content is for proofs of files.", "This one proves a receipt; leave it out.");
  io.out(flags["json"] === undefined ? text(report) : jsonText(json(report)));
  return report.kind === "valid" ? EXIT.ok : EXIT.failed;
}

function text(report: ReceiptProofReport): string {
  if (report.kind === "invalid") return `invalid: ${report.reason}\n`;
  const { body, result, height, index, blockId, tipHeight, stateRoot, work } = report.proof;
  return `${report.kind === "valid" ? "valid" : "not called valid"}: ${report.reason}\n${factsText([
    ["package", toHex(result.packageId)], ["signer", `${encodeAddress(body.domain)}, package ${body.nonce}`], ["outcome", outcomeText(result.outcome)],
    ["ERG", `${result.ergUsed}, fee ${coinsText(result.feeUnits)}`], ["height", `${height}, package ${index} of its block, in headers up to ${tipHeight}`],
    ["block", toHex(blockId)], ["root", toHex(stateRoot)], ["work", `${work} hashes`], ...(result.events ?? []).map((event) => ["event", eventText(event)] as const),
  ])}`;
}

function json(report: ReceiptProofReport): object {
  if (report.kind === "invalid") return { verdict: "invalid", reason: report.reason };
  const { body, result, ...block } = report.proof;
  return { verdict: report.kind, reason: report.reason, ...result, domain: body.domain, nonce: body.nonce, ...block };
}
