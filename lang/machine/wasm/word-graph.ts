import { FIRST_USER_XT } from "../../primitives/first-user-xt.ts";
import { OP } from "../../primitives/structure.ts";
import type { Block, End, ExecuteTarget, Frame, GraphPolicy, Step } from "./blocks.ts";
import { findLeaders, instructionSize } from "./bytecode.ts";
import { isCompiled } from "./operations.ts";
import { WORD } from "./word-codes.ts";

/** Blocks of a word from `start` on, the first one first; undefined when there are too many steps. */
export function buildGraph(start: number, root: Frame, policy: GraphPolicy): readonly Block[] | undefined {
  return new GraphBuilder(policy).build(start, root);
}

const UNFINISHED: End = { kind: "bail", ip: 0 };

class GraphBuilder {
  readonly #policy: GraphPolicy;
  readonly #blocks: Block[] = [];
  readonly #numbers = new Map<Frame, Map<number, number>>();
  readonly #work: { readonly number: number; readonly frame: Frame; readonly ip: number }[] = [];
  readonly #leaders = new Map<number, ReadonlySet<number>>();
  #steps = 0;

  constructor(policy: GraphPolicy) {
    this.#policy = policy;
  }

  build(start: number, root: Frame): readonly Block[] | undefined {
    this.#block(root, start);
    for (let item = this.#work.pop(); item !== undefined; item = this.#work.pop()) {
      this.#fill(this.#blocks[item.number] as Block, item.frame, item.ip);
      if (this.#steps > this.#policy.stepLimit) return undefined;
    }
    return this.#blocks;
  }

  /** Number of the block that begins there; it is filled later. */
  #block(frame: Frame, ip: number): number {
    let numbers = this.#numbers.get(frame);
    if (numbers === undefined) this.#numbers.set(frame, (numbers = new Map()));
    const known = numbers.get(ip);
    if (known !== undefined) return known;
    const number = this.#blocks.push({ steps: [], end: UNFINISHED }) - 1;
    numbers.set(ip, number);
    this.#work.push({ number, frame, ip });
    return number;
  }

  #fill(block: Block, frame: Frame, start: number): void {
    const leaders = this.#leadersOf(frame.code, start);
    let ip = start;
    for (;;) {
      if (ip !== start && leaders.has(ip)) {
        block.end = { kind: "jump", ip, next: this.#block(frame, ip) };
        return;
      }
      const next = this.#instruction(block, frame, ip);
      if (next === undefined) return;
      ip = next;
      this.#steps += 1;
    }
  }

