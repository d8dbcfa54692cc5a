import { addSignature, missingSignatures } from "../../node/package/gather.ts";
import type { PackageFile } from "../../node/package/package-file.ts";
import { holds, messageToSign, parseSshSignature, quorumOf } from "../../node/package/signing.ts";
import { ownSigner, upstreamSigners } from "../../shell/agent/signers.ts";
import type { AgentSigner } from "../../shell/agent/signers.ts";
import { agrees } from "./agree.ts";
import { CommandError, EXIT } from "./command.ts";
import type { CommandCall } from "./command.ts";
import { namedDomains } from "./own-domains.ts";
import { fileJson, fileText, readPackageFile, reviewedFile, writePackageFile } from "./package-file.ts";
import { openSigningKey } from "./signing-key.ts";

/**
 * `grid sign FILE`: reads and judges the package alone, shows what it does, asks, and adds the signatures of all keys it
 * has that the package asks for: the one of `--key`, or those of the user's ssh-agent. No node is spoken to.
 */
export async function signFile(call: CommandCall): Promise<number> {
  const path = call.params[0] ?? "";
  let file = await readPackageFile(call, path);
  const signers = await signersFor(call, file);
  const [first] = signers;
  if (first?.publicKey === undefined) throw new CommandError("None of your keys may sign this package.", `grid package ${path} says who may; --key names a key file.`);
  const domains = namedDomains(call);
  const review = reviewedFile(file, { publicKey: first.publicKey, mode: call.flags["loose"] === undefined ? "strict" : "any", ...(domains.length === 0 ? {} : { domains }) });
  if (call.flags["json"] === undefined) call.io.out(fileText(file, review));
  if (!(await agrees(call, signers.map(({ label }) => label).join(", ")))) throw new CommandError("Nothing was signed.", "The file is as it was.");
  for (const signer of signers) if (missingSignatures(file.body, file.signatures) > 0 || signers.length === 1) file = await signedBy(signer, file);
  await writePackageFile(call, path, file);
  call.io.out(call.flags["json"] === undefined ? `signed as ${signers.map(({ label }) => label).join(", ")}\n${nextStep(file, path)}` : `${JSON.stringify(fileJson(file, review))}\n`);
  return EXIT.ok;
}

/** The key that was named, whether it may sign or not; else those of the ssh-agent that may and have not. */
async function signersFor(call: CommandCall, { body, signatures }: PackageFile): Promise<readonly AgentSigner[]> {
  const socket = call.io.env["SSH_AUTH_SOCK"] ?? "";
  if (call.flags["key"] !== undefined || call.io.env["GRID_KEY"] !== undefined || socket === "") return [ownSigner(await openSigningKey(call))];
  const asked = [...body.signers.keys, ...(quorumOf(body, "payer")?.keys ?? [])];
  const signed = signatures.map(({ publicKey }) => publicKey);
  const held = await upstreamSigners(socket, AbortSignal.timeout(AGENT_LIMIT_MS));
  return held.filter(({ publicKey }) => publicKey !== undefined && holds(asked, publicKey) && !signed.some((one) => Buffer.compare(one, publicKey) === 0));
}

const AGENT_LIMIT_MS = 30_000;

async function signedBy(signer: AgentSigner, file: PackageFile): Promise<PackageFile> {
  const { publicKey, scheme } = signer;
  if (publicKey === undefined) return file;
  const blob = await signer.sign(messageToSign(scheme, file.bodyBytes), 0, AbortSignal.timeout(AGENT_LIMIT_MS));
  return { ...file, signatures: addSignature(file, { publicKey, scheme, signature: parseSshSignature(blob) }) };
}

function nextStep({ body, signatures }: PackageFile, path: string): string {
  const missing = missingSignatures(body, signatures);
  return missing === 0 ? `that is all it needs: grid send ${path}\n` : `${missing} more ${missing === 1 ? "signature is" : "signatures are"} needed: pass ${path} on\n`;
}
