/** The progress bar of a long run. Only terminals show it. */
import { printable } from "../diagnostics.js";
import type { Terminal } from "./terminal.js";

export interface Progress {
  readonly update: (done: number, total: number, name: string) => void;
  readonly clear: () => void;
}

const WIDTH = 24;

export function progress({ stderr, env }: Terminal): Progress {
  const isShown = stderr.isTTY === true && env["CI"] === undefined;
  const rewrite = (text: string) => stderr.write(`\r\u001b[K${text}`);
  return {
    update: (done, total, name) => {
      if (!isShown || total < 2) return;
      const filled = Math.round((done / total) * WIDTH);
      const bar = "█".repeat(filled) + "░".repeat(WIDTH - filled);
      rewrite(`${bar} ${done}/${total} ${printable(name)}`.slice(0, (stderr.columns ?? 80) - 1));
    },
    clear: () => {
      if (isShown) rewrite("");
    },
  };
}
