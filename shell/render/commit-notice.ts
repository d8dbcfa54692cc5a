import type { CommitEvent } from "../../node/api.ts";

/**
 * What a session is told of a commit without having asked, a line with its end: why a thread that it shares takes no
 * lines, and that it does again. Undefined for what it did itself and sees.
 */
export function commitNotice({ kind, holder, elsewhere }: CommitEvent): string | undefined {
  if (elsewhere !== true) return kind === "timed-out" ? `${holder}: the commit took too long and was given up; ct begins anew\n` : undefined;
  return kind === "locked" ? `${holder}: another session of yours commits it; no lines until its receipt\n` : `${holder} takes lines again\n`;
}
