import { KNOWN_RULES } from "../ledger/params.ts";
import { readPrograms } from "./execute.ts";
import type { SignerRules } from "./review.ts";

/** What this program can read and explain: a signer refuses the rest with the same checks that a node makes. */
export const SIGNER_RULES: SignerRules = {
  rulesVersion: KNOWN_RULES,
  checkProgram: (body) => {
    const programs = readPrograms(body);
    return "code" in programs ? programs : undefined;
  },
};
