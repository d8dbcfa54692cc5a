import { createInterface } from "node:readline/promises";
import { toHex } from "../../lang/base/bytes.ts";
import { isFaultError } from "../../lang/base/fault.ts";
import { coinsText, encodeAddress } from "../../node/api.ts";
import { safeText } from "../render/safe-text.ts";
import type { AgentUser, PackageQuestion } from "./conversation.ts";

export interface TerminalUserParts {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  /** "SHA256:…" of hosts that may be logged in to without a question. */
  readonly allowedHosts: readonly string[];
}

/** Asks at the terminal the agent was started in. A login is asked for once for each host. */
export function terminalUser(parts: TerminalUserParts): AgentUser {
  const { input, output } = parts;
  const allowed = new Set(parts.allowedHosts);
  const ask = async (text: string, signal: AbortSignal): Promise<boolean> => {
    const lines = createInterface({ input, output });
    const closed = new Promise<undefined>((resolve) => lines.once("close", () => resolve(undefined))); // Ctrl-C, Ctrl-D: no
    try {
      const answer = await Promise.race([lines.question(`${text} [y/N] `, { signal }), closed]);
      if (answer === undefined) output.write("\n");
      return /^y(es)?$/i.test(answer?.trim() ?? "");
    } catch (error) {
      if (isFaultError(error) || (error as Error).name === "AbortError") output.write("\nwithdrawn: the other side asks no more\n");
      else throw error;
      return false;
    } finally {
      lines.close();
    }
  };
  return {
    async approve(question, signal) {
      output.write(`\n${packageText(question)}`);
      return ask(`sign as ${safeText(question.keyLabel)}?`, signal);
    },
    async allowsLogin({ hostFingerprint, user, keyLabel }, signal) {
      if (allowed.has(hostFingerprint)) return true;
      const agreed = await ask(`log in as ${safeText(user)} with ${safeText(keyLabel)} to the host ${hostFingerprint}?`, signal);
      if (agreed) allowed.add(hostFingerprint);
      return agreed;
    },
    note: (text) => void output.write(`${safeText(text)}\n`),
  };
}

/** What is about to be signed, from the bytes that get signed alone. Ends in a newline. */
export function packageText({ review, hostFingerprint }: PackageQuestion): string {
  const { body, sentences, greatestFeeUnits, greatestSpendUnits = 0n } = review;
  const lines = [
    `package ${toHex(review.packageId)}`,
    `  for ${encodeAddress(body.domain)} on chain ${toHex(body.chainId.subarray(0, 8))}`,
    ...(hostFingerprint === undefined ? [] : [`  asked by the node ${hostFingerprint}`]),
    ...sentences.map((sentence) => `  - ${safeText(sentence)}`),
    `  fee at most ${coinsText(greatestFeeUnits)}`,
    ...(greatestSpendUnits > 0n ? [`  spends at most ${coinsText(greatestSpendUnits)} besides`] : []),
    `  good until block ${body.expiryHeight}`,
  ];
  return `${lines.join("\n")}\n`;
}
