import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { ReadStream } from "node:tty";
import { CommandError } from "./command.ts";
import type { CommandCall } from "./command.ts";
import type { Io } from "./io.ts";

/** Longer is a mistake, such as a whole file pasted. */
const MAX_CHARACTERS = 1_024;
const ASK_NOWHERE = "There is no terminal to ask for the passphrase.";
const KEYS = { enter: "\r", newline: "\n", interrupt: "\u0003", end: "\u0004", backspace: "\u007f", erase: "\b", clear: "\u0015" } as const;

/** The passphrase from `--passphrase-file`, GRID_PASSPHRASE_FILE, or typed without being shown. */
export async function askPassphrase({ flags, io }: CommandCall, prompt: string): Promise<string> {
  const file = flags["passphrase-file"] ?? io.env["GRID_PASSPHRASE_FILE"];
  if (file !== undefined) return passphraseFromFile(resolve(io.directory, file));
  return typeHidden(io, prompt);
}

/** For a new key: typed twice, because a slip would lock it for ever. */
export async function askNewPassphrase(call: CommandCall, prompt: string): Promise<string> {
  const first = await askPassphrase(call, prompt);
  if (call.flags["passphrase-file"] !== undefined || call.io.env["GRID_PASSPHRASE_FILE"] !== undefined) return first;
  if (first === "") throw new CommandError("A key needs a passphrase.", "Run the command again and type one.");
  const second = await typeHidden(call.io, "once more: ");
  if (first !== second) throw new CommandError("The two passphrases differ.", "Run the command again.");
  return first;
}

/** The first line of the file, without its line end. */
async function passphraseFromFile(path: string): Promise<string> {
  try {
    return (await readFile(path, "utf8")).split(/\r?\n/, 1)[0] ?? "";
  } catch (error) {
    throw new CommandError(`The passphrase file cannot be read: ${(error as Error).message}.`, "Name another with --passphrase-file.");
  }
}

async function typeHidden(io: Io, prompt: string): Promise<string> {
  const terminal = io.stdin as ReadStream;
  if (terminal.isTTY !== true) throw new CommandError(ASK_NOWHERE, "Name a file that holds it with --passphrase-file, readable by you alone.");
  terminal.setRawMode(true); // before the prompt: who types quickly must not be echoed
  io.err(prompt);
  try {
    return await readTypedLine(terminal);
  } finally {
    terminal.setRawMode(false);
    terminal.pause();
    io.err("\n");
  }
}

function readTypedLine(terminal: ReadStream): Promise<string> {
  return new Promise((resolve, reject) => {
    let typed: string[] = [];
    const finish = (end: () => void): void => {
      terminal.off("data", onData);
      end();
    };
    const onData = (chunk: Buffer | string): void => {
      for (const character of chunk.toString("utf8")) {
        if (character === KEYS.enter || character === KEYS.newline) return finish(() => resolve(typed.join("")));
        if (character === KEYS.interrupt || character === KEYS.end) {
          return finish(() => reject(new CommandError("Nothing was done.", "The passphrase was not given.")));
        }
        if (character === KEYS.backspace || character === KEYS.erase) typed = typed.slice(0, -1);
        else if (character === KEYS.clear) typed = [];
        else if (typed.length < MAX_CHARACTERS) typed.push(character);
      }
    };
    terminal.on("data", onData);
    terminal.resume();
  });
}
