import type { Entry } from "../dictionary.ts";
import { LIMITS } from "../limits.ts";
import { OP } from "../primitives/structure.ts";
import { FIRST_USER_XT } from "../primitives/first-user-xt.ts";
import { GROWS, PRIMITIVES, TAKES, rowOf } from "../primitives/table.ts";
import { HOST_WORDS } from "../primitives/host-words.ts";
import type { HostWordSpec } from "../primitives/spec.ts";
import { TAG, type Value } from "../value.ts";
import { isTrue, equal } from "../values/compare.ts";
import { callHost } from "./host-call.ts";
import { FRAME } from "./layout.ts";
import { HANDLER_SIZE, popHandler, pushHandler } from "./catch-frames.ts";
import { checkLoop, dropLocals, needs, startLoop, stepLoop, takeLocals } from "./loop-frames.ts";
import { CATCH_END_AT, FIRST_CODE, MODE } from "./mode.ts";
import { carryOutMarker } from "./markers.ts";
import { traverseNext } from "./traverse.ts";
import type { Vm } from "./vm.ts";

/**
 * The bytecode interpreter: one loop over explicit state. Calls, counted loops, locals, CATCH frames and
 * nested sources all lie on the machine's return stack, so leaving the loop between any two
 * instructions loses nothing.
 */
const RUN: ((vm: Vm) => void)[] = [];
for (const row of PRIMITIVES) RUN[row.code] = row.run;
for (const spec of HOST_WORDS as readonly HostWordSpec[]) RUN[spec.code] = (vm) => callHost(vm, spec);

/** Words that move entries with their origin. */
const MOVES = new Set(PRIMITIVES.filter((row) => row.moves === true).map((row) => row.code));