  /** Adds one instruction; gives the address of the next, or undefined when it ended the block. */
  #instruction(block: Block, frame: Frame, ip: number): number | undefined {
    const { code } = this.#policy.source;
    const op = code[ip] as number;
    const operand = code[ip + 1] as number;
    const next = ip + instructionSize(op);
    const add = (step: Step): number => {
      block.steps.push(step);
      return next;
    };
    const end = (value: End): undefined => void (block.end = value);
    const to = (address: number): number => this.#block(frame, address);
    switch (op) {
      case OP.charge: return add({ kind: "charge", ip, erg: operand });
      case OP.lit: return add({ kind: "literal", ip, value: BigInt(operand) });
      case OP.tick: return add({ kind: "literal", ip, value: BigInt(operand) });
      case OP.lit64: return add({ kind: "literal", ip, value: (BigInt(code[ip + 2] as number) << 32n) | BigInt(operand >>> 0) });
      case OP.counted: return add({ kind: "literal", ip, value: BigInt(code[ip + 2] as number) });
      case OP.string:
        add({ kind: "literal", ip, value: BigInt(code[ip + 2] as number) });
        return add({ kind: "literal", ip, value: BigInt(this.#policy.source.stringLength(operand)) });
      case OP.call: return this.#call(block, frame, ip, next, operand);
      case OP.word: return this.#word(block, frame, ip, next, operand);
      case OP.branch: return end({ kind: "jump", ip, next: to(operand) });
      case OP.branch0: return end({ kind: "branch0", ip, next: to(next), other: to(operand) });
      case OP.do: return add({ kind: "do", ip });
      case OP.queryDo: return end({ kind: "queryDo", ip, next: to(next), other: to(operand) });
      case OP.loop: return end({ kind: "loop", ip, next: to(next), other: to(operand) });
      case OP.plusLoop: return end({ kind: "plusLoop", ip, next: to(next), other: to(operand) });
      case OP.of: return end({ kind: "of", ip, next: to(next), other: to(operand) });
      case OP.leave:
        add({ kind: "unloop", ip });
        return end({ kind: "jump", ip, next: to(operand) });
      case OP.locals: return add({ kind: "locals", ip, count: operand, initialised: code[ip + 2] as number });
      case OP.local: return add({ kind: "local", ip, index: operand });
      case OP.toLocal: return add({ kind: "toLocal", ip, index: operand });
      case OP.to: return this.#to(block, ip, next, operand);
      case OP.exitLocals:
        add({ kind: "dropLocals", ip });
        return this.#exit(block, frame, ip);
      case OP.exit: return this.#exit(block, frame, ip);
      default: return this.#primitive(block, frame, ip, op);
    }
  }

  #primitive(block: Block, frame: Frame, ip: number, op: number): number | undefined {
    const { source, targets } = this.#policy;
    if (op === WORD.queryDup && source.code[ip + 1] === OP.branch0) {
      const target = source.code[ip + 2] as number;
      block.end = { kind: "queryDup0", ip, next: this.#block(frame, ip + 3), other: this.#block(frame, target) };
      return undefined;
    }
    const last = block.steps.at(-1);
    if ((op === WORD.pick || op === WORD.roll) && last?.kind === "literal" && last.value >= 0n && last.value < 64n) {
      block.steps[block.steps.length - 1] = { kind: op === WORD.pick ? "pick" : "roll", ip: last.ip, depth: Number(last.value) };
      return ip + 1;
    }
    if (op === WORD.execute) return this.#execute(block, frame, ip, targets(ip));
    if (op === WORD.catch) return this.#catch(block, frame, ip, targets(ip));
    if (isCompiled(op)) block.steps.push({ kind: "primitive", ip, code: op });
    else return this.#bail(block, ip);
    return ip + 1;
  }

  /** One block for each word seen here, all of which come together behind it. */
  #execute(block: Block, frame: Frame, ip: number, targets: readonly ExecuteTarget[]): undefined {
    const cases = targets.flatMap(({ xt, code }) => {
      const first: Block = { steps: [{ kind: "drop", ip }], end: UNFINISHED };
      const next = this.#callCode(first, frame, { ip, returnTo: ip + 1, code }, []);
      if (next !== undefined) first.end = { kind: "jump", ip, next: this.#block(frame, next) };
      return first.end.kind === "bail" ? [] : [{ xt, to: this.#blocks.push(first) - 1 }];
    });
    block.end = cases.length === 0 ? { kind: "bail", ip } : { kind: "execute", ip, cases };
  }

  /** A call of each word seen here, below a handler; thrown out of, it is the interpreter that goes on. */
  #catch(block: Block, frame: Frame, ip: number, targets: readonly ExecuteTarget[]): undefined {
    const returnTo = ip + 1;
    const cases = targets.flatMap(({ xt, code }) => {
      if (this.#policy.choose(code, { ...frame, depth: Infinity }) === "bail") return [];
      const steps: Step[] = [{ kind: "drop", ip }, { kind: "call", ip, code, returnTo, catches: true }, { kind: "literal", ip: returnTo, value: 0n }];
      return [{ xt, to: this.#blocks.push({ steps, end: { kind: "jump", ip, next: this.#block(frame, returnTo) } }) - 1 }];
    });
    block.end = cases.length === 0 ? { kind: "bail", ip } : { kind: "execute", ip, cases };
  }

  #bail(block: Block, ip: number): undefined {
    block.end = { kind: "bail", ip };
  }

  #exit(block: Block, frame: Frame, ip: number): undefined {
    if (frame.caller === undefined) {
      block.end = { kind: "return", ip };
      return;
    }
    block.steps.push({ kind: "leave", ip });
    block.end = { kind: "jump", ip, next: this.#block(frame.caller.frame, frame.caller.returnTo) };
  }

  #call(block: Block, frame: Frame, ip: number, returnTo: number, xt: number): number | undefined {
    const code = this.#policy.source.entry(xt)?.code ?? 0;
    return this.#callCode(block, frame, { ip, returnTo, code }, []);
  }

  /** A call of the code there, after `before`; leaving at the call undoes what stands before it. */
  #callCode(block: Block, frame: Frame, call: { readonly ip: number; readonly returnTo: number; readonly code: number }, before: readonly Step[]): number | undefined {
    const { ip, returnTo, code } = call;
    const choice = code === 0 ? "bail" : this.#policy.choose(code, frame);
    if (choice === "bail") return this.#bail(block, ip);
    block.steps.push(...before);
    if (choice === "call") {
      block.steps.push({ kind: "call", ip, code, returnTo });
      return returnTo;
    }
    block.steps.push({ kind: "enter", ip, returnTo });
    const inner: Frame = { code, depth: frame.depth + 1, caller: { frame, returnTo } };
    block.end = { kind: "jump", ip, next: this.#block(inner, code) };
    return undefined;
  }

  /** A user's word that is not a colon word: what it does depends on how it was defined. */
  #word(block: Block, frame: Frame, ip: number, next: number, xt: number): number | undefined {
    const entry = this.#policy.source.entry(xt);
    const add = (step: Step): number => {
      block.steps.push(step);
      return next;
    };
    switch (entry?.kind) {
      case "create": {
        const address: Step = { kind: "literal", ip, value: BigInt(entry.data) };
        return entry.code === 0 ? add(address) : this.#callCode(block, frame, { ip, returnTo: next, code: entry.code }, [address]);
      }
      case "constant":
        return this.#constants(block, ip, next, [entry.data]);
      case "constant2":
        return this.#constants(block, ip, next, [entry.data, entry.data + 1]);
      case "value":
        return add({ kind: "fromSlots", ip, slot: entry.data, count: 1 });
      case "value2":
        return add({ kind: "fromSlots", ip, slot: entry.data, count: 2 });
      case "field":
        return add({ kind: "addField", ip, offset: entry.data });
      case "defer":
        return this.#defer(block, frame, ip, next, entry.data);
      default:
        return this.#bail(block, ip);
    }
  }

  #constants(block: Block, ip: number, next: number, slots: readonly number[]): number | undefined {
    const values = slots.map((slot) => this.#policy.source.constant(slot));
    if (values.includes(undefined)) return this.#bail(block, ip);
    for (const value of values) block.steps.push({ kind: "literal", ip, value: value as bigint });
    return next;
  }

  /** The word it stands for now, as long as it still does when it is run. */
  #defer(block: Block, frame: Frame, ip: number, returnTo: number, slot: number): number | undefined {
    const xt = this.#policy.source.deferred(slot);
    const entry = xt < FIRST_USER_XT ? undefined : this.#policy.source.entry(xt);
    const code = entry?.kind === "colon" ? entry.code : 0;
    return this.#callCode(block, frame, { ip, returnTo, code }, [{ kind: "deferCheck", ip, slot, xt }]);
  }

  #to(block: Block, ip: number, next: number, xt: number): number | undefined {
    const entry = this.#policy.source.entry(xt);
    if (entry?.kind !== "value") return this.#bail(block, ip); // 2VALUE is rare
    block.steps.push({ kind: "toSlot", ip, slot: entry.data });
    return next;
  }

  /** Addresses that branches of a word lead to, as far as they can be reached from its beginning or from `start`. */
  #leadersOf(code: number, start: number): ReadonlySet<number> {
    const known = this.#leaders.get(code);
    if (known !== undefined) return known;
    const leaders = findLeaders(this.#policy.source, start);
    this.#leaders.set(code, leaders);
    return leaders;
  }
}
