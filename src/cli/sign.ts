import { CommandError } from "./command.ts";
import type { CommandCall } from "./command.ts";
export async function runSign(_call: CommandCall): Promise<number> {
  throw new CommandError("lang/ is not merged yet.", "");
}
