/** Makes the stack of an error lead to the code that made the call. */
import { DiscogenError } from "../errors.js";

/** Where a call was made. */
export interface CallSite {
  readonly stack?: string;
}

/** Records the current stack without the frames above `below`. Costs microseconds, so ordinary calls do not use it. */
export function callSite(below: (...values: never[]) => unknown): CallSite {
  const site = {};
  // V8 and JavaScriptCore have it. Elsewhere errors keep their original stack.
  Error.captureStackTrace?.(site, below);
  return site;
}

/**
 * Replaces the stack of an error, which shows timers and sockets, by the stack of the async function `at`. V8 follows
 * its promise to the code that awaits it. With `site`, uses the recorded stack, because nothing may await the call when
 * it fails. Errors of other classes keep their stack.
 */
export function leadingToCaller(error: unknown, at: (...values: never[]) => unknown, site?: CallSite): unknown {
  if (!(error instanceof DiscogenError) || !Object.isExtensible(error)) return error;
  const frames = framesOf(site);
  if (frames === undefined) Error.captureStackTrace?.(error, at);
  else error.stack = `${error.name}: ${error.message}${frames}`;
  return error;
}

/** Copies an error that several calls fail with, so that each call has its own stack. */
export function ownCopy(error: DiscogenError): DiscogenError {
  const { stack: _, ...members } = Object.getOwnPropertyDescriptors(error);
  // The copy has the class of the error.
  const copy = Object.setPrototypeOf(new Error(error.message), Object.getPrototypeOf(error) as object) as DiscogenError;
  return Object.defineProperties(copy, members);
}

/** The frames of a stack, without its first line. */
function framesOf(site: CallSite | undefined): string | undefined {
  const stack: unknown = site?.stack; // programs can replace the format of stacks
  const start = typeof stack === "string" ? stack.indexOf("\n    at ") : -1;
  return typeof stack === "string" && start >= 0 ? stack.slice(start) : undefined;
}
