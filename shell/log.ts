/** For operators: a fixed message, data in fields. Never keys or what users typed. `src/log.ts` makes the real one. */
export interface ShellLog {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}
