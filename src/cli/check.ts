import { toHex } from "../../lang/base/bytes.ts";
import { isFaultError } from "../../lang/base/fault.ts";
import { checkFolder, type FolderReport } from "../../node/maintenance/check-folder.ts";
import { checkWhole, type WholeReport } from "../../node/maintenance/check-whole.ts";
import { EXIT } from "./command.ts";
import type { CommandCall } from "./command.ts";
import { faultLine } from "./fault-line.ts";
import { dataFolderOf, progressTo, sizeText } from "./maintenance.ts";

/** `grid check`: exit code 0 when the folder is sound, 1 when it is not or cannot be checked. */
export async function runCheck(call: CommandCall): Promise<number> {
  const { io, flags } = call;
  const folder = dataFolderOf(call);
  try {
    const report = await checkFolder(folder, progressTo(call));
    const whole = flags["full"] === undefined ? undefined : await timed(() => checkWhole(folder, { onProgress: progressTo(call) }));
    io.out(flags["json"] === undefined ? text(folder, report, whole) : `${JSON.stringify(asJson(folder, report, whole))}\n`);
    return EXIT.ok;
  } catch (error) {
    if (flags["json"] === undefined || !isFaultError(error)) throw error;
    const [what = "", remedy = ""] = faultLine(error.fault).trim().split("\n");
    io.out(`${JSON.stringify({ folder, sound: false, code: error.fault.code, what: what.replace(/^! \S+: /, ""), remedy: remedy.trim().replace(/^hint: /, "") })}\n`);
    return EXIT.failed;
  }
}

type TimedReport = WholeReport & { readonly durationMs: number };

async function timed(work: () => Promise<WholeReport>): Promise<TimedReport> {
  const startMs = performance.now();
  const report = await work();
  return { ...report, durationMs: Math.round(performance.now() - startMs) };
}

function text(folder: string, report: FolderReport, whole: TimedReport | undefined): string {
  const lines = [
    ["files", `${report.files}, ${sizeText(report.sizeBytes)}, every byte`],
    ["keys", report.keys.length === 0 ? "none yet" : report.keys.join(", ")],
    ["chain", `${toHex(report.chainId)}, ${report.preset}`],
    ["head", `${report.height}, ${toHex(report.blockId)}`],
    ["root", toHex(report.stateRoot)],
    ...(whole === undefined ? [] : [["executed", wholeText(whole)], ["records", `${whole.records} compared with those of the execution`]]),
  ];
  return `${folder} is sound\n${lines.map(([name, value]) => `  ${name?.padEnd(10)}${value}\n`).join("")}`;
}

function wholeText({ from, blocks, packages, durationMs }: TimedReport): string {
  return `${blocks} blocks${from === 0n ? "" : ` from ${from} on`} with ${packages} packages in ${(durationMs / 1_000).toFixed(1)} s, ${Math.round(packages / Math.max(durationMs / 1_000, 0.001))} packages/s`;
}

function asJson(folder: string, report: FolderReport, whole: TimedReport | undefined) {
  const { files, sizeBytes, keys, preset } = report;
  return {
    folder, sound: true, full: whole !== undefined, preset, chainId: toHex(report.chainId), height: Number(report.height),
    blockId: toHex(report.blockId), stateRoot: toHex(report.stateRoot), files, sizeBytes, keys, ...(whole !== undefined && { ...whole, from: Number(whole.from) }),
  };
}
