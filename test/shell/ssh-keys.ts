import { generateKeyPairSync } from "node:crypto";
import ssh2 from "ssh2";
import { hostKeyFromSeed } from "../../shell/ssh/host-key.ts";

/** An Ed25519 key file made from one repeated byte: the same key in every run. */
export function ed25519File(byte: number): string {
  return hostKeyFromSeed(new Uint8Array(32).fill(byte)).privateFile;
}

/** The 32 public bytes of such a key. */
export function ed25519Public(byte: number): Uint8Array {
  return hostKeyFromSeed(new Uint8Array(32).fill(byte)).publicBlob.slice(-32);
}

export function rsaFile(bits: number): string {
  return generateKeyPairSync("rsa", { modulusLength: bits }).privateKey.export({ format: "pem", type: "pkcs1" }).toString();
}

export function ecdsaFile(): string {
  return generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "pem", type: "sec1" }).toString();
}

type SignCallback = (error?: Error, signature?: Buffer) => void;

/** An agent in memory that holds key files; `refuse` makes it answer every request to sign with a failure. */
export class MemoryAgent extends ssh2.BaseAgent {
  private readonly files: readonly string[];
  private readonly refuse: boolean;
  signed = 0;
  constructor(files: readonly string[], { refuse = false }: { readonly refuse?: boolean } = {}) {
    super();
    this.files = files;
    this.refuse = refuse;
  }

  private get keys(): ssh2.ParsedKey[] {
    return this.files.map((file) => ssh2.utils.parseKey(file) as ssh2.ParsedKey);
  }

  override getIdentities(done: (error: Error | null | undefined, keys?: ssh2.ParsedKey[]) => void): void {
    done(undefined, this.keys);
  }

  override sign(publicKey: ssh2.ParsedKey | Buffer | string, data: Buffer, options: unknown, done?: SignCallback): void {
    const finish = (typeof options === "function" ? options : done) as SignCallback;
    const wanted = (ssh2.utils.parseKey(publicKey as Buffer) as ssh2.ParsedKey).getPublicSSH();
    const key = this.keys.find((one) => one.getPublicSSH().equals(wanted));
    if (this.refuse || key === undefined) return finish(new Error("refused"));
    this.signed++;
    finish(undefined, key.sign(data));
  }

  /** What a client needs to forward this agent: an agent protocol over a stream. */
  override getStream(done: ssh2.GetStreamCallback): void {
    const protocol = new ssh2.AgentProtocol(false);
    protocol.on("identities", (request: ssh2.AgentInboundRequest) => protocol.getIdentitiesReply(request, this.keys));
    protocol.on("sign", (request: ssh2.AgentInboundRequest, key: ssh2.ParsedKey, data: Buffer) =>
      this.sign(key, data, {}, (error, signature) => (error !== undefined || signature === undefined ? protocol.failureReply(request) : protocol.signReply(request, signature))),
    );
    done(undefined, protocol);
  }
}
