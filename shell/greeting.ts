import { toHex } from "../lang/base/bytes.ts";
import type { Identity, NodeApi } from "../node/api.ts";
import { safeText } from "./render/safe-text.ts";

/** What an interactive session says first: where one is, as whom, and who can read along (R1). */
export function greeting(node: NodeApi, identity: Identity, waiting: number): string {
  const { preset, chainId } = node.chain;
  const lines = [
    `GridShell, ${preset} ${toHex(chainId.subarray(0, 4))}, height ${node.head().height}`,
    whoLine(identity),
    "This node sees what you type. Nothing leaves your session until you commit:",
    "bt, then your work, then rt and ct. help explains words, exit leaves.",
    ...(waiting === 0 ? [] : [`${waiting === 1 ? "A thread" : `${String(waiting)} threads`} of an earlier session ${waiting === 1 ? "waits" : "wait"}: session resume goes on there.`]),
  ];
  return `${lines.join("\n")}\n`;
}

function whoLine(identity: Identity): string {
  const name = safeText(identity.sshUser).slice(0, 64);
  if (identity.level === "claimed") return `You are ${name} (claimed: no key was proved).`;
  const { algorithm, fingerprint, ed25519 } = identity.key;
  const proved = `You are ${name} (proved: ${algorithm} ${fingerprint}).`;
  return ed25519 === undefined ? `${proved}\nThis kind of key can log in but not commit; ct asks for an Ed25519 key.` : proved;
}
