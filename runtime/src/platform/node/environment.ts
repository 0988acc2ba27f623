/**
 * What Node and its relatives know beyond the language. Nothing here throws: `process` may be missing, it may be a
 * bundler's shim, and Deno refuses to read variables without `--allow-env`.
 */
import type * as Diagnostics from "node:diagnostics_channel";
import type { Environment } from "../../platform-types.js";

/** Whether programs have files, a home folder and an environment to configure them. */
export const hasFiles: boolean = true;

/** Whether work that one call began may serve another call. */
export function sharesWork(): boolean {
  return true;
}

/** An environment variable as it is set: it may be empty. */
export function rawVariable(name: string): string | undefined {
  try {
    // Types promise it, but a shim may have no `env`.
    return (globalThis.process as Partial<NodeJS.Process> | undefined)?.env?.[name];
  } catch {
    return undefined;
  }
}

/** An environment variable. An empty one counts as absent. */
export function environment(name: string): string | undefined {
  return rawVariable(name) || undefined;
}

/** All environment variables, read when asked for by name. */
export function variables(): Environment {
  return new Proxy({}, { get: (_target, name) => environment(String(name)) });
}

/** `linux`, `darwin`, `win32`, …; empty where it is not known. */
export function operatingSystem(): string {
  return globalThis.process?.platform ?? "";
}

/** The user's home folder. Empty for a user without `HOME` whom the machine does not know, as in containers. */
export function homeFolder(): string {
  try {
    return process.getBuiltinModule("node:os").homedir();
  } catch {
    return "";
  }
}

/** For `x-goog-api-client`. */
export const nodeVersion: string | undefined = globalThis.process?.versions?.node;

/** Node's channels for programs that are traced. */
export function diagnostics(): typeof Diagnostics | undefined {
  return globalThis.process?.getBuiltinModule?.("node:diagnostics_channel");
}

export function emitWarning(message: string, code: string): void {
  globalThis.process?.emitWarning?.(message, { code });
}

/** Writes a line to standard error. */
export function writeLog(line: string): void {
  globalThis.process?.stderr?.write(`${line}\n`);
}
