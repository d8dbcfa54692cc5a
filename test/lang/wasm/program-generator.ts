import { LIMITS } from "../../../lang/limits.ts";
import { makeRandom } from "../random.ts";

/**
 * Writes GridScript programs that reach into every corner where two tiers could differ: arithmetic,
 * memory at its edges, loops, recursion, CATCH and THROW, mixed kinds of values, locals, branches that
 * do not nest. Most words have a stack effect; some have none, and some use what is not there.
 */
export function generateProgram(seed: number): string {
  return new Generator(seed).program();
}

interface Word {
  readonly name: string;
  readonly takes: number;
  readonly gives: number;
}

/** What is open around the place being written. */
interface Place {
  readonly loops: number;
  readonly depth: number;
  readonly locals: readonly string[];
  /** Entries of ours on the return stack in this loop or word. */
  readonly returns: number;
  readonly self: Word;
}

const NUMBERS = ["0", "1", "-1", "2", "3", "7", "8", "64", "63", "255", "256", "-8", "1000", "9223372036854775807", "-9223372036854775808", "4294967296", "2147483648"];
const UNARY = ["1+", "1-", "negate", "abs", "invert", "2*", "2/", "0=", "0<", "0>", "0<>", "cells", "cell+", "char+", "aligned", "chars"];
const BINARY = ["+", "-", "*", "and", "or", "xor", "min", "max", "=", "<>", "<", ">", "<=", ">=", "u<", "u>", "lshift", "rshift", "/", "mod"];
const MOVES: readonly (readonly [string, number, number])[] = [
  ["dup", 1, 2], ["drop", 1, 0], ["swap", 2, 2], ["over", 2, 3], ["rot", 3, 3], ["-rot", 3, 3], ["nip", 2, 1], ["tuck", 2, 3], ["2dup", 2, 4],
  ["2drop", 2, 0], ["2swap", 4, 4], ["2over", 4, 6], ["/mod", 2, 2], ["within", 3, 1], ["s>d", 1, 2], ["d>s", 2, 1], ["um*", 2, 2], ["m*", 2, 2], ["d+", 4, 2], ["d-", 4, 2], ["m+", 3, 2], ["dnegate", 2, 2], ["dabs", 2, 2], ["d=", 4, 1],
  ["d<", 4, 1], ["du<", 4, 1], ["d0=", 2, 1], ["d0<", 2, 1], ["d2*", 2, 2], ["d2/", 2, 2], ["*/", 3, 1], ["*/mod", 3, 2], ["um/mod", 3, 2], ["fm/mod", 3, 2], ["sm/rem", 3, 2], ["/string", 3, 2], ["true", 0, 1], ["false", 0, 1], ["?dup 0=", 1, 0],
];
/** Entries that are not cells, and words that only the interpreter runs. */
const ODD = ["1.5", "0.1", "123456789012345678901234567890", "-0.25", "depth", "here", "um*", "base @", "?dup", "0 pick", "1 pick", "2 roll", "r@", "i", "j", "[char] x emit", "dup .", "count", "v", "unused drop"];
const JUNK = ["drop", "r>", ">r", "2drop drop", "unloop", "exit", "+", "@", "dup >r", "rdrop", "execute", "1 throw", "-9 throw", "abort", "recurse", "0 /", "[char] q 0 c!"];

class Generator {
  readonly #random: (most: number) => number;
  readonly #words: Word[] = [];
  #budget = 0;

  constructor(seed: number) {
    this.#random = makeRandom(seed);
  }

