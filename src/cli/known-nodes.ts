import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Host keys by address, as ssh keeps them: the first one seen is remembered, another one later is refused.
 * One line each: "127.0.0.1:2222 SHA256:…".
 */
export interface KnownNodes {
  /** True if this is the remembered key, or none was remembered; then this one is, once `remember` is called. */
  accepts(place: string, fingerprint: string): boolean;
  remember(place: string, fingerprint: string): void;
}

export function openKnownNodes(path: string): KnownNodes {
  const known = new Map<string, string>();
  for (const line of existsSync(path) ? readFileSync(path, "utf8").split("\n") : []) {
    const [place, fingerprint] = line.split(" ");
    if (place !== undefined && fingerprint !== undefined) known.set(place, fingerprint);
  }
  return {
    accepts: (place, fingerprint) => (known.get(place) ?? fingerprint) === fingerprint,
    remember(place, fingerprint) {
      if (known.has(place)) return;
      known.set(place, fingerprint);
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      appendFileSync(path, `${place} ${fingerprint}\n`, { mode: 0o600 });
    },
  };
}
