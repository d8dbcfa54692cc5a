// Runs the real program in a child that has the right Node, and stands in for it: same terminal, same signals,
// same exit code.
import { spawn } from "node:child_process";
import { constants } from "node:os";

const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Resolves to the child's exit code (128 + number for a signal, as shells count). In a terminal Ctrl-C reaches
 * the child twice, from the terminal and from here; the child takes repeated signals as one.
 */
export function runChild(program, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: "inherit", ...options });
    const forward = (signal) => child.kill(signal);
    for (const signal of FORWARDED) process.on(signal, forward);
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      for (const each of FORWARDED) process.off(each, forward);
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}
