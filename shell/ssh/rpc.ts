import { FaultError, isFaultError } from "../../lang/base/fault.ts";
import { domainOfKey, type Identity, type NodeApi, type ThreadApi } from "../../node/api.ts";
import type { ShellFault } from "../fault.ts";
import type { ShellLog } from "../log.ts";
import type { InputListener, SessionIo } from "../session-io.ts";
import { FrameReader, frame } from "./rpc-frames.ts";
import { decodeRequest, encodeAnswer, encodeReply, type RpcAnswer, type RpcReplies, type RpcRequest } from "./rpc-messages.ts";

/** Requests that may wait; more stay with the client by flow control. */
const MOST_WAITING = 4;
/** Output of a run travels in pieces below the size of a frame. */
const OUTPUT_PIECE_BYTES = 256 * 1024;

export interface RpcParts {
  readonly node: NodeApi;
  readonly log: ShellLog;
}

/**
 * The machine's door to a node: subsystem `gridshell-rpc@1`, which `grid sign` and `grid exec` use. Requests are
 * answered one after another. Nothing here needs a login that proves a key, except to run source and to ask the faucet.
 */
export class RpcSession implements InputListener {
  private readonly parts: RpcParts;
  private readonly identity: Identity;
  private readonly io: SessionIo;
  private readonly frames = new FrameReader();
  private readonly waiting: Uint8Array[] = [];
  private readonly ended = new AbortController();
  private thread: ThreadApi | undefined;
  private busy = false;
  private inputOver = false;
  private muted = false;

  constructor(parts: RpcParts, identity: Identity, io: SessionIo) {
    this.parts = parts;
    this.identity = identity;
    this.io = io;
  }

  start(): void {
    this.io.listen(this);
  }

  onData(bytes: Uint8Array): void {
    try {
      for (const message of this.frames.push(bytes)) {
        // Input is for the run that goes on: it cannot wait for its turn.
        if (isInput(message)) void this.handle(message);
        else this.waiting.push(message);
      }
    } catch (error) {
      if (!isFaultError(error)) throw error;
      this.answer(0, { kind: "fault", fault: error.fault });
      return this.end(1);
    }
    if (this.waiting.length >= MOST_WAITING) this.io.pause();
    void this.work();
  }

  onEnd(): void {
    this.inputOver = true;
    if (!this.busy) this.end(0);
  }
  onInterrupt(): void {
    this.thread?.interrupt();
  }
  onResize(): void {
    // There is no terminal.
  }
  onCrowded(): void {
    this.muted = true;
    this.thread?.interrupt();
  }
  onClosed(): void {
    this.ended.abort();
    this.waiting.length = 0;
    this.thread?.close();
  }

  /** What comes when nothing waits for it is dropped: the run has ended meanwhile. */
  private takeInput(bytes: Uint8Array): void {
    if (this.thread?.status().waiting === true) this.thread.input(bytes);
  }

  private async work(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    for (let message = this.waiting.shift(); message !== undefined; message = this.waiting.shift()) {
      if (this.waiting.length < MOST_WAITING) this.io.resume();
      await this.handle(message);
    }
    this.busy = false;
    if (this.inputOver) this.end(0);
  }

  private async handle(message: Uint8Array): Promise<void> {
    let id = 0;
    try {
      const decoded = decodeRequest(message);
      id = decoded.id;
      this.answer(id, { kind: "reply", fields: await this.reply(id, decoded.request) });
    } catch (error) {
      if (!isFaultError(error)) this.parts.log.warn("rpc failed", { reason: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      const ours: ShellFault = { code: "RPC_BAD_MESSAGE", reason: "the node failed at this request" };
      this.answer(id, { kind: "fault", fault: isFaultError(error) ? error.fault : ours });
    }
  }

  private async reply(id: number, request: RpcRequest): Promise<ReturnType<typeof encodeReply>> {
    const { node } = this.parts;
    const { signal } = this.ended;
    switch (request.kind) {
      case "status": return encodeReply("status", { ...node.chain, head: node.head() });
      case "fetchIntent": return encodeReply("fetchIntent", await node.fetchIntent(request.intentId, request.publicKey));
      case "answerIntent": return encodeReply("answerIntent", await node.answerIntent(request.intentId, request.answer));
      case "answerLogin": return encodeReply("answerLogin", void (await node.answerLogin(request.intentId, request.answer)));
      case "submit": return encodeReply("submit", await node.submit(request.signedPackage));
      case "receipt": return encodeReply("receipt", node.receipt(request.packageId));
      case "untilReceipt": return encodeReply("untilReceipt", await node.untilReceipt(request.packageId, request.stage, signal));
      case "run": return encodeReply("run", await this.run(id, request));
      case "draft": return encodeReply("draft", await node.draft(await this.openThread(), request.signer));
      case "input":
        this.takeInput(request.bytes);
        return encodeReply("input", undefined);
      case "committed": return encodeReply("committed", void (await (await this.openThread()).committed()));
      case "faucet": {
        const paid = await node.faucet(domainOfKey(this.provedKey()), signal);
        await this.thread?.sync();
        return encodeReply("faucet", paid);
      }
    }
  }

  private async run(id: number, { source, sourceName, mode }: RpcRequest & { readonly kind: "run" }): Promise<RpcReplies["run"]> {
    const thread = await this.openThread();
    this.muted = false;
    const write = (bytes: Uint8Array): void => {
      for (let at = 0; at < bytes.length && !this.muted; at += OUTPUT_PIECE_BYTES) {
        this.answer(id, { kind: "output", bytes: bytes.subarray(at, at + OUTPUT_PIECE_BYTES) });
      }
    };
    return thread.run(source, { mode, sourceName, write, columns: 80, interactive: false, onWaiting: () => this.answer(id, { kind: "waiting" }) });
  }

  private async openThread(): Promise<ThreadApi> {
    this.provedKey();
    this.thread ??= await this.parts.node.openThread(this.identity);
    if (this.ended.signal.aborted) this.thread.close();
    return this.thread;
  }

  private provedKey(): Uint8Array {
    const key = this.identity.level === "proved" ? this.identity.key : undefined;
    if (key?.ed25519 !== undefined) return key.ed25519;
    throw new FaultError<ShellFault>({ code: "SHELL_NO_KEY", algorithm: key?.algorithm });
  }

  private answer(id: number, answer: RpcAnswer): void {
    this.io.write(frame(encodeAnswer(id, answer)));
  }

  private end(exitCode: number): void {
    this.onClosed();
    this.io.end(exitCode);
  }
}

/** A message that cannot be read is none; it is answered with its fault when it is its turn. */
function isInput(message: Uint8Array): boolean {
  try {
    return decodeRequest(message).request.kind === "input";
  } catch {
    return false;
  }
}
