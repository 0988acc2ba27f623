/** Polls a long-running operation until it is done. Loaded with the first wait. */
import type { CallOptions } from "../call/options.js";
import { AbortError, type ApiResponse, DiscogenError, OperationError } from "../errors.js";
import type { MethodDescriptor, OperationDescriptor, OperationPoll } from "../method.js";
import type { AbortSignal } from "../platform-types.js";
import { parseRetryAfter } from "../policy/retry.js";
import { pause } from "../policy/wait.js";
import type { ApiPromise, WithResponse } from "./api-promise.js";

/**
 * Milliseconds between two polls. Each delay is 1.5 times the one before, up to the longest. `Retry-After` replaces the
 * delay: at least the first delay, at most the longest suggested one.
 */
const firstDelay: number = 500;
const longestDelay: number = 15_000;
const longestSuggested: number = 300_000;

/** The minimum timeout of methods that wait on the server: their response takes up to two minutes. */
const waitTimeout: number = 150_000;

type Values = { readonly [name: string]: unknown };

/** What polls need from the call that started the operation. */
export interface Follow {
  readonly method: MethodDescriptor;
  readonly params: object;
  readonly signal: AbortSignal | undefined;
  /** The timeout of one attempt. */
  readonly timeout: number;
  /** Sends one poll. */
  fetch(
    method: MethodDescriptor,
    params: Values,
    options: Pick<CallOptions, "signal" | "timeout">,
  ): ApiPromise<unknown>;
}

/** Resolves to the finished operation. Calls `onRead` after each poll. */
export async function pollToEnd(
  follow: Follow,
  descriptor: OperationDescriptor,
  { data, response }: WithResponse<unknown>,
  signal: AbortSignal,
  onRead: (operation: unknown) => void,
): Promise<unknown> {
  const { id } = follow.method;
  const isOperation = descriptor.isAnswer === true;
  if (isOperation) {
    onRead(data);
    // An operation that is done already needs no name.
    if (isDone(data, descriptor)) return finished(data, descriptor, id);
  }
  const poll = chosenPoll(follow, descriptor, data);
  let { wait } = poll;
  let delay = isOperation && wait === undefined ? firstDelay : 0;
  let next = Math.max(suggestedDelay(response) ?? 0, delay);
  for (;;) {
    await pause(next, signal, () => new AbortError(`${id}: the wait is over`));
    const start = performance.now();
    let read = wait === undefined ? undefined : await waitOnServer(follow, wait, poll.params, signal);
    if (read === undefined) {
      // The method that waits is missing or failed: from now on, poll without it.
      wait = undefined;
      read = await follow.fetch(poll.method, poll.params, { signal }).withResponse();
    }
    onRead(read.data);
    if (isDone(read.data, descriptor)) return finished(read.data, descriptor, id);
    delay = Math.min(Math.max(delay * 1.5, firstDelay), longestDelay);
    // The time on the server counts as part of the delay.
    const waited = wait === undefined ? 0 : performance.now() - start;
    const suggested = suggestedDelay(read.response);
    next = Math.max(suggested ?? 0, (suggested === undefined ? delay : firstDelay) - waited, 0);
  }
}

/** Calls the method that waits on the server, until the end or for some time. `undefined`: it failed. */
async function waitOnServer(
  follow: Follow,
  method: MethodDescriptor,
  params: Values,
  signal: AbortSignal,
): Promise<WithResponse<unknown> | undefined> {
  try {
    const timeout = Math.max(follow.timeout, waitTimeout);
    return await follow.fetch(method, params, { signal, timeout }).withResponse();
  } catch (error) {
    if (error instanceof AbortError) throw error;
    return undefined;
  }
}

function suggestedDelay({ headers }: ApiResponse): number | undefined {
  const after = parseRetryAfter(headers.get("retry-after") ?? undefined, Date.now());
  return after === undefined ? undefined : Math.min(after, longestSuggested);
}

function isDone(operation: unknown, { done }: OperationDescriptor): boolean {
  const value = valueAt(operation, done.split("."));
  return value === true || (typeof value === "string" && value.toUpperCase() === "DONE");
}

function finished(operation: unknown, descriptor: OperationDescriptor, methodId: string): unknown {
  const error = valueAt(operation, descriptor.error.split("."));
  const isFailure = Array.isArray(error) ? error.length > 0 : error !== undefined && error !== null;
  if (isFailure) throw new OperationError(methodId, operation, error);
  return operation;
}

/** Chooses the first poll whose required parameters are all known. */
function chosenPoll(
  { method: starter, params }: Follow,
  descriptor: OperationDescriptor,
  response: unknown,
): { readonly method: MethodDescriptor; readonly wait?: MethodDescriptor; readonly params: Values } {
  // A method that reads an operation is called again. Any object can be read by name.
  if (descriptor.polls.length === 0) return { method: starter, params: params as Values };
  const sources = { params, body: valueAt(params, ["requestBody"]), response };
  for (const { parameters, ...poll } of descriptor.polls) {
    const found = Object.entries(parameters).map(
      ([name, source]) => [name, parameterOf(poll.method, name, source, sources)] as const,
    );
    const isComplete = found.every(
      ([name, value]) => value !== undefined || poll.method.parameters?.[name]?.required !== true,
    );
    if (isComplete) return { ...poll, params: { ...callerParams(starter, params), ...Object.fromEntries(found) } };
  }
  throw new DiscogenError("OPERATION_UNKNOWN", `${starter.id}: the response does not identify the operation`);
}

/** Global parameters that identify the caller. Polls have them too. */
function callerParams(starter: MethodDescriptor, params: object): Values {
  const names = ["key", "quotaUser"].filter((name) => !starter.path.includes(`${name}}`));
  return Object.fromEntries(names.map((name) => [name, valueAt(params, [name])]));
}

function parameterOf(
  method: MethodDescriptor,
  name: string,
  source: OperationPoll["parameters"][string],
  sources: Values,
): string | undefined {
  const path = typeof source === "string" ? source : source.value;
  const value = valueAt(sources, path.split("."));
  if (typeof value !== "string" || value === "") return undefined;
  if (typeof source !== "string" && "segment" in source) return segmentOf(value, name, method.path);
  // Compute Engine returns zones and regions as URLs. A path segment takes the name at the end.
  if (method.path.includes(`{${name}}`)) return value.slice(value.lastIndexOf("/") + 1);
  if (typeof source === "string" || value.includes("/")) return value;
  const collection = /^projects\/[^/]+\/locations\/[^/]+/.exec(
    String(valueAt(sources, ["params", source.within])),
  )?.[0];
  return collection === undefined ? undefined : `${collection}/operations/${value}`;
}

/** The segment of a resource name at the position of the variable, if the name matches the end of the path. */
function segmentOf(resource: string, variable: string, path: string): string | undefined {
  const names = resource.split("/");
  const segments = path.split("/").slice(-names.length);
  const matches = segments.every((segment, index) => segment.startsWith("{") || segment === names[index]);
  const found = names[segments.indexOf(`{${variable}}`)];
  return matches && segments.length === names.length && found !== "" ? found : undefined;
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const name of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, name)) return undefined;
    // Object.hasOwn checked this property.
    found = (found as Values)[name];
  }
  return found;
}
