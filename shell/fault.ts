/** Every way the shell itself refuses. Text and hint of each stand in `render/faults.ts`. */
export type ShellFault =
  | { readonly code: "SHELL_PORT_TAKEN"; readonly host: string; readonly port: number }
  | { readonly code: "SHELL_CANNOT_LISTEN"; readonly host: string; readonly port: number; readonly reason: string }
  | { readonly code: "SHELL_OUTPUT_UNREAD"; readonly limitBytes: number }
  | { readonly code: "SHELL_NO_SUCH_SUBSYSTEM"; readonly name: string }
  | { readonly code: "SHELL_BAD_ARGUMENT"; readonly word: string; readonly expected: string; readonly found: string }
  /** The package is in a block, but changed nothing beyond nonce and fee. */
  | { readonly code: "SHELL_PACKAGE_FAILED"; readonly outcome: "denied" | "failed" | "out-of-erg"; readonly faultCode: string }
  | { readonly code: "SHELL_NOTHING_TO_UNDO" }
  | { readonly code: "SHELL_INTERRUPTED" }
  | { readonly code: "SHELL_NO_KEY"; readonly algorithm: string | undefined }
  | { readonly code: "SHELL_AGENT"; readonly reason: "malformed" | "closed" }
  | { readonly code: "SHELL_AGENT_SOCKET"; readonly path: string; readonly reason: string }
  | { readonly code: "RPC_BAD_MESSAGE"; readonly reason: string }
  | { readonly code: "RPC_VERSION"; readonly found: number; readonly known: number };
