/** One line that tells how far a long run is; on a terminal only. */
import { printable } from "../diagnostics.js";

export interface Progress {
  readonly update: (done: number, total: number, name: string) => void;
  readonly clear: () => void;
}

const WIDTH = 24;

export function progress(stream: NodeJS.WriteStream): Progress {
  const isShown = stream.isTTY && process.env["CI"] === undefined;
  const rewrite = (text: string) => stream.write(`\r\u001b[K${text}`);
  return {
    update: (done, total, name) => {
      if (!isShown || total < 2) return;
      const filled = Math.round((done / total) * WIDTH);
      const bar = "█".repeat(filled) + "░".repeat(WIDTH - filled);
      rewrite(`${bar} ${done}/${total} ${printable(name)}`.slice(0, stream.columns - 1));
    },
    clear: () => {
      if (isShown) rewrite("");
    },
  };
}
