/** `discogen generate --watch`: runs again when the config or a document of the user's own changes. */
import { type FSWatcher, watch as watchFolder } from "node:fs";
import { basename, dirname } from "node:path";
import { findConfig, loadConfig } from "../config/load.js";
import { isLocal, requestOf } from "../discovery/request.js";
import { InputError } from "../diagnostics.js";
import type { ExitCode, Parsed } from "./command.js";
import { printDiagnostics } from "./print.js";
import type { Terminal } from "./terminal.js";

/** Milliseconds without another change: editors write a file in several steps. */
const QUIET = 100;

/** Runs, and runs again after each change, until the signal aborts. */
export async function watch(parsed: Parsed, run: () => Promise<ExitCode>, terminal: Terminal): Promise<ExitCode> {
  const { signal, stderr } = terminal;
  while (!signal.aborted) {
    // Watched from before the run on: what changes meanwhile is seen.
    const changed = nextChange(await watchedFiles(parsed), signal);
    await run().catch((error: unknown) => {
      if (error instanceof InputError) printDiagnostics(terminal, error.diagnostics);
      else if (!signal.aborted) throw error;
    });
    if (!signal.aborted) stderr.write("watching for changes; Ctrl-C ends it\n");
    await changed;
  }
  return 0;
}

/** Config and local documents. A config at fault is one to watch, and so is one that is yet to be written. */
async function watchedFiles(parsed: Parsed): Promise<readonly string[]> {
  const config = parsed.text("config") ?? findConfig() ?? "discogen.config.ts";
  const apis = parsed.positionals.length > 0 ? parsed.positionals.map(requestOf) : await configApis(config);
  return [config, ...apis.filter(isLocal).map(({ source = "" }) => source)];
}

async function configApis(file: string) {
  try {
    return (await loadConfig(file)).apis;
  } catch (error) {
    // The run tells what is wrong with it.
    if (error instanceof InputError) return [];
    throw error;
  }
}

/** Ends some quiet time after the first change of a file, or with the signal. */
function nextChange(files: readonly string[], signal: AbortSignal): Promise<void> {
  const names = new Map<string, Set<string>>();
  for (const file of files) {
    const folder = dirname(file);
    names.set(folder, (names.get(folder) ?? new Set()).add(basename(file)));
  }
  return new Promise((resolve) => {
    const watchers: FSWatcher[] = [];
    let timer: NodeJS.Timeout | undefined;
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      for (const watcher of watchers) watcher.close();
      resolve();
    };
    if (signal.aborted) return end();
    signal.addEventListener("abort", end);
    for (const [folder, watched] of names) {
      try {
        // The folder, not the file: editors put another file in its place.
        const watcher = watchFolder(folder, (_, name) => {
          if (name !== null && !watched.has(name)) return;
          clearTimeout(timer);
          timer = setTimeout(end, QUIET);
        });
        // A folder that goes away tells no more; the others do.
        watcher.on("error", () => watcher.close());
        watchers.push(watcher);
      } catch {
        // A folder that is not there; the run tells so.
      }
    }
  });
}
