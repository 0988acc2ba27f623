/** The folder of whom the program runs as; empty for a user without `HOME` whom the machine does not know, as in containers. */
export function homeFolder(): string {
  try {
    return process.getBuiltinModule("node:os").homedir();
  } catch {
    return "";
  }
}
