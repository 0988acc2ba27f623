/** What a command reads and writes. The process has one `Terminal`; a test can pass another. */
import type { Readable, Writable } from "node:stream";

/** Standard output or standard error. */
export type Output = Writable & {
  readonly isTTY?: boolean;
  /** Characters per line, if it is a terminal. */
  readonly columns?: number;
  /** File descriptor, if there is one. */
  readonly fd?: number;
};

export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Aborts when the user interrupts the command. */
  readonly signal: AbortSignal;
  /** Interrupts the command, as Ctrl-C does. */
  readonly interrupt: () => void;
}
