import { fromHex, toHex } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import type { ShellFault } from "../fault.ts";
import { receiptText } from "../render/receipt.ts";
import type { Command } from "./command.ts";

/** Shows what became of a package (R11). */
export const receipt: Command = {
  word: "receipt",
  params: [{ name: "id", type: "text" }],
  help: "Shows the receipt of a package: block, perspective, ERG used, and whether it is included, settled or final.",
  example: "receipt 9f2c…",
  run: async ({ args: [text = ""] }, { node, console }) => {
    const packageId = fromHex(text);
    if (packageId?.length !== 32) {
      throw new FaultError<ShellFault>({ code: "SHELL_BAD_ARGUMENT", word: "receipt", expected: "a package id of 64 hex digits", found: text.slice(0, 70) });
    }
    const found = node.receipt(packageId);
    if (found === undefined) throw new FaultError<ShellFault>({ code: "SHELL_NOT_KNOWN", packageId: toHex(packageId) });
    console.say(receiptText(found.receipt, found.stage));
  },
};
