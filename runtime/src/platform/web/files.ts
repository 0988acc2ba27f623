/** Browsers and workers have no files. */

const problemText = "cannot be read: this platform has no files";

/** Always rejects. */
export async function readTextFile(_path: string, problem: (message: string, code?: string) => Error): Promise<never> {
  throw problem(problemText, "ENOSYS");
}

export function exists(_path: string): boolean {
  return false;
}

export async function mayExist(_path: string): Promise<boolean> {
  return false;
}

export async function modeOf(_path: string): Promise<number | undefined> {
  return undefined;
}

export function unreadableReason(_path: string, _code: string | undefined): undefined {
  return undefined;
}
