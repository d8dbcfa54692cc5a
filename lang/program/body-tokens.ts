import { LIMITS } from "../limits.ts";
import type { Value } from "../value.ts";
import { badProgram } from "./bad-program.ts";
import type { Instruction, WordRef } from "./program.ts";
import { countedText, stringSource } from "./string-source.ts";

/** How a body's parts are written; each refuses what would not read back. */
export interface TokenWriter {
  literal(value: Value): string;
  word(ref: WordRef): string;
  tick(ref: WordRef): string;
  to(user: number): string;
  builtin(token: string): string;
  local(index: number): string;
}

type Open =
  | { readonly kind: "orig"; readonly target: number }
  | { readonly kind: "dest"; readonly branch: number }
  | { readonly kind: "do" };

const ABORT_MESSAGE = 1123;
const TYPE = 363;

/**
 * The tokens between `: name` and `;` that compile to this code. Branches become structures: usual ones
 * where they nest, `[ n cs-roll ]` where they do not. Code that no tokens compile to is refused.
 */
export function bodyTokens(code: readonly Instruction[], writer: TokenWriter): string[] {
  return new BodyWriter(code, writer).tokens();
}

class BodyWriter {
  readonly #code: readonly Instruction[];
  readonly #writer: TokenWriter;
  readonly #tokens: string[] = [];
  readonly #open: Open[] = [];
  /** Branches back to each instruction, the first to come last. */
  readonly #backTo = new Map<number, number[]>();
  readonly #targets = new Set<number>();
  #locals = -1;

  constructor(code: readonly Instruction[], writer: TokenWriter) {
    this.#code = code;
    this.#writer = writer;
    if (code.at(-1)?.op !== "exit") badProgram("code that does not end in exit");
    code.forEach((instruction, index) => {
      if (!("target" in instruction)) return;
      if (instruction.target >= code.length) badProgram("a branch leads out of its word");
      this.#targets.add(instruction.target);
      if (instruction.target > index) return;
      if (instruction.op === "of") badProgram("of branches forward");
      this.#backTo.set(instruction.target, [index, ...(this.#backTo.get(instruction.target) ?? [])]);
    });
  }

  tokens(): string[] {
    const last = this.#code.length - 1;
    for (let index = 0; index <= last; index += 1) {
      this.#resolveAt(index);
      for (const branch of this.#backTo.get(index) ?? []) {
        this.#builtin("begin");
        this.#push({ kind: "dest", branch });
      }
      if (index < last) index += this.#instruction(this.#code[index] as Instruction, index);
    }
    if (this.#open.length > 0) badProgram("a structure is left open");
    return this.#tokens;
  }

  /** Ends the branches that lead to this instruction, the innermost first. */
  #resolveAt(index: number): void {
    for (;;) {
      const depth = this.#depthOf((open) => open.kind === "orig" && open.target === index);
      if (depth < 0) break;
      this.#roll(depth);
      this.#open.pop();
      this.#builtin("then");
    }
    if (this.#open.some((open) => open.kind === "orig" && open.target === index)) badProgram("a branch into a loop or out of it");
  }

  /** Writes one instruction; returns how many further ones it wrote with it. */
  #instruction(instruction: Instruction, index: number): number {
    switch (instruction.op) {
      case "literal":
        return this.#put(this.#writer.literal(instruction.value));
      case "string":
        return this.#string(instruction.bytes, index);
      case "counted":
        return this.#put(`${this.#writer.builtin('c"')} ${countedText(instruction.bytes)}"`);
      case "word":
        if ("code" in instruction.word && instruction.word.code === ABORT_MESSAGE) badProgram("a message without its text");
        return this.#put(this.#writer.word(instruction.word));
      case "tick":
        return this.#put(this.#writer.tick(instruction.word));
      case "to":
        return this.#put(this.#writer.to(instruction.user));
      case "branch":
      case "branch0":
      case "of":
        return instruction.target > index ? this.#forward(instruction.op, instruction.target, index) : this.#back(instruction.op, index);
      case "do":
      case "queryDo":
        this.#push({ kind: "do" });
        return this.#builtin(instruction.op === "do" ? "do" : "?do");
      case "loop":
      case "plusLoop":
        if (this.#open.pop()?.kind !== "do") badProgram("a loop that was not begun");
        return this.#builtin(instruction.op === "loop" ? "loop" : "+loop");
      case "leave":
        if (!this.#open.some((open) => open.kind === "do")) badProgram("leave outside of a loop");
        return this.#builtin("leave");
      case "exit":
        return this.#builtin("exit");
      case "does":
        return this.#does(index);
      case "locals":
        return this.#declare(instruction);
      case "local":
        return this.#put(this.#localName(instruction.index));
      case "toLocal":
        return this.#put(`${this.#writer.builtin("to")} ${this.#localName(instruction.index)}`);
    }
  }

  #forward(op: "branch" | "branch0" | "of", target: number, index: number): number {
    const top = this.#open.at(-1);
    if (op === "branch" && top?.kind === "orig" && top.target === index + 1) {
      this.#open[this.#open.length - 1] = { kind: "orig", target };
      return this.#builtin("else");
    }
    if (op === "branch0" && top?.kind === "dest" && top.branch < target) {
      this.#open.splice(-1, 0, { kind: "orig", target });
      return this.#builtin("while");
    }
    this.#push({ kind: "orig", target });
    return this.#builtin(op === "branch" ? "ahead" : op === "of" ? "of" : "if");
  }

  #back(op: "branch" | "branch0" | "of", index: number): number {
    const depth = this.#depthOf((open) => open.kind === "dest" && open.branch === index);
    if (depth < 0) badProgram("a branch back into a loop or out of it");
    this.#roll(depth);
    this.#open.pop();
    const top = this.#open.at(-1);
    if (op === "branch0") return this.#builtin("until");
    if (top?.kind !== "orig" || top.target !== index + 1) return this.#builtin("again");
    this.#open.pop();
    return this.#builtin("repeat");
  }

