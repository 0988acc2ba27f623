/** Prints results to standard output, and everything else to standard error. */
import { type Diagnostic, formatDiagnostic } from "../diagnostics.js";
import { styleOf } from "./style.js";
import type { Terminal } from "./terminal.js";

/** Prints diagnostics, each with its help, to standard error. */
export function printDiagnostics(
  { stderr, env }: Pick<Terminal, "env" | "stderr">,
  diagnostics: readonly Diagnostic[],
): void {
  const style = styleOf(stderr, env);
  const lines = diagnostics.map((entry) => {
    const [first = "", ...help] = formatDiagnostic(entry).split("\n");
    const rest = first.slice(entry.severity.length);
    return `${style[entry.severity](entry.severity)}${rest}\n${help.map((line) => `${style.faint(line)}\n`).join("")}`;
  });
  stderr.write(lines.join(""));
}

/** Prints the result of `--reporter json`. */
export function printJson({ stdout }: Pick<Terminal, "stdout">, value: unknown): void {
  stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}

/** Whether any diagnostic is an error. */
export function hasError(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === "error");
}
