/**
 * The environment of Node and compatible platforms. Nothing here throws: `process` may be missing or a bundler's shim,
 * and Deno throws when a program reads variables without `--allow-env`.
 */
import type * as Diagnostics from "node:diagnostics_channel";
import type { Environment } from "../../platform-types.js";

/** Whether the platform has files, a home folder and environment variables. */
export const hasFiles: boolean = true;

/** Returns whether calls can share pending work, such as a token request. */
export function sharesWork(): boolean {
  return true;
}

/** Returns an environment variable, which may be empty. */
export function rawVariable(name: string): string | undefined {
  try {
    // A shim may have no `env`, although its type does.
    return (globalThis.process as Partial<NodeJS.Process> | undefined)?.env?.[name];
  } catch {
    return undefined;
  }
}

/** Returns an environment variable. An empty one counts as absent. */
export function environment(name: string): string | undefined {
  return rawVariable(name) || undefined;
}

/** Returns all environment variables. Each is read when it is accessed. */
export function variables(): Environment {
  return new Proxy({}, { get: (_target, name) => environment(String(name)) });
}

/** Returns `linux`, `darwin`, `win32` and so on. Empty if unknown. */
export function operatingSystem(): string {
  return globalThis.process?.platform ?? "";
}

/** Returns the user's home folder. Empty for a user without `HOME` and without an account, as in some containers. */
export function homeFolder(): string {
  try {
    return process.getBuiltinModule("node:os").homedir();
  } catch {
    return "";
  }
}

/** Node's version, for `x-goog-api-client`. */
export const nodeVersion: string | undefined = globalThis.process?.versions?.node;

/** Returns Node's module for diagnostics channels, which tracing tools use. */
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
