import type { Flag } from "../command.ts";

/** Flags that commands of several tables have, so that they mean and say the same everywhere. */
export const JSON_FLAG: Flag = { name: "--json", help: "report as one JSON object" };
export const CHECKPOINT_FLAG: Flag = { name: "--checkpoint", value: "BLOCK-ID", help: "the snapshot must be of just this block, of which somebody you trust told you" };
export const MIN_WORK_FLAG: Flag = { name: "--min-work", value: "HASHES", help: "the snapshot must stand on so much work, which its headers prove" };
