/** Browsers and workers have no environment. Clients are configured only by their options. */
import { userAgent } from "../fetch-platform.js";
import type * as Diagnostics from "node:diagnostics_channel";
import type { Environment } from "../../platform-types.js";

export const hasFiles: boolean = false;

/** Returns `false` on Cloudflare Workers, where requests cannot wait for work of other requests, which ends with them. */
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
  // All warnings are about files.
}

export function writeLog(_line: string): void {
  // Only an environment variable enables logging without a logger.
}
