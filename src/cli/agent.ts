import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fromHex } from "../../lang/base/bytes.ts";
import type { AgentUser } from "../../shell/agent/conversation.ts";
import { startGridAgent } from "../../shell/agent/server.ts";
import { ownSigner, upstreamSigners } from "../../shell/agent/signers.ts";
import type { AgentSigner } from "../../shell/agent/signers.ts";
import { packageText, terminalUser } from "../../shell/agent/terminal-user.ts";
import { safeText } from "../../shell/render/safe-text.ts";
import { systemClock } from "../system-ports.ts";
import { untilStopSignal } from "../stop-signal.ts";
import { childUser, startChild } from "./agent-child.ts";
import type { Child } from "./agent-child.ts";
import { CommandError, EXIT, UsageError } from "./command.ts";
import type { CommandCall } from "./command.ts";
import { runAskProgram } from "./ask-program.ts";
import { namedDomains } from "./own-domains.ts";
import { openSigningKey } from "./signing-key.ts";

type Signers = (signal: AbortSignal) => Promise<readonly AgentSigner[]>;

/**
 * `grid agent`: what `ssh -A` forwards instead of the user's own ssh-agent (R2). Alone it serves until it is stopped
 * and asks in its terminal; with a command behind `--` it serves that command, and its exit code is the command's.
 */
export async function runAgent(call: CommandCall): Promise<number> {
  const signers = await signersOf(call);
  const chainId = chainOf(call);
  const place = socketPlace(call);
  const child = call.params.length === 0 ? undefined : startChild(call, place.path);
  const agent = await startGridAgent(place.path, { signers, user: userOf(call, child), modes: call.flags["loose"] === undefined ? "strict" : "any", domains: namedDomains(call), nowMs: () => systemClock.nowMs(), ...(chainId === undefined ? {} : { chainId }) });
  try {
    if (child !== undefined) return await child.run();
    call.io.out(announcement(call, place.path));
    await untilStopSignal();
    return EXIT.ok;
  } finally {
    await agent.stop();
    if (place.isOurs) rmSync(dirname(place.path), { recursive: true });
  }
}

/** Key files that `--key` names, opened once; without any, whatever the user's ssh-agent holds at the moment. */
async function signersOf(call: CommandCall): Promise<Signers> {
  const names = (call.flags["key"] ?? "").split(",").filter((name) => name !== "");
  const own: AgentSigner[] = [];
  for (const key of names) own.push(ownSigner(await openSigningKey({ ...call, flags: { ...call.flags, key } })));
  if (own.length > 0) return () => Promise.resolve(own);
  const upstream = call.io.env["SSH_AUTH_SOCK"];
  if (upstream === undefined || upstream === "") throw new CommandError("There is no key to sign with: no --key, and no ssh-agent at SSH_AUTH_SOCK.", "grid agent --key NAME, or start ssh-agent and ssh-add your key.");
  return (signal) => upstreamSigners(upstream, signal);
}

function chainOf({ flags }: CommandCall): Uint8Array | undefined {
  const text = flags["chain"];
  if (text === undefined) return undefined;
  const bytes = fromHex(text);
  if (bytes !== undefined && bytes.length >= 4 && bytes.length <= 32) return bytes;
  throw new UsageError(`--chain is "${text.slice(0, 70)}".`, "8 to 64 hex digits, as the node's greeting shows them");
}

/** A socket in a folder that only its owner can enter; the folder goes with the agent. */
function socketPlace({ flags, io }: CommandCall): { readonly path: string; readonly isOurs: boolean } {
  const named = flags["socket"];
  if (named !== undefined) return { path: resolve(io.directory, named), isOurs: false };
  return { path: join(mkdtempSync(join(io.env["XDG_RUNTIME_DIR"] ?? tmpdir(), "grid-agent-")), "socket"), isOurs: true };
}

/** Where the questions are asked: by a program, between the lines of the child's terminal, or in this one. */
function userOf({ flags, io }: CommandCall, child: Child | undefined): AgentUser {
  const allowedHosts = (flags["allow-host"] ?? "").split(",");
  const program = flags["ask"];
  if (program !== undefined) return programUser(program, { allowedHosts, tell: io.err });
  if (child !== undefined) return childUser(child, { allowedHosts, tell: io.err });
  if (io.stdin.isTTY !== true) throw new CommandError("There is no terminal to ask in.", "Run it in a terminal, or name a program that asks with --ask PROGRAM.");
  return terminalUser({ input: io.stdin, output: process.stderr, allowedHosts });
}

/** Asks through a program as ssh-askpass: the question is its argument, exit status 0 is yes. */
function programUser(program: string, { allowedHosts, tell }: { readonly allowedHosts: readonly string[]; readonly tell: (text: string) => void }): AgentUser {
  const ask = (text: string, signal: AbortSignal): Promise<boolean> => runAskProgram(program, text, signal);
  return {
    approve: (question, signal) => ask(`${packageText(question)}sign as ${safeText(question.keyLabel)}?`, signal),
    async allowsLogin({ hostFingerprint, user, keyLabel }, signal) {
      return allowedHosts.includes(hostFingerprint) || ask(`log in as ${safeText(user)} with ${safeText(keyLabel)} to the host ${hostFingerprint}?`, signal);
    },
    note: (text) => tell(`${safeText(text)}\n`),
  };
}

/** What a shell can `eval`, or one JSON object. */
function announcement({ flags }: CommandCall, path: string): string {
  if (flags["json"] !== undefined) return `${JSON.stringify({ socket: path, pid: process.pid })}\n`;
  return `SSH_AUTH_SOCK='${path.replaceAll("'", "'\\''")}'; export SSH_AUTH_SOCK;\n`;
}
