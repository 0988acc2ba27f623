/** Runs a command with the streams, signals and exit code of this process. */
import module from "node:module";
import process from "node:process";
import { diagnostic, reasonOf } from "../diagnostics.js";
import { main } from "./main.js";
import { printDiagnostics } from "./print.js";
import type { Terminal } from "./terminal.js";

/** Runs the command line of this process, and sets its exit code. */
export async function runProcess(): Promise<void> {
  // From Node 22.8 on, Node caches compiled modules between runs.
  if ("enableCompileCache" in module && typeof module.enableCompileCache === "function") module.enableCompileCache();
  const terminal = processTerminal();
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // The reader closed the pipe, as `head` does.
    if (error.code === "EPIPE") return;
    const help = "Write to a disk with free space.";
    printDiagnostics(terminal, [diagnostic("OUTPUT_UNWRITABLE", "standard output", reasonOf(error), { help })]);
    process.exit(2);
  });
  // There is no other place to report errors of standard error.
  process.stderr.on("error", () => {});
  process.exitCode = await main(process.argv.slice(2), terminal);
}

/** The first SIGINT or SIGTERM aborts the signal. A second one ends the process. */
function processTerminal(): Terminal {
  const controller = new AbortController();
  const interrupt = () => controller.abort();
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  const { env, stdin, stdout, stderr } = process;
  return { env, stdin, stdout, stderr, signal: controller.signal, interrupt };
}
