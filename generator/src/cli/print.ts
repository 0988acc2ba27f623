/** Where results and diagnostics go: standard output carries the result alone. */
import { type Diagnostic, formatDiagnostic } from "../diagnostics.js";
import { styleOf } from "./style.js";

/** Every diagnostic, each with its way out, to standard error. */
export function printDiagnostics(diagnostics: readonly Diagnostic[]): void {
  const style = styleOf(process.stderr);
  const lines = diagnostics.map((entry) => {
    const [first = "", ...help] = formatDiagnostic(entry).split("\n");
    const rest = first.slice(entry.severity.length);
    return `${style[entry.severity](entry.severity)}${rest}\n${help.map((line) => `${style.faint(line)}\n`).join("")}`;
  });
  process.stderr.write(lines.join(""));
}

/** One object for programs. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}

/** Whether any of them is an error. */
export function hasError(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === "error");
}
