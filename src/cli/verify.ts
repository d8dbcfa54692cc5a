import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { equalBytes, fromHex, toHex } from "../../lang/base/bytes.ts";
import { decodeValue } from "../../lang/program/value-codec.ts";
import type { Value } from "../../lang/value.ts";
import { formatValue, showValue } from "../../lang/values/show.ts";
import { coinsText } from "../../node/state/coins.ts";
import { NICKS_DOMAIN } from "../../node/state/nicks.ts";
import { showPlace } from "../../node/state/paths.ts";
import { MAX_PROOF_BYTES, verifyProofFile } from "../../node/state/proof-file.ts";
import type { ProofContent, ProofReport, ProvedPlace } from "../../node/state/proof-file.ts";
import { sacrificeOf, type Sacrifice } from "../../node/state/sacrifice.ts";
import { isReceiptProof, verifyReceiptProof } from "../../node/explorer/receipt-proof.ts";
import type { ProofTrust } from "../../node/state/proof-headers.ts";
import { safeText } from "../../shell/render/safe-text.ts";
import { CommandError, EXIT, UsageError } from "./command.ts";
import type { CommandCall } from "./command.ts";
import { readAll } from "./io.ts";
import { sayReceipt } from "./verify-receipt.ts";

/** Text is longer than what it stands for. */
const MOST_BYTES = 2 * MAX_PROOF_BYTES;
const ARMOUR = /^-----BEGIN GRIDSHELL PROOF-----\s+([A-Za-z0-9+/=\s]*)-----END GRIDSHELL PROOF-----\s*$/;
/** Characters of a value that is kept; longer ones are cut. */
const SHOWN_VALUE = 200;
/** No domain has it: paths are shown whole, never as `~`. */
const NOBODY = new Uint8Array(0);

/** `grid verify`: says what a proof says, and *valid* only against what the reader trusts (R12). Exit code 0 means valid. */
export async function runVerify(call: CommandCall): Promise<number> {
  const trust = trustOf(call.flags);
  const bytes = unarmoured(await readProof(call));
  if (isReceiptProof(bytes)) return sayReceipt(call, verifyReceiptProof(bytes, trust));
  const report = verifyProofFile(bytes, trust);
  call.io.out(call.flags["json"] === undefined ? reportText(report) : `${JSON.stringify(reportJson(report))}\n`);
  if (report.kind !== "valid") return EXIT.failed;
  await writeContent(call, report.proof);
  return EXIT.ok;
}

function trustOf(flags: CommandCall["flags"]): ProofTrust {
  const [checkpoint, minWork] = [flags["checkpoint"], flags["min-work"]];
  const id = checkpoint === undefined ? undefined : fromHex(checkpoint.toLowerCase());
  if (checkpoint !== undefined && id?.length !== 32) throw new UsageError(`--checkpoint is "${checkpoint.slice(0, 70)}".`, "the id of a block, 64 hex digits");
  if (minWork !== undefined && !/^[0-9]{1,77}$/.test(minWork)) throw new UsageError(`--min-work is "${minWork.slice(0, 80)}".`, "a number of hashes, such as 1000000");
  return { ...(id === undefined ? {} : { checkpoint: id }), ...(minWork === undefined ? {} : { minWork: BigInt(minWork) }) };
}

async function readProof({ params, io }: CommandCall): Promise<Uint8Array> {
  const name = params[0] ?? "-";
  const bytes = name === "-" ? await readAll(io.stdin, MOST_BYTES) : await readFile(resolve(io.directory, name));
  if (bytes !== undefined && bytes.length <= MOST_BYTES) return bytes;
  throw new CommandError("The file is too large for a proof.", `Proofs have at most ${MAX_PROOF_BYTES} bytes.`);
}

/** The bytes of a proof that was copied from a terminal; any other file as it is. */
function unarmoured(bytes: Uint8Array): Uint8Array {
  const base64 = ARMOUR.exec(Buffer.from(bytes).toString("latin1"))?.[1];
  return base64 === undefined ? bytes : Buffer.from(base64, "base64");
}