/** Runs code until it has come to its end, waits, or must read source; or just one instruction. */
export function runCode(vm: Vm, most?: "one"): void {
  const { code, cells, tags, rcells, rtags } = vm;
  do {
    const op = code[vm.ip++] as number;
    if (op > OP.catchEnd) {
      runPrimitive(vm, op);
      continue;
    }
    switch (op) {
      case OP.charge:
        vm.charge(code[vm.ip++] as number);
        if (vm.interruptFlag[0] !== 0) vm.checkInterrupt();
        break;
      case OP.lit:
        pushLiteral(vm, BigInt(code[vm.ip++] as number));
        break;
      case OP.lit64:
        pushLiteral(vm, (BigInt(code[vm.ip + 1] as number) << 32n) | BigInt((code[vm.ip] as number) >>> 0));
        vm.ip += 2;
        break;
      case OP.box:
        vm.room(1);
        vm.pushValue(vm.literals[code[vm.ip++] as number] as Value);
        markOrigin(vm, 1);
        break;
      case OP.call:
        enterColon(vm, code[vm.ip++] as number);
        break;
      case OP.word:
        enter(vm, code[vm.ip++] as number);
        break;
      case OP.branch:
        branchTo(vm, code[vm.ip] as number);
        break;
      case OP.branch0:
        needs(vm, 1, "if");
        vm.sp -= 1;
        if (tags[vm.sp] === TAG.cell ? cells[vm.sp] !== 0n : isTrue(vm.valueAt(vm.sp))) vm.ip += 1;
        else branchTo(vm, code[vm.ip] as number);
        break;
      case OP.exit:
        leaveColon(vm);
        break;
      case OP.exitLocals:
        dropLocals(vm);
        leaveColon(vm);
        break;
      case OP.do:
        needs(vm, 2, "do");
        startLoop(vm);
        break;
      case OP.queryDo:
        needs(vm, 2, "?do");
        if (startLoop(vm)) vm.ip += 1;
        else {
          vm.rp -= 2;
          vm.ip = code[vm.ip] as number;
        }
        break;
      case OP.loop: {
        const top = vm.rp - 1;
        if (top < 1 || rtags[top] !== FRAME.loop) throw vm.fault({ code: "LANG_RETURN_UNDERFLOW", word: "loop" });
        rcells[top] = (rcells[top] as bigint) + 1n;
        if (rcells[top] !== rcells[top - 1]) branchTo(vm, code[vm.ip] as number);
        else {
          vm.rp -= 2;
          vm.ip += 1;
        }
        break;
      }
      case OP.plusLoop:
        needs(vm, 1, "+loop");
        if (stepLoop(vm)) branchTo(vm, code[vm.ip] as number);
        else {
          vm.rp -= 2;
          vm.ip += 1;
        }
        break;
      case OP.leave:
        checkLoop(vm, "leave");
        vm.rp -= 2;
        vm.ip = code[vm.ip] as number;
        break;
      case OP.of:
        needs(vm, 2, "of");
        if (sameTop(vm)) {
          vm.sp -= 2;
          vm.ip += 1;
        } else {
          vm.sp -= 1;
          vm.ip = code[vm.ip] as number;
        }
        break;
      case OP.locals:
        takeLocals(vm, code[vm.ip] as number, code[vm.ip + 1] as number);
        vm.ip += 2;
        break;
      case OP.local: {
        vm.room(1);
        const at = vm.lp + (code[vm.ip++] as number);
        cells[vm.sp] = rcells[at] as bigint;
        tags[vm.sp++] = rtags[at] as number;
        break;
      }
      case OP.toLocal: {
        needs(vm, 1, "to");
        const at = vm.lp + (code[vm.ip++] as number);
        vm.sp -= 1;
        rcells[at] = cells[vm.sp] as bigint;
        rtags[at] = tags[vm.sp] as number;
        break;
      }
      case OP.to:
        storeTo(vm, code[vm.ip++] as number);
        break;
      case OP.tick:
        pushLiteral(vm, BigInt(code[vm.ip++] as number));
        break;
      case OP.string: {
        vm.room(2);
        const literal = vm.literals[code[vm.ip] as number];
        vm.pushString(code[vm.ip + 1] as number, literal?.kind === "bytes" ? literal.value.length : 0);
        vm.ip += 2;
        markOrigin(vm, 2);
        break;
      }
      case OP.counted:
        pushLiteral(vm, BigInt(code[vm.ip + 1] as number));
        vm.ip += 2;
        break;
      case OP.does: {
        const latest = vm.dictionary.has(vm.dictionary.latest) ? vm.entry(vm.dictionary.latest) : undefined;
        if (latest?.kind !== "create") throw vm.fault({ code: "LANG_UNSUPPORTED", word: "does>", instead: "does> right after create in the same definition" });
        // The compiler lays an exit after it; what the new word does begins after that.
        vm.dictionary.change(latest, { code: vm.ip + 1 });
        vm.tier?.changes(latest.xt);
        break;
      }
      case OP.traverse:
        needs(vm, 1, "traverse-wordlist");
        traverseNext(vm);
        break;
      case OP.halt:
        vm.mode = MODE.text;
        return;
      case OP.catchEnd:
        vm.ip = popHandler(vm);
        vm.room(1);
        vm.push(0n);
        break;
      default:
        throw new Error(`no instruction ${op} at ${vm.ip - 1}`);
    }
  } while (most === undefined && vm.mode === MODE.code);
}

/** Runs one word of the table; its price was charged with the block. */
function runPrimitive(vm: Vm, op: number): void {
  const takes = TAKES[op] as number;
  vm.op = op;
  if (vm.sp < takes) vm.need(takes);
  const grows = GROWS[op] as number;
  if (vm.sp + grows > vm.dataRoom) vm.room(grows);
  (RUN[op] as (vm: Vm) => void)(vm);
  if (vm.track && !MOVES.has(op)) markOrigin(vm, grows + takes);
}

/** Executes a token; when it is done, control goes on at `vm.ip`. */
export function enter(vm: Vm, xt: number): void {
  if (xt < FIRST_USER_XT) return enterBuiltin(vm, xt);
  const entry = vm.entry(xt);
  switch (entry.kind) {
    case "colon":
      return enterColon(vm, xt);
    case "create":
      pushLiteral(vm, BigInt(entry.data));
      if (entry.code !== 0) enterColon(vm, xt);
      return;
    case "constant":
    case "value":
      vm.room(1);
      vm.pushFromSlot(entry.data);
      return markOrigin(vm, 1);
    case "constant2":
    case "value2":
      vm.room(2);
      vm.pushFromSlot(entry.data);
      vm.pushFromSlot(entry.data + 1);
      return markOrigin(vm, 2);
    case "field":
      needs(vm, 1, entry.name);
      vm.push(vm.popCell() + BigInt(entry.data));
      return;
    case "defer":
    case "synonym":
      return enter(vm, standsFor(vm, entry));
    case "marker":
      return carryOutMarker(vm, entry);
  }
}

