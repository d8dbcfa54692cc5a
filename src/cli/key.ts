import { toHex } from "../../lang/base/bytes.ts";
import { createKey, listKeys, showKey } from "../../node/keys/key-file.ts";
import { systemClock, systemRandom } from "../system-ports.ts";
import { EXIT } from "./command.ts";
import type { CommandCall } from "./command.ts";
import { faultLine } from "./fault-line.ts";
import { keyPlace, keysFolder } from "./key-place.ts";
import { askNewPassphrase } from "./passphrase.ts";

type ShownKey = Awaited<ReturnType<typeof showKey>>;

/** `grid key new`. */
export async function runKeyNew(call: CommandCall): Promise<number> {
  const { folder, label } = keyPlace(call, call.params[0] ?? "");
  const passphrase = await askNewPassphrase(call, `passphrase for the new key ${label}: `);
  return print(call, await createKey(folder, { label, passphrase }, { random: systemRandom, clock: systemClock }));
}

/** `grid key show`. */
export async function runKeyShow(call: CommandCall): Promise<number> {
  return print(call, await showKey(keyPlace(call, call.params[0] ?? "").path));
}

/** `grid key list`. */
export async function runKeyList(call: CommandCall): Promise<number> {
  const { io, flags } = call;
  const folder = keysFolder(call);
  const { keys, refused } = await listKeys(folder);
  if (flags["json"] !== undefined) io.out(`${JSON.stringify({ folder, keys: keys.map(asJson), refused })}\n`);
  else {
    const width = Math.max(0, ...keys.map((key) => key.label.length)) + 2;
    for (const key of keys) io.out(`${key.label.padEnd(width)}${key.address}\n`);
    if (keys.length === 0) io.err(`There are no keys in ${folder}; \`grid key new NAME\` makes one.\n`);
    for (const { fault } of refused) io.err(faultLine(fault));
  }
  return EXIT.ok;
}

function print({ io, flags }: CommandCall, key: ShownKey): number {
  if (flags["json"] !== undefined) io.out(`${JSON.stringify(asJson(key))}\n`);
  else if (flags["address"] !== undefined) io.out(`${key.address}\n`);
  else io.out(`address     ${key.address}\npublic key  ${toHex(key.publicKey)}\nfile        ${key.path}\n`);
  return EXIT.ok;
}

function asJson(key: ShownKey) {
  return { label: key.label, address: key.address, publicKey: toHex(key.publicKey), createdMs: key.createdMs, file: key.path };
}
