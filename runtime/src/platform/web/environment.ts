/** Browsers and workers have no environment: clients are configured by their options alone. */
import { userAgent } from "../fetch-platform.js";
import type * as Diagnostics from "node:diagnostics_channel";
import type { Environment } from "../../platform-types.js";

export const hasFiles: boolean = false;

/** Not on Cloudflare's workers, which end all work with the request that began it, and let no other wait for it. */
export function sharesWork(): boolean {
  return userAgent() !== "Cloudflare-Workers";
}

export function rawVariable(_name: string): string | undefined {
  return undefined;
}

export function environment(_name: string): string | undefined {
  return undefined;
}

export function variables(): Environment {
  return {};
}

export function operatingSystem(): string {
  return "";
}

export function homeFolder(): string {
  return "";
}

export const nodeVersion: string | undefined = undefined;

export function diagnostics(): typeof Diagnostics | undefined {
  return undefined;
}

export function emitWarning(_message: string, _code: string): void {
  // Only files are warned of.
}

export function writeLog(_line: string): void {
  // Only the environment can ask for a log without a logger.
}
