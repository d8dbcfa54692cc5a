import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServices } from "../../src/services.ts";
import { OpenSsh, type SshPlace } from "../support/open-ssh.ts";

export interface RealNode {
  readonly place: SshPlace;
  readonly port: number;
  readonly folder: string;
  readonly ssh: OpenSsh;
  readonly hostFingerprint: string;
  /** What went wrong, as operators would read it. */
  readonly complaints: string[];
}

/** A devnet of its own behind its real SSH server, in this process, for as long as `use` runs. */
export async function withRealNode(use: (real: RealNode) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "gridshell-real-"));
  const complaints: string[] = [];
  const quiet = (): void => undefined;
  const complain = (message: string, fields: object = {}): void => void complaints.push(`${message} ${JSON.stringify(fields)}`);
  const config = { dataFolder: join(folder, "data"), ssh: { host: "127.0.0.1", port: 0 }, logLevel: "warn", miningPercent: undefined, history: undefined, genesisFile: undefined, preset: "devnet", workers: undefined, cacheBytes: undefined, peers: undefined } as const;
  const services = await startServices(config, { debug: quiet, info: quiet, warn: complain, error: complain }, { onFailure: (error) => complain(String(error)), onRefused: complain });
  try {
    const { host, port } = services.ssh;
    await use({ place: { host, port }, port, folder, ssh: new OpenSsh(join(folder, "ssh")), hostFingerprint: services.hostKeyFingerprint, complaints });
  } finally {
    await services.stop();
    rmSync(folder, { recursive: true });
  }
}
