import { decompile } from "../../lang/program/decompile.ts";
import { KNOWN_RULES } from "../ledger/params.ts";
import { readPrograms } from "./execute.ts";
import { replay } from "./replay.ts";
import type { SignerRules } from "./review.ts";
import { decodeExcerpt, excerptState } from "./excerpt.ts";

/** Longer code is cut: nobody reads more before he signs. */
const SHOWN_LINES = 200;

/** What this program can read and explain: a signer refuses the rest with the same checks that a node makes. */
export const SIGNER_RULES: SignerRules = {
  rulesVersion: KNOWN_RULES,
  checkProgram: (body) => {
    const programs = readPrograms(body);
    return "code" in programs ? programs : undefined;
  },
  source: (body) => {
    const programs = readPrograms(body);
    return "code" in programs ? [] : programs.flatMap((program) => decompile(program).trimEnd().split("\n")).slice(0, SHOWN_LINES);
  },
  replay: (body, excerptBytes, claimed) => {
    if (excerptBytes.length === 0) return { code: "PACKAGE_UNPROVED", reason: "it sent no proofs" };
    const excerpt = decodeExcerpt(excerptBytes);
    return replay(body, excerptState(excerpt), { ...claimed, timeMs: excerpt.timeMs });
  },
};
