import { FaultError } from "../../lang/base/fault.ts";
import type { PackageFault } from "../../node/fault.ts";
import { encodeSignedPackage } from "../../node/package/body-codec.ts";
import { missingOf } from "../../node/package/gather.ts";
import { quorumOf } from "../../node/package/signing.ts";
import { receiptText } from "../../shell/render/receipt.ts";
import { connectRpc } from "../../shell/ssh/rpc-client.ts";
import { EXIT } from "./command.ts";
import type { CommandCall } from "./command.ts";
import { judgeHostKey } from "./known-nodes.ts";
import { nodePlace, placeText } from "./node-place.ts";
import { readPackageFile } from "./package-file.ts";
import type { PackageFile } from "../../node/package/package-file.ts";
import { receiptJson, stageOf } from "./receipt-json.ts";

const LOGIN_LIMIT_MS = 10_000;

/** `grid send FILE`: hands a package with all its signatures to a node and waits for the receipt. Needs no key. */
export async function runSend(call: CommandCall): Promise<number> {
  const stage = stageOf(call.flags["until"] ?? "included");
  const file = await readPackageFile(call, call.params[0] ?? "");
  requireComplete(file);
  const place = nodePlace(call);
  const judge = judgeHostKey(call, placeText(place));
  try {
    const client = await connectRpc({ ...place, user: "sender", isHostKey: judge.accepts, timeoutMs: LOGIN_LIMIT_MS });
    judge.remember();
    try {
      const { packageId } = await client.ask({ kind: "submit", signedPackage: encodeSignedPackage(file) });
      const receipt = await client.ask({ kind: "untilReceipt", packageId, stage });
      call.io.out(call.flags["json"] === undefined ? receiptText(receipt, stage) : `${JSON.stringify({ ...receiptJson(receipt), stage })}\n`);
      return receipt.outcome.kind === "done" ? EXIT.ok : EXIT.failed;
    } finally {
      client.close();
    }
  } catch (error) {
    throw judge.explain(error);
  }
}

/** Fault: PACKAGE_UNSIGNED. */
function requireComplete({ body, signatures }: PackageFile): void {
  for (const role of ["signer", "payer"] as const) {
    const needs = quorumOf(body, role)?.needed ?? 0;
    const missing = missingOf(body, signatures, role);
    if (missing > 0) throw new FaultError<PackageFault>({ code: "PACKAGE_UNSIGNED", role, needs, given: needs - missing });
  }
}
