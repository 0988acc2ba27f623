/** Long-running operations: one promise that is the answer of the method, and a way to wait for the end. */
import { AbortError, DiscogenError, OperationError, TimeoutError } from "../errors.js";
import type { MethodDescriptor, OperationDescriptor, OperationPoll } from "../method.js";
import type { AbortSignal } from "../platform.js";
import { pause } from "../policy/wait.js";
import { ApiPromise, type Executor } from "./api-promise.js";

/** Milliseconds before the second poll; each further pause is longer by half, up to {@link longestPause}. */
const firstPause: number = 500;
const longestPause: number = 15_000;

/** How to wait for an operation. */
export interface WaitOptions<Operation> {
  /** Ends the wait; the operation itself goes on. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the whole wait. Default: no limit. */
  readonly timeout?: number | undefined;
  /** Called with the operation each time it has been read. */
  readonly onProgress?: ((operation: Operation) => void) | undefined;
}

type Values = { readonly [name: string]: unknown };

/** What following an operation takes from the call that started it. */
export interface Follow {
  readonly method: MethodDescriptor;
  readonly params: object;
  readonly signal: AbortSignal | undefined;
  /** Carries out one poll. */
  fetch(method: MethodDescriptor, params: Values, signal: AbortSignal | undefined): Promise<unknown>;
}

/**
 * What a method returns that starts a long-running operation. The request is under way when you get it; `await` gives
 * the method's answer, {@link wait} polls to the end.
 */
export class OperationPromise<Answer, Operation> extends ApiPromise<Answer> {
  readonly #follow: Follow | undefined;

  constructor(executor: Executor<Answer>, follow?: Follow) {
    super(executor);
    this.#follow = follow;
  }

  /**
   * Resolves to the finished operation.
   *
   * @throws OperationError when the operation failed; it carries the operation
   * @throws TimeoutError with code `TOTAL_TIMEOUT` when it is not over in time
   * @throws AbortError when the signal aborts
   * @throws DiscogenError with code `OPERATION_UNKNOWN` when the answer does not tell which operation to ask for
   */
  async wait(options: WaitOptions<Operation> = {}): Promise<Operation> {
    const answer = await this;
    const follow = this.#follow;
    if (follow === undefined) throw new TypeError("this promise is not that of a call");
    const { operation } = follow.method;
    if (operation === undefined) throw new TypeError(`${follow.method.id} starts no operation`);
    // The document says that polling answers this type, and so does the method where it answers the operation.
    return (await waitFor(follow, operation, answer, options as WaitOptions<unknown>)) as Operation;
  }
}

async function waitFor(
  follow: Follow,
  descriptor: OperationDescriptor,
  answer: unknown,
  options: WaitOptions<unknown>,
): Promise<unknown> {
  const methodId = follow.method.id;
  const signal = options.signal ?? follow.signal;
  const timeout = options.timeout ?? Number.POSITIVE_INFINITY;
  const deadline = performance.now() + timeout;
  const aborted = () => new AbortError(`${methodId}: aborted by the caller's signal`, { cause: signal?.reason });
  const poll = chosenPoll(follow, descriptor, answer);
  let operation: unknown = descriptor.isAnswer === true ? answer : undefined;
  for (let delay = firstPause; ; delay = Math.min(delay * 1.5, longestPause)) {
    if (operation !== undefined) {
      options.onProgress?.(operation);
      if (isOver(operation, descriptor)) return finished(operation, descriptor, methodId);
      if (performance.now() + delay > deadline) {
        throw new TimeoutError(
          `${methodId}: the operation was not over within ${String(timeout)} ms`,
          timeout,
          "TOTAL_TIMEOUT",
        );
      }
      await pause(delay, signal, aborted);
    }
    operation = await follow.fetch(poll.method, poll.params, signal);
  }
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
): { readonly method: MethodDescriptor; readonly params: Values } {
  const sources = { params, body: valueAt(params, ["requestBody"]), response: answer };
  for (const { method, parameters } of descriptor.polls) {
    const found = Object.entries(parameters).map(
      ([name, source]) => [name, parameterOf(method, name, source, sources)] as const,
    );
    const isWhole = found.every(([name, value]) => value !== undefined || method.parameters?.[name]?.required !== true);
    if (isWhole) return { method, params: Object.fromEntries(found) };
  }
  throw new DiscogenError("OPERATION_UNKNOWN", `${starter.id}: the answer does not tell which operation to ask for`);
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
  // Compute Engine gives zones and regions as URLs; one segment of a path takes the name at its end.
  if (method.path.includes(`{${name}}`)) return value.slice(value.lastIndexOf("/") + 1);
  if (typeof source === "string" || value.includes("/")) return value;
  const collection = /^projects\/[^/]+\/locations\/[^/]+/.exec(
    String(valueAt(sources, ["params", source.within])),
  )?.[0];
  return collection === undefined ? undefined : `${collection}/operations/${value}`;
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
