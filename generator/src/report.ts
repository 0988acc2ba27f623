/** The result of a run, as data and as text. */
import type { Diagnostic } from "./diagnostics.js";

/** One API that was generated. */
export interface ApiReport {
  readonly id: string;
  readonly revision: string;
  readonly dir: string;
  /** Name of the client class. */
  readonly client: string;
  readonly methods: number;
  /** Schemas of the document. */
  readonly schemas: number;
  readonly files: readonly string[];
  readonly written: number;
  readonly unchanged: number;
  readonly ms: number;
}

/** The result of one run. */
export interface GenerateReport {
  /** No diagnostic is an error. */
  readonly ok: boolean;
  readonly apis: readonly ApiReport[];
  readonly diagnostics: readonly Diagnostic[];
  readonly ms: number;
}

/** Returns one line per API and a summary. Diagnostics are not included: they go to stderr. */
export function reportText({ apis, diagnostics, ms }: GenerateReport): string {
  const width = Math.max(0, ...apis.map(({ id }) => id.length));
  const lines = apis.map((api) => {
    const { id, dir, client, methods, schemas, files, written, unchanged } = api;
    const isCurrent = unchanged + written === files.length;
    const change = isCurrent ? (written === 0 ? "unchanged" : `${written} written`) : "not current";
    return `${id.padEnd(width)}  ${client}: ${methods} methods, ${schemas} schemas → ${dir} (${change})`;
  });
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  const warnings = diagnostics.length - errors;
  const problems = [
    ...(errors === 0 ? [] : [counted(errors, "error")]),
    ...(warnings === 0 ? [] : [counted(warnings, "warning")]),
  ];
  return [...lines, [counted(apis.length, "API"), ...problems, `${(ms / 1000).toFixed(1)} s`].join(", ")].join("\n");
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
