/** Reads a long-running operation until it is over. Loaded when somebody waits for one. */
import { AbortError, type ApiResponse, DiscogenError, OperationError } from "../errors.js";
import type { CallOptions } from "../call/options.js";
import type { MethodDescriptor, OperationDescriptor, OperationPoll } from "../method.js";
import type { AbortSignal } from "../platform-types.js";
import { parseRetryAfter } from "../policy/retry.js";
import { pause } from "../policy/wait.js";
import type { ApiPromise, WithResponse } from "./api-promise.js";

/**
 * Milliseconds before the operation is read again; each further pause is longer by half, up to the longest. A server
 * that says `Retry-After` is asked after that time instead: not before the first pause, up to the longest that is taken
 * from it.
 */
const firstPause: number = 500;
const longestPause: number = 15_000;
const longestSuggested: number = 300_000;

/** The least time limit for methods that answer when the operation is over: servers hold them for up to two minutes. */
const waitTimeout: number = 150_000;

type Values = { readonly [name: string]: unknown };

/** What following an operation takes from the call that started it. */
export interface Follow {
  readonly method: MethodDescriptor;
  readonly params: object;
  readonly signal: AbortSignal | undefined;
  /** The time limit of one attempt. */
  readonly timeout: number;
  /** Carries out one poll. */
  fetch(
    method: MethodDescriptor,
    params: Values,
    options: Pick<CallOptions, "signal" | "timeout">,
  ): ApiPromise<unknown>;
}

/** The finished operation. Tells of each that is read. */
export async function pollToEnd(
  follow: Follow,
  descriptor: OperationDescriptor,
  { data, response }: WithResponse<unknown>,
  signal: AbortSignal,
  onRead: (operation: unknown) => void,
): Promise<unknown> {
  const { id } = follow.method;
  const isAnswer = descriptor.isAnswer === true;
  if (isAnswer) {
    onRead(data);
    // Before anything is asked of it: what is over at once need not even say who it is.
    if (isOver(data, descriptor)) return finished(data, descriptor, id);
  }
  const poll = chosenPoll(follow, descriptor, data);
  let { wait } = poll;
  let delay = isAnswer && wait === undefined ? firstPause : 0;
  let next = Math.max(suggestedPause(response) ?? 0, delay);
  for (;;) {
    await pause(next, signal, () => new AbortError(`${id}: the wait is over`));
    const asked = performance.now();
    let read = wait === undefined ? undefined : await heldBack(follow, wait, poll.params, signal);
    if (read === undefined) {
      // What cannot wait, or fails to, is asked the plain way from now on.
      wait = undefined;
      read = await follow.fetch(poll.method, poll.params, { signal }).withResponse();
    }
    onRead(read.data);
    if (isOver(read.data, descriptor)) return finished(read.data, descriptor, id);
    delay = Math.min(Math.max(delay * 1.5, firstPause), longestPause);
    // A server that holds its answers back sets the pace itself.
    const held = wait === undefined ? 0 : performance.now() - asked;
    const suggested = suggestedPause(read.response);
    next = Math.max(suggested ?? 0, (suggested === undefined ? delay : firstPause) - held, 0);
  }
}

/** The operation as the server answers when it is over, or after a while; `undefined` where that fails. */
async function heldBack(
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

function suggestedPause({ headers }: ApiResponse): number | undefined {
  const after = parseRetryAfter(headers.get("retry-after") ?? undefined, Date.now());
  return after === undefined ? undefined : Math.min(after, longestSuggested);
}

function isOver(operation: unknown, { done }: OperationDescriptor): boolean {
  const value = valueAt(operation, done.split("."));
  return value === true || (typeof value === "string" && value.toUpperCase() === "DONE");
}

function finished(operation: unknown, descriptor: OperationDescriptor, methodId: string): unknown {
  const error = valueAt(operation, descriptor.error.split("."));
  const isFailure = Array.isArray(error) ? error.length > 0 : error !== undefined && error !== null;
  if (isFailure) throw new OperationError(methodId, operation, error);
  return operation;
}

/** The poll with its parameters: the first of which every one can be found. */
function chosenPoll(
  { method: starter, params }: Follow,
  descriptor: OperationDescriptor,
  answer: unknown,
): { readonly method: MethodDescriptor; readonly wait?: MethodDescriptor; readonly params: Values } {
  // A method that reads an operation reads it again. Any object can be read by name.
  if (descriptor.polls.length === 0) return { method: starter, params: params as Values };
  const sources = { params, body: valueAt(params, ["requestBody"]), response: answer };
  for (const { parameters, ...poll } of descriptor.polls) {
    const found = Object.entries(parameters).map(
      ([name, source]) => [name, parameterOf(poll.method, name, source, sources)] as const,
    );
    const isWhole = found.every(
      ([name, value]) => value !== undefined || poll.method.parameters?.[name]?.required !== true,
    );
    if (isWhole) return { ...poll, params: { ...kept(starter, params), ...Object.fromEntries(found) } };
  }
  throw new DiscogenError("OPERATION_UNKNOWN", `${starter.id}: the answer does not tell which operation to ask for`);
}

/** Global parameters that say who asks: polls are asked by the same one. */
function kept(starter: MethodDescriptor, params: object): Values {
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
  // Compute Engine gives zones and regions as URLs; one segment of a path takes the name at its end.
  if (method.path.includes(`{${name}}`)) return value.slice(value.lastIndexOf("/") + 1);
  if (typeof source === "string" || value.includes("/")) return value;
  const collection = /^projects\/[^/]+\/locations\/[^/]+/.exec(
    String(valueAt(sources, ["params", source.within])),
  )?.[0];
  return collection === undefined ? undefined : `${collection}/operations/${value}`;
}

/** The segment of a resource name where the variable is in the path, if the name has the shape of the path's end. */
function segmentOf(resource: string, variable: string, path: string): string | undefined {
  const names = resource.split("/");
  const places = path.split("/").slice(-names.length);
  const isOfShape = places.every((place, index) => place.startsWith("{") || place === names[index]);
  const found = names[places.indexOf(`{${variable}}`)];
  return isOfShape && places.length === names.length && found !== "" ? found : undefined;
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const name of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, name)) return undefined;
    // It has just been seen to have this property.
    found = (found as Values)[name];
  }
  return found;
}
