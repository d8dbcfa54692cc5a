import { createPrng } from "./test-random.ts";
import type { Clock, Random } from "../../node/ports.ts";
import { startShell, type RunningShell } from "../../shell/start.ts";
import { LIMITS, type Limits } from "../../shell/ssh/limits.ts";
import type { Guard } from "../../shell/ssh/guard.ts";
import { FakeNode } from "./fake-node.ts";

/** Real time: the server under test talks to real sockets. */
export const realClock: Clock = {
  nowMs: () => performance.timeOrigin + performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

export interface TestShell {
  readonly shell: RunningShell;
  readonly node: FakeNode;
  readonly port: number;
  /** What the operator's log says, newest last. */
  readonly log: { readonly message: string; readonly reason?: unknown }[];
}

/** A shell on a free port of 127.0.0.1 over a node in memory. */
export async function startTestShell(parts: { readonly guard?: Guard; readonly limits?: Partial<Limits>; readonly random?: Random; readonly clock?: Clock } = {}): Promise<TestShell> {
  const node = new FakeNode();
  const log: TestShell["log"] = [];
  const note = (message: string, fields?: Readonly<Record<string, unknown>>): void => void log.push({ message, ...fields });
  const shell = await startShell(
    { host: "127.0.0.1", port: 0, hostKeySeed: new Uint8Array(32).fill(9) },
    {
      node, clock: parts.clock ?? realClock, random: parts.random ?? createPrng(1), log: { info: note, warn: note },
      limits: { ...LIMITS, ...parts.limits }, ...(parts.guard === undefined ? {} : { guard: parts.guard }),
    },
  );
  return { shell, node, port: shell.address.port, log };
}
