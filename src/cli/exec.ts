import { CommandError } from "./command.ts";
import type { CommandCall } from "./command.ts";
export async function runExec(_call: CommandCall): Promise<number> {
  throw new CommandError("lang/ is not merged yet.", "");
}
