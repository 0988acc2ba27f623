/** `discogen generate --watch`: generates again when the config or a local document changes. */
import { type FSWatcher, watch as watchFolder } from "node:fs";
import { basename, dirname } from "node:path";
import { findConfig, loadConfig } from "../config/load.js";
import { isLocal, requestOf } from "../discovery/request.js";
import { InputError } from "../diagnostics.js";
import type { ExitCode, Parsed } from "./command.js";
import { printDiagnostics } from "./print.js";
import type { Terminal } from "./terminal.js";

/** Milliseconds to wait after a change: editors write a file in several steps. */
const QUIET = 100;

/** Runs again after each change, until the signal aborts. */
export async function watch(parsed: Parsed, run: () => Promise<ExitCode>, terminal: Terminal): Promise<ExitCode> {
  const { signal, stderr } = terminal;
  while (!signal.aborted) {
    // Files are watched before the run starts, so changes during the run count.
    const changed = nextChange(await watchedFiles(parsed), signal);
    await run().catch((error: unknown) => {
      if (error instanceof InputError) printDiagnostics(terminal, error.diagnostics);
      else if (!signal.aborted) throw error;
    });
    if (!signal.aborted) stderr.write("Watching for changes. Press Ctrl-C to stop.\n");
    await changed;
  }
  return 0;
}

/** The config and local documents. An invalid or missing config is watched, too. */
async function watchedFiles(parsed: Parsed): Promise<readonly string[]> {
  const config = parsed.text("config") ?? findConfig() ?? "discogen.config.ts";
  const apis = parsed.positionals.length > 0 ? parsed.positionals.map(requestOf) : await configApis(config);
  return [config, ...apis.filter(isLocal).map(({ source = "" }) => source)];
}

async function configApis(file: string) {
  try {
    return (await loadConfig(file)).apis;
  } catch (error) {
    // The run reports the error.
    if (error instanceof InputError) return [];
    throw error;
  }
}

/** Resolves some time after a file changed, or when the signal aborts. */
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
        // Watches the folder, as editors replace the file.
        const watcher = watchFolder(folder, (_, name) => {
          if (name !== null && !watched.has(name)) return;
          clearTimeout(timer);
          timer = setTimeout(end, QUIET);
        });
        // The folder was deleted. The other folders are still watched.
        watcher.on("error", () => watcher.close());
        watchers.push(watcher);
      } catch {
        // The folder does not exist. The run reports it.
      }
    }
  });
}
