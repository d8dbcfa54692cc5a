import type { Socket } from "node:net";
import type { Connection } from "ssh2";
import type { Clock } from "../../node/ports.ts";
import { createGuard, type Guard, type Watch } from "../../shell/ssh/guard.ts";
import { internalsOf, type ClientInternals } from "../../shell/ssh/internals.ts";
import { LIMITS, type Limits } from "../../shell/ssh/limits.ts";
import { createPrng } from "./test-random.ts";

/** A guard whose connections a test can look into. */
export interface ObservedGuard extends Guard {
  readonly sockets: Socket[];
  readonly clients: ClientInternals[];
  /** Why connections were ended, in order. */
  readonly reasons: string[];
}

/** The real guard, observed. */
export function realGuard(clock: Clock, limits: Partial<Limits> = {}): ObservedGuard {
  const reasons: string[] = [];
  const log = { info: () => undefined, warn: (_message: string, fields?: Readonly<Record<string, unknown>>) => void reasons.push(String(fields?.["reason"])) };
  return observe(createGuard({ limits: { ...LIMITS, ...limits }, clock, random: createPrng(1), log }), reasons);
}

/** Lets everything pass, as bare ssh2 does: with it each attack must succeed, or its test shows nothing. */
export function noGuard(): ObservedGuard {
  const guard: Guard = {
    enter: () => ({ settle: () => undefined, leave: () => undefined }),
    watch: () => new BlindWatch(),
    terminal: (request) => request,
    stop: () => undefined,
  };
  return observe(guard, []);
}

class BlindWatch implements Watch {
  adopt(): void {}
  countAuthentication(): boolean {
    return true;
  }
  authenticated(): void {}
  roomBytes(): number {
    return Number.MAX_SAFE_INTEGER;
  }
  judgeBacklog(): "fine" {
    return "fine";
  }
  onRoom(): () => void {
    return () => undefined;
  }
}

function observe(guard: Guard, reasons: string[]): ObservedGuard {
  const sockets: Socket[] = [];
  const clients: ClientInternals[] = [];
  return {
    sockets,
    clients,
    reasons,
    enter: (source) => guard.enter(source),
    watch(socket, source) {
      sockets.push(socket);
      const watch = guard.watch(socket, source);
      const adopt = watch.adopt.bind(watch);
      watch.adopt = (client: Connection): void => {
        clients.push(internalsOf(client));
        adopt(client);
      };
      return watch;
    },
    terminal: (request) => guard.terminal(request),
    stop: () => guard.stop(),
  };
}
