import { KNOWN_RULES } from "../ledger/params.ts";
import { readPrograms } from "./execute.ts";
import { replay } from "./replay.ts";
import type { SignerRules } from "./review.ts";
import { decodeWitness, witnessState } from "./witness.ts";

/** What this program can read and explain: a signer refuses the rest with the same checks that a node makes. */
export const SIGNER_RULES: SignerRules = {
  rulesVersion: KNOWN_RULES,
  checkProgram: (body) => {
    const programs = readPrograms(body);
    return "code" in programs ? programs : undefined;
  },
  replay: (body, witnessBytes, claimed) => {
    if (witnessBytes.length === 0) return { code: "PACKAGE_UNPROVED", reason: "it sent no proofs" };
    return replay(body, witnessState(decodeWitness(witnessBytes)), claimed);
  },
};
