import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ROOT } from "../../support/grid.ts";

/**
 * Every rule has a test that names it. Each of them was also broken in turn (made to accept whatever comes, and line
 * by line) and the test named here failed; do the same before adding a row.
 */
const FOLDERS = ["node/ledger", "node/package", "node/maintenance"];
/** Function, test file without ending, and how a claim in it begins. */
const RULES: Readonly<Record<string, readonly (readonly [check: string, file: string, claim: string])[]>> = {
  "node/ledger/checks.ts": [
    ["checkHeader", "ledger/checks", "rule parent:"], ["checkKeyBlock", "ledger/checks", "headers that obey every rule are accepted"],
    ["checkDataBlockHeader", "ledger/checks", "headers that obey every rule are accepted"], ["checkEpoch", "ledger/checks", "rule epoch:"],
    ["checkHeight", "ledger/checks", "rule height:"], ["checkKeyHeight", "ledger/checks", "rule height:"], ["checkRulesVersion", "ledger/checks", "rule version (R17):"],
    ["checkLeaderKey", "ledger/checks", "rule leader key:"], ["checkWitness", "ledger/checks", "rule witness:"], ["checkWork", "ledger/checks", "rule work:"],
    ["checkTarget", "ledger/checks", "rule target:"], ["checkMedianTime", "ledger/checks", "rule median:"], ["checkFutureLimit", "ledger/checks", "rule future limit:"],
    ["checkCaps", "ledger/checks", "rule caps:"], ["checkDataBlockGap", "ledger/checks", "rule gap:"], ["checkLeaderSignature", "ledger/checks", "rule leader:"],
    ["checkDataBlockBody", "ledger/checks", "rule body:"], ["checkPackageTerms", "ledger/checks", "rule package terms:"], ["checkResults", "ledger/checks", "rule results:"],
    ["checkRoot", "ledger/checks", "rule results:"], ["checkCodeErg", "ledger/checks", "rule code:"],
  ],
  "node/ledger/fork-choice.ts": [["checkReorgDepth", "ledger/forks", "no branch deeper than the bound"]],
  "node/ledger/fraud.ts": [
    ["checkEvidenceForm", "ledger/fraud", "evidence that is not what the header promises"], ["checkAccused", "ledger/fraud", "false evidence is refused"],
    ["checkTwins", "ledger/fraud", "false evidence is refused"], ["checkInvalidSigned", "ledger/fraud", "an invalid block that the accused did not sign"],
    ["checkLastingHeaderRules", "ledger/fraud", "each rule that a header breaks by itself"],
  ],
  "node/ledger/run-block.ts": [["checkBody", "ledger/run-block", "rule packages: each"], ["checkBodyToRun", "ledger/run-block", "rule packages: where a block runs at once"]],
  "node/ledger/check-stored.ts": [
    ["checkStored", "ledger/check-stored", "rule head:"], ["checkMark", "ledger/crash", "a store behind its head marker is refused"], ["checkLink", "ledger/check-stored", "rule link:"],
    ["checkExecuted", "ledger/check-stored", "rule executed:"], ["checkPunishments", "ledger/fraud", "a start notices that the record of a punishment is gone"],
    ["checkPlace", "ledger/check-stored", "rule executed:"],
  ],
  "node/package/check-package.ts": [
    ["checkPackage", "package/check-package", "a package that obeys every rule passes"], ["checkTerms", "package/check-package", "rule terms:"], ["checkKeys", "package/check-package", "rule keys:"],
    ["checkNonce", "package/check-package", "rule nonce:"], ["checkFee", "package/check-package", "rule fee:"],
  ],
  "node/package/session-limits.ts": [["checkSessionTerms", "package/check-package", "rule session terms:"], ["checkSessionEffect", "package/check-package", "rule session effect:"]],
  "node/package/words.ts": [["checkWords", "package/check-package", "rule words:"]],
  "node/package/execute.ts": [["checkIntrinsic", "package/check-package", "rule intrinsic price:"]],
  "node/package/body-codec.ts": [
    ["checkSize", "package/body-codec", "too many bytes and too many items are refused"], ["checkBody", "package/body-codec", "every field is bounded"],
    ["checkSignatureOrder", "package/package-file", "a file never holds such a signature"],
  ],
  "node/package/intent.ts": [["checkIntentTime", "package/intent", "an intent is over at its second"]],
  "node/package/review.ts": [["checkExpiry", "package/review", "each lie is named"]],
  "node/package/replay.ts": [["checkExpiry", "package/hostile-node", "no signer signs a lie"], ["checkCost", "package/hostile-node", "no signer signs a lie"]],
  "node/maintenance/check-folder.ts": [["checkFolder", "maintenance/backup", "a check goes from the genesis"], ["checkHeaders", "maintenance/backup", "a check goes from the genesis"]],
  "node/maintenance/check-sums.ts": [["checkSums", "maintenance/sums", "rule sums:"], ["checkNicks", "maintenance/sums", "rule nicks:"]],
  "node/maintenance/check-whole.ts": [["checkWhole", "maintenance/backup", "executing the whole chain anew"], ["checkIn", "maintenance/backup", "the full check names the record"]],
};

test("every check of ledger, package and maintenance stands in the table of rules, and nothing else does", () => {
  const files = FOLDERS.flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts")).map((name) => `${folder}/${name}`));
  const found = files.flatMap((file) => [...readFileSync(join(ROOT, file), "utf8").matchAll(/^(?:export )?(?:async )?function (check[A-Z]\w*)/gm)].map(([, name]) => `${file} ${name}`));
  const listed = Object.entries(RULES).flatMap(([file, rules]) => rules.map(([name]) => `${file} ${name}`));
  assert.equal(found.filter((one) => !listed.includes(one)), [], "rules without a test that names them");
  assert.equal(listed.filter((one) => !found.includes(one)), [], "rules that are gone");
});

test("each test that the table names is there", () => {
  for (const [check, file, claim] of Object.values(RULES).flat()) {
    const text = readFileSync(join(ROOT, "test/node", `${file}.test.ts`), "utf8");
    assert.ok(text.includes(`test("${claim}`), `${check}: no test in ${file}.test.ts begins with "${claim}"`);
  }
});

test.run();
