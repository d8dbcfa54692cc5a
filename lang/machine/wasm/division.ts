import { I32, I64, OP } from "./encoder.ts";
import type { FunctionWriter } from "./function-writer.ts";
import type { Result } from "./stack-writer.ts";
import type { Item } from "./items.ts";
import type { Operation } from "./operation.ts";

/**
 * Floored division. By zero is a fault and by -1 could overflow: both are left to the interpreter. By a
 * power of two it is a shift and a mask.
 */
export function divide(want: "quotient" | "remainder" | "both"): Operation {
  return {
    takes: 2, gives: want === "both" ? 2 : 1,
    write: (writer, ip) => {
      const [a, b] = [writer.peek(1), writer.peek(0)];
      const results: Result[] = want === "both" ? ["cell", "cell"] : ["cell"];
      if (b.kind === "const" && b.value > 0n && (b.value & (b.value - 1n)) === 0n) {
        if (want !== "quotient") {
          writer.cell(a);
          writer.body.i64(b.value - 1n).op(OP.i64And);
        }
        if (want !== "remainder") {
          writer.cell(a);
          writer.body.i64(BigInt(b.value.toString(2).length - 1)).op(OP.i64ShrS);
        }
        writer.replace(2, results);
        return narrowRemainder(writer, want, b);
      }
      if (b.kind !== "const" || b.value === 0n || b.value === -1n) {
        writer.guard(ip, () => {
          writer.cell(b);
          writer.body.i64(1n).op(OP.i64Add).i64(2n).op(OP.i64LtU);
        });
      }
      floored(writer, a, b, want);
      writer.replace(2, results);
      narrowRemainder(writer, want, b);
    },
  };
}

/** A floored remainder has the divisor's sign and is smaller. */
function narrowRemainder(writer: FunctionWriter, want: "quotient" | "remainder" | "both", divisor: Item): void {
  if (want === "remainder" && divisor.kind === "const" && divisor.value > 0n) writer.narrow({ least: 0n, most: divisor.value - 1n });
}

/** Leaves what is wanted of a division on the WebAssembly stack, the remainder first: corrects the truncated quotient and remainder where the remainder's sign is not the divisor's. */
export function floored(writer: FunctionWriter, a: Item, b: Item, want: "quotient" | "remainder" | "both"): void {
  const { body } = writer;
  const quotient = writer.scratch(I64, 0);
  const remainder = writer.scratch(I64, 1);
  const below = writer.scratch(I32, 0);
  writer.cell(a);
  writer.cell(b);
  body.op(OP.i64DivS).set(quotient);
  writer.cell(a);
  body.get(quotient);
  writer.cell(b);
  body.op(OP.i64Mul).op(OP.i64Sub).set(remainder);
  if (b.kind === "const" && b.value > 0n) body.get(remainder).i64(0n).op(OP.i64LtS).set(below);
  else {
    body.get(remainder);
    writer.cell(b);
    body.op(OP.i64Xor).i64(0n).op(OP.i64LtS).get(remainder).i64(0n).op(OP.i64Ne).op(OP.i32And).set(below);
  }
  if (want !== "quotient") {
    body.get(remainder);
    writer.cell(b);
    body.i64(0n).get(below).op(OP.select).op(OP.i64Add);
  }
  if (want !== "remainder") body.get(quotient).get(below).op(OP.i64ExtendI32U).op(OP.i64Sub);
}
