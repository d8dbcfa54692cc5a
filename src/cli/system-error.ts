/** What the operating system refused, in words of ours: one line, and what to do. */
export interface SystemRefusal {
  /** Ends with a full stop. */
  readonly text: string;
  readonly remedy: string;
}

const REFUSALS: Readonly<Record<string, { readonly text: (place: string) => string; readonly remedy: string }>> = {
  ENOENT: { text: (place) => `there is no ${place}.`, remedy: "Check its name; a relative one starts where the command was called." },
  EISDIR: { text: (place) => `${place} is a folder where a file is needed.`, remedy: "Name a file in it." },
  ENOTDIR: { text: (place) => `${place} leads through a file as if that were a folder.`, remedy: "Check the folders in its name." },
  EEXIST: { text: (place) => `there is something at ${place} already.`, remedy: "Choose another name." },
  EACCES: { text: (place) => `you may not use ${place}.`, remedy: "Check who owns it, and its rights." },
  EPERM: { text: (place) => `you may not use ${place}.`, remedy: "Check who owns it, and its rights." },
  EROFS: { text: (place) => `${place} lies on a disk that cannot be written.`, remedy: "Choose another place." },
  ENOSPC: { text: () => "there is no space left on the disk.", remedy: "Make room, then try again." },
};

/** A file or folder that cannot be used; what Node throws then names call and path. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error && "errno" in error;
}

/** Says what was refused. `named` is what the user called it, where the error does not say. */
export function describeSystemError(error: NodeJS.ErrnoException, named?: string): SystemRefusal {
  const refusal = REFUSALS[error.code ?? ""];
  if (refusal === undefined) return { text: `the system says no: ${error.message}.`, remedy: "Check the path, your rights there, and the space on the disk." };
  return { text: refusal.text(error.path ?? named ?? "that place"), remedy: refusal.remedy };
}
