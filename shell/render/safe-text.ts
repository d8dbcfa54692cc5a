/**
 * Programs and foreign files may print anything, and terminals obey escape sequences: they can retitle a window,
 * type on the user's behalf, or paint a false prompt. So of what a program prints only text, tab, newline,
 * carriage return, backspace, bell and simple colours (SGR) pass (G102); every other control character
 * is shown as a visible picture of itself.
 */

/** `ESC [ numbers m`: colours and weight, nothing else. */
const SGR = /^\x1b\[[0-9;]{0,32}m/;
const LONGEST_SGR = 35;
const PASSED = new Set(["\t", "\n", "\r", "\b", "\x07"]);

/** Replaces every control character, for text inside our own messages. */
export function safeText(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, visible);
}

/** A picture of a control character: ␛ for ESC, � for those without one. */
function visible(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "\u2421" : "\ufffd";
}

/** Filters a stream of program output for a terminal. Sequences cut between two pieces are put together again. */
export class TerminalFilter {
  private decoder = new TextDecoder("utf-8");
  private held = "";

  /** What of these bytes may reach the terminal, line ends as a terminal wants them. */
  push(bytes: Uint8Array): string {
    return this.clean(this.held + this.decoder.decode(bytes, { stream: true }), "more may come");
  }

  /** The end of a line's output: what was held back is shown as it is. */
  flush(): string {
    const rest = this.clean(this.held + this.decoder.decode(), "complete");
    this.decoder = new TextDecoder("utf-8");
    return rest;
  }

  private clean(text: string, state: "more may come" | "complete"): string {
    this.held = "";
    let out = "";
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code >= 0x20 && code !== 0x7f && (code < 0x80 || code > 0x9f)) continue;
      out += text.slice(from, at);
      const rest = text.slice(at, at + LONGEST_SGR);
      const colour = code === 0x1b ? SGR.exec(rest)?.[0] : undefined;
      if (colour !== undefined) {
        out += colour;
        at += colour.length - 1;
      } else if (code === 0x1b && state === "more may come" && /^\x1b(\[[0-9;]*)?$/.test(rest) && at + rest.length === text.length) {
        this.held = rest;
        return out;
      } else out += passed(text.charAt(at));
      from = at + 1;
    }
    return out + text.slice(from);
  }
}

function passed(character: string): string {
  if (character === "\n") return "\r\n";
  return PASSED.has(character) ? character : visible(character);
}