  program(): string {
    const lines = ["create buf 64 allot variable v 5 value val 17 constant seventeen defer later : noop ; ' noop is later create table 4 cells allot here 131071 + -65536 and value end : noted dup v @ 31 * xor v ! ;"];
    const count = 2 + this.#random(5);
    for (let i = 0; i < count; i += 1) lines.push(this.#definition(`w${i}`));
    const calls = 2 + this.#random(5);
    for (let i = 0; i < calls; i += 1) lines.push(this.#line());
    return lines.join("\n");
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[this.#random(items.length)] as Item;
  }

  #chance(percent: number): boolean {
    return this.#random(100) < percent;
  }

  #definition(name: string): string {
    const self: Word = { name, takes: this.#random(4), gives: this.#random(4) };
    this.#budget = 8 + this.#random(40);
    const locals = this.#chance(25) ? Array.from({ length: Math.min(self.takes, 1 + this.#random(2)) }, (_, i) => `l${i}`) : [];
    const place: Place = { loops: 0, depth: 0, locals, returns: 0, self };
    const guard = self.takes > 0 && locals.length === 0 && this.#chance(20) ? this.#recursion(self) : undefined;
    const body: string[] = [];
    let height = self.takes;
    if (locals.length > 0) {
      body.push(`{: ${locals.join(" ")} | extra :}`);
      height -= locals.length;
    }
    body.push(...this.#statements(height, self.gives, { ...place, locals: locals.length > 0 ? [...locals, "extra"] : [] }));
    if (guard !== undefined) this.#words.push(self);
    const text = `: ${name} ${guard ?? ""} ${body.join(" ")} ;`;
    if (guard === undefined) this.#words.push(self);
    return text;
  }

  /** A word that calls itself with a smaller number until that is small. */
  #recursion(self: Word): string {
    const fill = Array.from({ length: self.gives }, () => this.#pick(NUMBERS));
    const rest = Array.from({ length: self.takes - 1 }, () => "drop");
    const args = Array.from({ length: self.takes - 1 }, () => this.#pick(NUMBERS));
    const drop = Array.from({ length: self.gives }, () => "drop");
    return `dup 1 < if drop ${rest.join(" ")} ${fill.join(" ")} exit then ${args.length > 0 ? `dup ${args.join(" ")} -rot drop` : "dup"} 1- ${args.slice(0, 0).join(" ")} ${self.takes === 1 ? `recurse ${drop.join(" ")} ${this.#pick(NUMBERS)}` : ""}`;
  }

  /** Statements that lead from one height to another. */
  #statements(from: number, to: number, place: Place): string[] {
    const out: string[] = [];
    let height = from;
    const count = 1 + this.#random(6);
    for (let i = 0; i < count && this.#budget > 0; i += 1) {
      this.#budget -= 1;
      if (this.#chance(1)) out.push(this.#pick(JUNK));
      if (this.#chance(3)) out.push(this.#pick(ODD), "drop");
      height = this.#statement(out, height, place);
      if (height > 0 && this.#chance(35)) out.push("noted"); // so that no wrong number is forgotten
    }
    for (; height > to; height -= 1) out.push(this.#chance(30) && height > 1 ? this.#pick(BINARY.slice(0, 14)) : "drop");
    for (; height < to; height += 1) out.push(this.#value(place));
    return out;
  }

  #value(place: Place): string {
    const choices = ["seventeen", "val", "v @", "v @", "v @ 255 and", "buf @", "buf c@", "true"];
    if (place.loops > 0 && place.returns === 0) choices.push("i", "i", "i");
    if (place.loops > 1 && place.returns === 0) choices.push("j");
    if (place.locals.length > 0) choices.push(...place.locals);
    return this.#chance(50) ? this.#pick(NUMBERS) : this.#pick(choices);
  }

  #statement(out: string[], height: number, place: Place): number {
    switch (this.#random(20)) {
      case 0: case 1: case 2:
        out.push(this.#value(place));
        return height + 1;
      case 3: case 4: case 5:
        if (height < 2) break;
        out.push(this.#pick(BINARY));
        return height - 1;
      case 6: case 7:
        if (height < 1) break;
        out.push(this.#pick(UNARY));
        return height;
      case 8: case 9: {
        const [word, takes, gives] = this.#pick(MOVES);
        if (height < takes) break;
        out.push(word === "?dup 0=" ? "?dup if drop then" : word);
        return height + gives - takes;
      }
      case 10: case 11:
        return this.#memory(out, height, place);
      case 12: case 13:
        return this.#call(out, height, place);
      case 14: case 15:
        return place.depth > 3 ? height : this.#branch(out, height, place);
      case 16: case 17:
        return place.depth > 3 || place.loops > 1 ? height : this.#loop(out, height, place);
      case 18:
        return this.#returnStack(out, height, place);
      default:
        return this.#special(out, height, place);
    }
    out.push(this.#value(place));
    return height + 1;
  }

  /** `loops` that are open and whose index can be read. */
  #address(loops: number): string {
    const edge = ["buf 63 +", "buf 56 +", "here", "here 65500 +", "here 65536 + 7 -", "end 8 -", "end 7 -", "end 16 -", "end 15 -", "end 1 -", "end", "0", "-1", "buf 1 -", "base", "pad", "9223372036854775807", "base 1 -", "base 8 -"];
    if (this.#chance(8)) return this.#pick(["v @ 7 and cells buf +", "v @ 31 and end 16 - +", "v @ 255 and 8 * here 65000 + +", "v @ 3 mod 1 lshift buf + 1-", "end v @ 15 and -", "buf c@ buf +"]); // of a known range
    if (loops > 0 && this.#chance(15)) return this.#pick(["i buf +", "i cells buf +", "i end 4 - +", "end i -", "i 8 * here 65500 + +"]);
    return this.#chance(12) ? this.#pick(edge) : this.#pick(["buf", "v", "buf 8 +", "buf i 63 and +", "table 1 cells +", "buf 40 +"]).replace("i 63 and", String(this.#random(57)));
  }

  #memory(out: string[], height: number, place: Place): number {
    const loops = place.returns === 0 ? place.loops : 0;
    const address = this.#address(loops);
    switch (this.#random(8)) {
      case 0: case 1:
        out.push(address, this.#pick(["@", "c@"]));
        return height + 1;
      case 2:
        out.push(address, "2@");
        return height + 2;
      case 3: case 4: case 5:
        out.push(this.#chance(8) ? this.#pick(ODD) : this.#value(place), address, this.#pick(["!", "c!", "+!"]));
        return height;
      case 6:
        out.push(address, String(this.#random(20)), this.#pick(["65 fill", "erase", "blank"]));
        return height;
      default:
        out.push(address, this.#address(loops), String(this.#random(24)), this.#pick(["move", "cmove", "cmove>"]));
        return height;
    }
  }

  #call(out: string[], height: number, place: Place): number {
    const word = this.#words.length > 0 ? this.#pick(this.#words) : undefined;
    if (word === undefined || word.name === place.self.name) return height;
    let now = height;
    for (; now < word.takes; now += 1) out.push(this.#value(place));
    switch (this.#random(8)) {
      case 0:
        out.push(`['] ${word.name} execute`);
        return now + word.gives - word.takes;
      case 1: // thrown or not, the same height
        for (let i = 0; i < word.takes; i += 1) out.push("drop");
        out.push(`depth >r ${Array.from({ length: word.takes }, () => this.#pick(NUMBERS)).join(" ")} ['] ${word.name} catch drop begin depth r@ > while drop repeat rdrop`);
        return now - word.takes;
      case 2:
        out.push(`['] ${word.name} table ${this.#random(4)} cells + !`);
        return now;
      default:
        out.push(word.name);
        return now + word.gives - word.takes;
    }
  }

  #branch(out: string[], height: number, place: Place): number {
    const inner = { ...place, depth: place.depth + 1 };
    const after = Math.max(0, height + this.#random(3) - 1);
    const arm = (): string => this.#statements(height, after, inner).join(" ");
    switch (this.#random(6)) {
      case 0:
        out.push(`${this.#value(place)} if ${this.#statements(height, height, inner).join(" ")} then`);
        return height;
      case 1:
        out.push(`${this.#value(place)} case ${this.#pick(NUMBERS)} of ${arm()} endof ${this.#pick(NUMBERS)} of ${arm()} endof >r ${arm()} r> endcase`);
        return after;
      case 2: // several ELSE: a structure that is not nested
        out.push(`${this.#value(place)} if ${this.#statements(height, height, inner).join(" ")} else ${this.#statements(height, height, inner).join(" ")} else ${this.#statements(height, height, inner).join(" ")} then`);
        return height;
      case 3: { // leaves the word
        const leave = place.loops > 0 ? Array.from({ length: place.loops }, () => "unloop").join(" ") : "";
        if (place.returns > 0) break;
        out.push(`${this.#value(place)} if ${this.#statements(height, place.self.gives, inner).join(" ")} ${leave} exit then`);
        return height;
      }
      default:
    }
    out.push(`${this.#value(place)} if ${arm()} else ${arm()} then`);
    return after;
  }

  #loop(out: string[], height: number, place: Place): number {
    const counted = { ...place, depth: place.depth + 1, loops: place.loops + 1, returns: 0 };
    const open = { ...place, depth: place.depth + 1 };
    const body = (inside: Place): string => this.#statements(height, height, inside).join(" ");
    const limit = 1 + this.#random(this.#chance(10) ? 60 : 6);
    switch (this.#random(8)) {
      case 0: case 1:
        out.push(`${limit} 0 do ${body(counted)} loop`);
        return height;
      case 2:
        out.push(`${this.#value(place)} 7 and 0 ?do ${body(counted)} loop`);
        return height;
      case 3:
        out.push(`${limit} ${-this.#random(5)} do ${body(counted)} ${this.#pick(["2", "3", "1", "i 1 and 1+"])} +loop`);
        return height;
      case 4:
        out.push(`0 ${limit} do ${body(counted)} ${this.#pick(["-1", "-2"])} +loop`);
        return height;
      case 5:
        out.push(`${limit} 0 do ${body(counted)} ${this.#value(counted)} if leave then ${body(counted)} loop`);
        return height;
      case 6:
        out.push(`${limit} begin >r ${body({ ...open, returns: open.returns + 1 })} r> 1- dup 0 < until drop`);
        return height;
      default:
        out.push(`${limit} >r begin r@ 0 > while r> 1- >r ${body({ ...open, returns: open.returns + 1 })} repeat rdrop`);
        return height;
    }
  }

  #returnStack(out: string[], height: number, place: Place): number {
    if (height < 1) return height;
    const inner = { ...place, returns: place.returns + 1, depth: place.depth + 1 };
    out.push(`>r ${this.#statements(height - 1, height - 1, inner).join(" ")} ${this.#pick(["r>", "r> ", "r@ rdrop"])}`);
    return height;
  }

  #special(out: string[], height: number, place: Place): number {
    switch (this.#random(12)) {
      case 9: // data space, as far as a page and more
        out.push(this.#pick(["here", "unused", `${this.#value(place)} , here 8 - @`, `${this.#value(place)} c, align here`, "40 allot here", "8000 allot here -8000 allot", `${this.#value(place)} allot here`]), "drop");
        return height;
      case 10:
        out.push(this.#pick(['s" abc" 2drop', 's" abc" drop c@ drop', "0 throw", "0 abort\" no\"", `${this.#value(place)} abort" yes"`, "bl base c@ + drop", "state @ drop"]));
        return height;
      case 11:
        if (height < 1) break;
        out.push(`dup ${this.#pick(["s>d", "0", "-1", "dup"])} ${this.#pick(NUMBERS)} ${this.#pick(["um/mod", "fm/mod", "sm/rem"])} drop`);
        return height + 1;
      case 0:
        out.push(`${this.#value(place)} to val`);
        return height;
      case 1:
        if (place.locals.length === 0) break;
        out.push(`${this.#value(place)} to ${this.#pick(place.locals)}`);
        return height;
      case 2:
        out.push(`${this.#value(place)} if ${this.#pick(["1", "-9", "val", "0"])} throw then`);
        return height;
      case 3:
        out.push("later");
        return height;
      case 4: { // EXECUTE of one of several words alike
        const alike = this.#words.filter((word) => word.takes === 0 && word.gives === 0);
        if (alike.length === 0) break;
        for (const [index, word] of alike.slice(0, 4).entries()) out.push(`['] ${word.name} table ${index} cells + !`);
        out.push(`5 0 do table i ${alike.length} mod cells + @ execute loop`);
        return height;
      }
      case 5: // a branch into the middle
        out.push(`${this.#value(place)} ahead begin [ 1 cs-roll ] then ${this.#value(place)} 3 and 0= until drop`);
        return height;
      case 6:
        out.push("ahead 1 2 3 then");
        return height;
      case 7:
        out.push(`${this.#pick(ODD)} drop`);
        return height;
      default:
    }
    out.push(this.#value(place));
    return height + 1;
  }

  #line(): string {
    const word = this.#pick(this.#words);
    const args = Array.from({ length: word.takes }, () => (this.#chance(6) ? this.#pick(["1.5", "123456789012345678901234567890", "-0.5"]) : this.#pick(NUMBERS)));
    const call = `${args.join(" ")} ${word.name}`;
    if (this.#chance(5)) return this.#deep();
    switch (this.#random(5)) {
      case 0:
        return `${args.join(" ")} ' ${word.name} catch`;
      case 1:
        return `${call} ${this.#chance(50) ? "' noop is later" : `' ${word.name} is later`}`;
      case 2:
        return `: go${this.#random(1000)} ${2 + this.#random(30)} 0 do ${call} ${Array.from({ length: word.gives }, () => "drop").join(" ")} loop ;\n${call}`;
      default:
        return call;
    }
  }

  /** Recursion that ends just below the greatest depth of calls, at it, or just above, caught or not. */
  #deep(): string {
    const name = `deep${this.#random(1000)}`;
    const body = this.#pick(["dup if 1- recurse then", "dup if 1- recurse 1+ then", ">r r@ if r@ 1- recurse drop then r>", "dup if 1- dup 1 and if recurse else recurse 2* then then"]);
    const count = LIMITS.callDepth - 6 + this.#random(12);
    return `: ${name} ${body} ;\n${count} ${this.#chance(50) ? `' ${name} catch` : name}`;
  }
}