/** The token that a deferred word or a synonym leads to, which is neither. Deferred words may lead in a circle: ERG ends it, or an interrupt. */
function standsFor(vm: Vm, first: Entry): number {
  for (let entry = first; ; ) {
    const xt = entry.kind === "synonym" ? entry.data : deferredTo(vm, entry);
    if (xt < FIRST_USER_XT) return xt;
    entry = vm.entry(xt);
    if (entry.kind !== "synonym" && entry.kind !== "defer") return xt;
  }
}

function deferredTo(vm: Vm, entry: Entry): number {
  const target = vm.slotCells[entry.data] as bigint;
  if (target === 0n) throw vm.fault({ code: "LANG_UNSUPPORTED", word: entry.name, instead: "IS before the first use of a deferred word" });
  vm.charge(2);
  if (vm.interruptFlag[0] !== 0) vm.checkInterrupt();
  return Number(target);
}

/** Branches; where it leads back, compiled code may take over. */
function branchTo(vm: Vm, target: number): void {
  const back = target < vm.ip;
  vm.ip = target;
  if (back && vm.tier !== undefined) vm.tier.back(vm);
}

function enterBuiltin(vm: Vm, xt: number): void {
  const row = rowOf(xt);
  if (row === undefined || row.kind === "structure") throw vm.fault({ code: "LANG_BAD_ADDRESS", word: "execute", address: String(xt) });
  vm.charge(row.spec.erg);
  runPrimitive(vm, xt);
}

function enterColon(vm: Vm, xt: number): void {
  const entry = vm.entry(xt);
  // Behind an unfinished definition lies whatever failed lines left, which another machine has not.
  if (entry.end === 0 && entry.kind === "colon") throw vm.fault({ code: "LANG_UNSUPPORTED", word: "execute", instead: "the word after ; has ended its definition" });
  if (vm.tier !== undefined && vm.tier.call(vm, xt)) return;
  if (vm.depth >= LIMITS.callDepth) throw vm.fault({ code: "LANG_CALL_DEPTH", limit: LIMITS.callDepth });
  vm.rroom(1);
  vm.depth += 1;
  vm.rpushFrame(vm.ip, FRAME.call);
  vm.ip = entry.code;
}

function leaveColon(vm: Vm): void {
  const top = vm.rp - 1;
  if (top < 0 || vm.rtags[top] !== FRAME.call) throw vm.fault({ code: "LANG_RETURN_UNDERFLOW", word: "exit" });
  vm.rp = top;
  vm.depth -= 1;
  vm.ip = vm.rwords[top * 2] as number;
}

/** Executes a token below a handler; `vm.ip` is where to go on when it is done or thrown out of. */
export function enterCatch(vm: Vm, xt: number): void {
  vm.rroom(HANDLER_SIZE + 1);
  pushHandler(vm, vm);
  vm.ip = CATCH_END_AT;
  enter(vm, xt);
}

function storeTo(vm: Vm, xt: number): void {
  const entry = vm.entry(xt);
  needs(vm, entry.kind === "value2" ? 2 : 1, "to");
  if (entry.kind === "value2") vm.popToSlot(entry.data + 1);
  vm.popToSlot(entry.data);
}

function sameTop(vm: Vm): boolean {
  const top = vm.sp - 1;
  if (vm.tags[top] === TAG.cell && vm.tags[top - 1] === TAG.cell) return vm.cells[top] === vm.cells[top - 1];
  return equal(vm.valueAt(top - 1), vm.valueAt(top), vm);
}

function pushLiteral(vm: Vm, value: bigint): void {
  vm.room(1);
  vm.push(value);
  if (vm.track) markOrigin(vm, 1);
}

/** Notes where the top entries come from: the instruction, or the token of the line being interpreted. */
function markOrigin(vm: Vm, count: number): void {
  if (!vm.track) return;
  const origin = vm.ip > FIRST_CODE ? vm.ip - 1 : vm.origin;
  for (let i = 1; i <= count && i <= vm.sp; i += 1) vm.origins[vm.sp - i] = origin;
}

