/**
 * What a session knows of the outside: bytes in and out, a terminal or none, a signing agent or none. The SSH
 * server gives it over a channel; tests give it in memory.
 */
export interface SessionIo {
  /** Size of the terminal now; undefined when there is none (a command, a pipe). */
  readonly terminal: TerminalView | undefined;
  /** The agent the user forwarded, if any. */
  readonly agent: SigningAgent | undefined;
  write(bytes: Uint8Array): void;
  writeError(bytes: Uint8Array): void;
  /** Starts reading. Called once. */
  listen(listener: InputListener): void;
  /** Stops and goes on taking input; what the other side sends meanwhile is held back by flow control. */
  pause(): void;
  resume(): void;
  /** Ends the session with an exit status, after all output. */
  end(exitCode: number): void;
}

export interface TerminalView {
  readonly columns: number;
  readonly rows: number;
}

export interface InputListener {
  onData(bytes: Uint8Array): void;
  /** No more input will come; output may still be read. */
  onEnd(): void;
  /** The user asked to stop what runs, by a signal (Ctrl-C in a terminal comes as a byte). */
  onInterrupt(): void;
  onResize(view: TerminalView): void;
  /** More output waits than the other side takes: what produces it must stop. */
  onCrowded(): void;
  /** The other side is gone. */
  onClosed(): void;
}

/** An ssh-agent, as far as commits need it: Ed25519 keys, and packages if it is a grid agent. */
export interface SigningAgent {
  /** Faults: SHELL_AGENT. */
  keys(signal: AbortSignal): Promise<readonly AgentKey[]>;
  /**
   * Gives the package to a grid agent, which shows it and asks its user (R2). Undefined from a plain agent, which
   * knows no packages. Faults: SHELL_AGENT, SIGN_REFUSED.
   */
  signPackage(request: PackageRequest, signal: AbortSignal): Promise<PackageSigned | undefined>;
  /** As `signPackage`, for a login to this node: the bytes of its intent. */
  signLogin(request: LoginRequest, signal: AbortSignal): Promise<PackageSigned | undefined>;
  /** 64 bytes over `message`. Faults: SHELL_AGENT, SIGN_REFUSED. */
  sign(publicKey: Uint8Array, message: Uint8Array, signal: AbortSignal): Promise<Uint8Array>;
}
export interface AgentKey {
  /** 32 bytes, Ed25519. */
  readonly publicKey: Uint8Array;
  readonly comment: string;
}
/** A package for a grid agent; it believes these bytes and nothing else. */
export interface PackageRequest {
  readonly publicKey: Uint8Array;
  readonly bodyBytes: Uint8Array;
  readonly effectBytes: Uint8Array;
  /** Proofs of the state that the code reads: the agent runs it on them. */
  readonly excerptBytes: Uint8Array;
}
/** A login for a grid agent. */
export interface LoginRequest {
  readonly publicKey: Uint8Array;
  readonly challenge: Uint8Array;
}
export interface PackageSigned {
  readonly scheme: "raw" | "sshsig";
  /** 64 bytes. */
  readonly signature: Uint8Array;
}