async function writeContent({ flags, io }: CommandCall, { content }: ProofContent): Promise<void> {
  const path = flags["content"];
  if (path === undefined) return;
  if (content === undefined) throw new CommandError("The proof holds no content: no file stands there.", "Leave out --content.");
  await writeFile(resolve(io.directory, path), content);
}

function reportText(report: ProofReport): string {
  if (report.kind === "invalid") return `invalid: ${report.reason}\n`;
  const { proof, kind, reason } = report;
  const verdict = kind === "valid" ? "valid" : "not called valid";
  const rows = [
    ["path", isNick(proof.place) ? `@${proof.place.key}` : safeText(showPlace(proof.place, NOBODY))],
    ["what", whatText(proof)],
    ["height", `${proof.height}, in headers up to ${proof.tipHeight}`],
    ["block", toHex(proof.blockId)],
    ["root", toHex(proof.stateRoot)],
    ["work", `${proof.work} hashes`],
  ];
  return `${verdict}: ${reason}\n${rows.map(([name = "", text]) => `  ${name.padEnd(8)}${text}\n`).join("")}`;
}

function whatText({ place, entry, content, domain, kept }: ProofContent): string {
  if (isNick(place)) return kept === undefined ? "nobody has that nick" : `a nick of ${ownerText(decodeValue(kept))}`;
  if (place.key !== undefined) {
    const key = safeText(place.key);
    return kept === undefined ? `nothing is kept under ${key}` : `the program there keeps ${key} = ${showValue(decodeValue(kept), 10, SHOWN_VALUE)}`;
  }
  if (place.path === "/") return `a domain with ${coinsText(domain.balanceUnits)}, ${domain.nonce} packages so far${sacrificeText(sacrificeOf(domain))}`;
  if (entry === undefined) return "nothing stands there";
  return entry.kind === "file" ? `a file of ${content?.length ?? 0} bytes, SHA-256 ${toHex(entry.contentHash)}` : "a directory";
}

/** An address, unless the file is a forgery that nothing anchors. */
function ownerText(value: Value): string {
  return value.kind === "text" ? safeText(value.value) : showValue(value, 10, SHOWN_VALUE);
}

function isNick({ domain, key }: ProvedPlace): boolean {
  return key !== undefined && equalBytes(domain, NICKS_DOMAIN);
}

function sacrificeText({ burntUnits, nick }: Sacrifice): string {
  return `${burntUnits === 0n ? "" : `, ${coinsText(burntUnits)} burnt`}${nick === "" ? "" : `, nick @${nick}`}`;
}

function reportJson(report: ProofReport) {
  if (report.kind === "invalid") return { verdict: "invalid", reason: report.reason };
  const { place, height, blockId, stateRoot, tipHeight, tipId, work, entry, content, domain, kept } = report.proof;
  const sacrifice = sacrificeOf(domain);
  return {
    verdict: report.kind, reason: report.reason, path: showPlace(place, NOBODY),
    stands: place.key !== undefined ? (kept === undefined ? "nothing" : "value") : place.path === "/" ? "domain" : (entry?.kind ?? "nothing"),
    ...(place.key === undefined ? {} : { key: place.key }), ...(kept === undefined ? {} : { value: formatValue(decodeValue(kept)) }),
    height: height.toString(), blockId: toHex(blockId), stateRoot: toHex(stateRoot), tipHeight: tipHeight.toString(), tipId: toHex(tipId), work: work.toString(),
    ...(place.path === "/" ? { balanceUnits: domain.balanceUnits.toString(), nonce: domain.nonce.toString(), burntUnits: sacrifice.burntUnits.toString(), usedUnits: sacrifice.usedUnits.toString(), nick: sacrifice.nick } : {}),
    ...(entry?.kind === "file" ? { sizeBytes: content?.length ?? 0, sha256: toHex(entry.contentHash) } : {}),
  };
}
