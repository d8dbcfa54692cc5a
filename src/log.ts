/** From the most to the least that is said. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export type LogFields = Readonly<Record<string, unknown>>;

/** For operators: a fixed message, data in fields. Never keys or what users typed. */
export type Log = Readonly<Record<LogLevel, (message: string, fields?: LogFields) => void>>;

export interface LogParts {
  readonly level: LogLevel;
  readonly nowMs: () => number;
  readonly write: (line: string) => void;
}

/** Lines such as `2026-11-21T09:30:00.000Z info head changed height=5 blockId=3fa9…`. */
export function createLog({ level, nowMs, write }: LogParts): Log {
  const least = LOG_LEVELS.indexOf(level);
  const at = (each: LogLevel) => (message: string, fields: LogFields = {}): void => {
    if (LOG_LEVELS.indexOf(each) < least) return;
    const time = new Date(nowMs()).toISOString();
    write(`${[time, each, message, ...Object.entries(fields).map(fieldText)].join(" ")}\n`);
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

function fieldText([name, value]: [string, unknown]): string {
  const text = valueText(value);
  return `${name}=${/^[^\s"=\p{C}]+$/u.test(text) ? text : JSON.stringify(text)}`;
}

function valueText(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (value instanceof Error) return value.stack ?? value.message;
  if (typeof value === "object" && value !== null) return JSON.stringify(value, (_, each: unknown) => (typeof each === "bigint" ? each.toString() : each));
  return String(value);
}
