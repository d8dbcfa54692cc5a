import { toHex } from "../../lang/base/bytes.ts";
import { encodeAddress, type NodeApi, type PackageFate } from "../../node/api.ts";
import { evictionReasonText } from "../render/explorer/lists.ts";
import { jsonText } from "../render/explorer/json.ts";
import { armoured } from "../render/armour.ts";
import { receiptText } from "../render/receipt.ts";
import type { Command } from "./command.ts";

/** Shows what became of a package (R11, G74), or writes the proof of it. */
export const receipt: Command = {
  word: "receipt",
  params: [{ name: "id", type: "text" }],
  options: [
    { flag: "--json", name: "json", help: "one JSON document" },
    { flag: "--proof", name: "proof", help: "write a file that proves it to anybody: ssh … 'receipt ID --proof' > r.proof, then grid verify r.proof" },
  ],
  help: "Shows the receipt of a package: block, perspective, ERG used, and whether it is included, settled or final; or that it waits, or why it was evicted.",
  example: "receipt 9f2c…",
  run: async ({ args: [text = ""], options }, { node, console, terminal }) => {
    if (options["proof"] !== true) return console.say(options["json"] === true ? jsonText(fateJson(await node.explorer.package(text))) : fateText(await node.explorer.package(text)));
    const proof = node.explorer.proveReceipt(await packageIdOf(node, text));
    if (terminal === undefined) console.program(proof);
    else console.say(armoured(proof));
  },
};

/** The package that an id or the beginning of one means. Faults: EXPLORER_NO_SUCH, EXPLORER_AMBIGUOUS. */
export async function packageIdOf(node: NodeApi, text: string): Promise<Uint8Array> {
  const fate = await node.explorer.package(text);
  return fate.kind === "included" ? fate.receipt.packageId : fate.row.packageId;
}

function fateText(fate: PackageFate): string {
  if (fate.kind === "included") return receiptText(fate.receipt, fate.stage);
  const { packageId, domain, nonce } = fate.row;
  const head = `package ${toHex(packageId)}`;
  const who = `  package ${nonce} of ${encodeAddress(domain)}`;
  if (fate.kind === "evicted") return `${head}: evicted at block ${fate.row.height}: ${evictionReasonText(fate.row.reason)}\n${who}\n  nothing of it was executed, and no fee was paid\n`;
  const { missingNonces, expiryHeight } = fate.row;
  return `${head}: waits for ${missingNonces === 0n ? "a block" : `${missingNonces} packages of lower nonces`}, until block ${expiryHeight}\n${who}\n`;
}

/** Flat, with the names that `grid exec --json` has. */
function fateJson(fate: PackageFate): object {
  if (fate.kind !== "included") return { status: fate.kind, ...fate.row };
  const { stateRoot, ...receiptFields } = fate.receipt;
  const { timeMs, domain, nonce, sentences } = fate.row;
  return { status: fate.kind, stage: fate.stage, ...receiptFields, perspective: stateRoot, timeMs, domain, nonce, payer: fate.payer, sentences };
}
