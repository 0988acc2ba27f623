/** One line that tells how far a long run is; on a terminal only. */
import { printable } from "../diagnostics.js";

export interface Progress {
  readonly update: (done: number, total: number, name: string) => void;
  readonly clear: () => void;
}

export function progress(stream: NodeJS.WriteStream): Progress {
  const isShown = stream.isTTY && process.env["CI"] === undefined;
  const rewrite = (text: string) => stream.write(`\r\u001b[K${text}`);
  return {
    update: (done, total, name) => {
      if (isShown && total > 1) rewrite(`${done}/${total} ${printable(name)}`.slice(0, stream.columns - 1));
    },
    clear: () => {
      if (isShown) rewrite("");
    },
  };
}
