import { spawn } from "node:child_process";
import { CommandError } from "./command.ts";

/**
 * Runs a program that asks a person, as ssh-askpass does when ssh asks for a confirmation: the question is its only
 * argument, SSH_ASKPASS_PROMPT is "confirm", exit status 0 means yes. Withdrawn questions end the program.
 */
export function runAskProgram(program: string, question: string, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [question], { stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, SSH_ASKPASS_PROMPT: "confirm" }, signal });
    child.on("error", (error: NodeJS.ErrnoException) => {
      if (error.name === "AbortError") resolve(false);
      else reject(new CommandError(`${program} cannot be run: ${error.message}.`, "Name a program that asks and exits 0 for yes: --ask PROGRAM."));
    });
    child.on("close", (code) => resolve(code === 0));
  });
}
