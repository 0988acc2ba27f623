/** Lets the stack of an error lead to the code that made the call. */
import { DiscogenError } from "../errors.js";

/** Where a call was made. */
export interface CallSite {
  readonly stack?: string;
}

/** The place that is being called from, without the frames above `below`. Costs microseconds: not for ordinary calls. */
export function callSite(below: (...values: never[]) => unknown): CallSite {
  const site = {};
  // V8 and JavaScriptCore have it; elsewhere errors keep the stack of where they were made.
  Error.captureStackTrace?.(site, below);
  return site;
}

/**
 * The error, with the stack of the async function `at` in place of timers and sockets: V8 follows its promise to the
 * code that awaits it. `site` goes before, for calls that nothing awaits when they fail. Errors of other classes are the
 * caller's own and keep theirs.
 */
export function leadingToCaller(error: unknown, at: (...values: never[]) => unknown, site?: CallSite): unknown {
  if (!(error instanceof DiscogenError) || !Object.isExtensible(error)) return error;
  const frames = framesOf(site);
  if (frames === undefined) Error.captureStackTrace?.(error, at);
  else error.stack = `${error.name}: ${error.message}${frames}`;
  return error;
}

/** A copy of an error that several calls fail with, so that each can have a stack of its own. */
export function ownCopy(error: DiscogenError): DiscogenError {
  const { stack: _, ...members } = Object.getOwnPropertyDescriptors(error);
  const copy = Object.setPrototypeOf(new Error(error.message), Object.getPrototypeOf(error) as object) as DiscogenError; // its class
  return Object.defineProperties(copy, members);
}

/** The lines of a stack below its first. */
function framesOf(site: CallSite | undefined): string | undefined {
  const stack: unknown = site?.stack; // a program may format its stacks in its own way
  const start = typeof stack === "string" ? stack.indexOf("\n    at ") : -1;
  return typeof stack === "string" && start >= 0 ? stack.slice(start) : undefined;
}
