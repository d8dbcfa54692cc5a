import { fromHex } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import { parseSshPublicKey, parseSshsig, type SignFault, type Sshsig } from "../../node/api.ts";
import type { ShellFault } from "../fault.ts";
import type { CommandContext } from "./command.ts";

const END = "-----END SSH SIGNATURE-----";
/** Lines of a signature; an Ed25519 one has six. */
const MOST_LINES = 64;
const COLUMNS = 76;

/**
 * The 32 bytes of a key as `ssh-keygen` writes it into a .pub file, or in hex as `grid key show` prints it; `word` is who asks.
 * Faults: SHELL_BAD_ARGUMENT, SIGN_MALFORMED, SIGN_KEY_UNSUITED.
 */
export function readPublicKey(text: string, word: string): Uint8Array {
  if (/^[0-9a-f]{64}$/i.test(text)) return fromHex(text.toLowerCase()) as Uint8Array;
  const [, algorithm = "", base64 = ""] = /^\s*([a-z0-9@.-]{1,64})\s+([A-Za-z0-9+/]+={0,2})(?:\s.*)?$/.exec(text) ?? [];
  if (algorithm === "") {
    const expected = "with --key a public key: the line of a .pub file in quotes, 'ssh-ed25519 AAAA…', or the 64 hex digits that grid key show prints";
    throw new FaultError<ShellFault>({ code: "SHELL_BAD_ARGUMENT", word, expected, found: text.slice(0, 60) });
  }
  if (algorithm !== "ssh-ed25519") throw new FaultError<SignFault>({ code: "SIGN_KEY_UNSUITED", algorithm });
  return parseSshPublicKey(new Uint8Array(Buffer.from(base64, "base64")));
}

/** What to run where the key is, so that no file needs to travel. Ends in a newline. */
export function pasteText(message: Uint8Array, namespace: string): string {
  const lines = Buffer.from(message).toString("base64").match(new RegExp(`.{1,${COLUMNS}}`, "g")) ?? [];
  return [
    "ssh-keygen shows nothing of what it signs: you take this node's word for it. grid sign shows it.",
    "Run this where your key is, and paste what it prints:",
    `base64 -d <<'END' | ssh-keygen -Y sign -n ${namespace} -f ~/.ssh/id_ed25519`,
    ...lines, "END", "",
  ].join("\n");
}

/** Reads lines up to the end of a signature. Faults: SIGN_MALFORMED, SIGN_KEY_UNSUITED, SIGN_REFUSED when none comes. */
export async function pastedSignature({ readLine }: CommandContext, namespace: string): Promise<Sshsig> {
  const lines: string[] = [];
  while (lines.length < MOST_LINES) {
    const line = await readLine(lines.length === 0 ? "signature: " : "");
    if (line === undefined) throw new FaultError<SignFault>({ code: "SIGN_REFUSED", reason: "the input ended before the end of a signature" });
    lines.push(...line.split("\n"));
    if (lines.some((one) => one.trim() === END)) return parseSshsig(lines.join("\n").trim(), namespace);
  }
  throw new FaultError<SignFault>({ code: "SIGN_MALFORMED", reason: `no ${END} within ${MOST_LINES} lines` });
}
