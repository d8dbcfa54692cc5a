import type { TestTerminal } from "./terminal.ts";

/** `~/docs [bt 2, behind]> ` with nothing typed behind it. */
const PROMPT = /^[~/]\S*(?: \[[^\]]*\])?> $/;

function isAtPrompt(terminal: TestTerminal): boolean {
  return PROMPT.test(`${terminal.cursorLine().trimEnd()} `);
}

export function atPrompt(terminal: TestTerminal, what: string, limitMs?: number): Promise<void> {
  return terminal.waitUntil(isAtPrompt, `a prompt: ${what}`, limitMs);
}

/** Types a line at the prompt and waits for the next prompt; returns what the screen got between. */
export async function typeLine(terminal: TestTerminal, text: string, limitMs?: number): Promise<string> {
  await atPrompt(terminal, `for "${text}"`);
  const row = terminal.cursorRow();
  const before = terminal.text().length;
  terminal.type(`${text}\r`);
  await terminal.waitUntil((each) => each.cursorRow() > row && isAtPrompt(each), `the end of "${text}"`, limitMs);
  return terminal.text().slice(before);
}
