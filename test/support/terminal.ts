/** Terminals for commands that run in the process of a test. */
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { Terminal } from "../../generator/src/cli/terminal.js";

export interface TestTerminal {
  readonly terminal: Terminal;
  /** Ends both outputs, and resolves to their text. */
  readonly printed: () => Promise<{ readonly stdout: string; readonly stderr: string }>;
}

/** A terminal whose outputs are collected. Its environment is that of the process unless you pass another. */
export function testTerminal(facts: Partial<Terminal> = {}, input = ""): TestTerminal {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const collected = Promise.all([text(stdout), text(stderr)]);
  const controller = new AbortController();
  const terminal: Terminal = {
    env: process.env,
    stdin: Readable.from([Buffer.from(input)]),
    stdout,
    stderr,
    signal: controller.signal,
    interrupt: () => controller.abort(),
    ...facts,
  };
  const printed = async () => {
    stdout.end();
    stderr.end();
    const [out, errors] = await collected;
    return { stdout: out, stderr: errors };
  };
  return { terminal, printed };
}