  /** A string alone, or with the word that makes it a message. */
  #string(bytes: Uint8Array, index: number): number {
    const next = this.#code[index + 1];
    const joined = next?.op === "word" && "code" in next.word && !this.#targets.has(index + 1) && index + 1 < this.#code.length - 1 ? next.word.code : 0;
    const { plain, source } = stringSource(bytes);
    if (joined === ABORT_MESSAGE) {
      this.#put(`${this.#writer.builtin('abort"')} ${countedText(bytes)}"`);
      return 1;
    }
    if (joined === TYPE && plain) {
      this.#put(`${this.#writer.builtin('."')} ${source}"`);
      return 1;
    }
    return this.#put(`${this.#writer.builtin(plain ? 's"' : 's\\"')} ${source}"`);
  }

  /** DOES> and the exit that the compiler lays after it. */
  #does(index: number): number {
    if (this.#open.length > 0 || this.#code[index + 1]?.op !== "exit" || index + 1 >= this.#code.length - 1 || this.#targets.has(index + 1)) badProgram("does> in the wrong place");
    this.#locals = -1;
    this.#builtin("does>");
    return 1;
  }

  #declare({ count, initialised }: { readonly count: number; readonly initialised: number }): number {
    if (this.#locals >= 0 || this.#open.length > 0 || initialised > count || count > LIMITS.locals) badProgram("locals in the wrong place");
    this.#locals = count;
    const names = Array.from({ length: count }, (_, index) => this.#localName(index));
    if (initialised < count) names.splice(initialised, 0, "|");
    return this.#put([this.#writer.builtin("{:"), ...names, ":}"].join(" "));
  }

  #localName(index: number): string {
    if (index >= this.#locals) badProgram("a local that was not declared");
    return this.#writer.local(index);
  }

  /** How far below the top the first match lies; structures that are not branches hide what is below them. */
  #depthOf(matches: (open: Open) => boolean): number {
    for (let index = this.#open.length - 1; index >= 0; index -= 1) {
      const open = this.#open[index] as Open;
      if (open.kind === "do") return -1;
      if (matches(open)) return this.#open.length - 1 - index;
    }
    return -1;
  }

  #roll(depth: number): void {
    if (depth === 0) return;
    this.#put(`${this.#writer.builtin("[")} ${this.#writer.literal({ kind: "cell", value: BigInt(depth) })} ${this.#writer.builtin("cs-roll")} ${this.#writer.builtin("]")}`);
    this.#open.push(...this.#open.splice(this.#open.length - 1 - depth, 1));
  }

  #push(open: Open): void {
    if (this.#open.length >= LIMITS.controlStack) badProgram("structures nested too deeply");
    this.#open.push(open);
  }

  #builtin(token: string): number {
    return this.#put(this.#writer.builtin(token));
  }

  #put(token: string): number {
    this.#tokens.push(token);
    return 0;
  }
}
