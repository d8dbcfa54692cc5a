import { openKey } from "../../node/keys/key-file.ts";
import type { UnlockedKey } from "../../node/keys/key-envelope.ts";
import { UsageError } from "./command.ts";
import type { CommandCall } from "./command.ts";
import { keyPlace } from "./key-place.ts";
import { askPassphrase } from "./passphrase.ts";

/** Opens the key named by `--key` or GRID_KEY; asks for its passphrase if it has one. Faults: KEY_*. */
export async function openSigningKey(call: CommandCall): Promise<UnlockedKey> {
  const name = call.flags["key"] ?? call.io.env["GRID_KEY"];
  if (name === undefined) throw new UsageError("--key is missing: it names the key that signs.", "grid key list, or grid key new NAME");
  const place = keyPlace(call, name);
  return openKey(place.path, () => askPassphrase(call, `passphrase for ${place.label}: `));
}
