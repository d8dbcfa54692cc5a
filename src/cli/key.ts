import { CommandError } from "./command.ts";
import type { CommandCall } from "./command.ts";
export async function runKeyNew(_call: CommandCall): Promise<number> {
  throw new CommandError("lang/ is not merged yet.", "");
}
export const runKeyShow = runKeyNew; export const runKeyList = runKeyNew;
