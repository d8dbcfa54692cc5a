import type { ShellFault } from "../fault.ts";
import type { FaultTable } from "./faults.ts";

const MIB = 1 << 20;

/** What the shell itself refuses. */
export const SHELL_FAULTS: FaultTable<ShellFault> = {
  SHELL_PORT_TAKEN: ({ host, port }) => ({
    text: `another program listens on ${host}:${port}`,
    hint: "stop it, or choose another port: grid up --ssh HOST:PORT",
  }),
  SHELL_CANNOT_LISTEN: ({ host, port, reason }) => ({
    text: `cannot listen on ${host}:${port}: ${reason}`,
    hint: "ports below 1024 need rights; the host must be an address of this machine",
  }),
  SHELL_OUTPUT_UNREAD: ({ limitBytes }) => ({
    text: `stopped: more than ${Math.floor(limitBytes / MIB)} MiB of output wait to be read`,
    hint: "print less at a time, or read faster",
  }),
  SHELL_NO_SUCH_SUBSYSTEM: ({ name }) => ({ text: `this node has no subsystem ${name}`, hint: "grid sign and grid exec need the same version as the node" }),
  SHELL_BAD_ARGUMENT: ({ word, expected, found }) => ({
    text: found === "" ? `${word} takes ${expected}` : `${word} takes ${expected}, found '${found}'`,
    hint: `help ${word}`,
  }),
  SHELL_PACKAGE_FAILED: ({ outcome, faultCode }) => ({
    text: `the package is in a block but changed nothing: ${outcome.replaceAll("-", " ")}${faultCode === "" ? "" : ` (${faultCode})`}`,
    hint: "the fee is paid; what you recorded is still there: sync, look, ct again",
  }),
  SHELL_NOTHING_TO_UNDO: () => ({ text: "there is no line to take back", hint: "undo goes back to the last bt, at, ct or other word that ends its line; at drops a whole recording" }),
  SHELL_INTERRUPTED: () => ({ text: "interrupted", hint: "what you recorded is still there; ct tries again" }),
  SHELL_NO_KEY: ({ algorithm }) => ({
    text: algorithm === undefined ? "no key to sign with" : `a key of type ${algorithm} cannot sign packages`,
    hint: "ssh -A forwards your agent; --key 'ssh-ed25519 AAAA…' names the key that will sign; ssh-keygen -t ed25519 makes one",
  }),
  SHELL_AGENT: ({ reason }) => ({
    text: reason === "closed" ? "the forwarded agent closed the connection" : "the forwarded agent answered with something else",
    hint: "ssh-add -l shows whether it runs; ssh -A forwards it",
  }),
  SHELL_AGENT_SOCKET: ({ path, reason }) => ({ text: `cannot serve an agent at ${path}: ${reason}`, hint: "choose another place, in a folder of yours; paths of sockets have at most some 100 characters" }),
  RPC_BAD_MESSAGE: ({ reason }) => ({ text: `a message between grid and node is not well-formed: ${reason}`, hint: "use the same version of grid on both sides" }),
  RPC_VERSION: ({ found, known }) => ({
    text: `the other side speaks version ${found} of gridshell-rpc, this one ${known}`,
    hint: found > known ? "update this grid" : "the node must be updated",
  }),
};
