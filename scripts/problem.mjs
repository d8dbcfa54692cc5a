/** A set-up step that cannot go on: one line with the cause, one with what to do. Shown without a stack. */
export class SetupProblem extends Error {
  constructor(cause, remedy) {
    super(cause);
    this.remedy = remedy;
  }
}

/** Runs `main`, and turns a SetupProblem into two lines on stderr and exit code 1. */
export async function reportingProblems(main) {
  try {
    process.exitCode = await main();
  } catch (problem) {
    if (!(problem instanceof SetupProblem)) throw problem;
    process.stderr.write(`gridshell: ${problem.message}\n  ${problem.remedy}\n`);
    process.exitCode = 1;
  }
}

/** Progress of steps that take seconds; a set-up with nothing to do prints nothing. */
export function say(line) {
  process.stderr.write(`gridshell: ${line}\n`);
}
