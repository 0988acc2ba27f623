/** Streams to send. Rejects streams that were used before, so only one call reads a stream. */
import { InvalidRequestError } from "../errors.js";
import { nodeReadable } from "../platform/node/streams.js";
import { unreadable } from "../platform/unreadable.js";
import { fileProblem } from "../redact.js";

/** The used part of `ReadableStream`, whose type differs between platforms. */
export interface WebStream {
  getReader(): { read(): Promise<{ readonly done: boolean; readonly value?: unknown }>; cancel(): Promise<void> };
}

/** A Node stream, a web stream or another async iterable. */
export type Stream = AsyncIterable<unknown> | WebStream;

export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

export function isStream(body: unknown): body is Stream {
  return (
    isObject(body) && (Symbol.asyncIterator in body || ("getReader" in body && typeof body.getReader === "function"))
  );
}

/** Returns whether this is a Node stream, also one of an old library. */
function isNode(stream: object): boolean {
  return "pipe" in stream;
}

function isWeb(stream: object): stream is WebStream {
  return "getReader" in stream;
}

/** Streams and iterators that a call already reads. */
const taken: WeakSet<object> = new WeakSet();
const handled: WeakSet<object> = new WeakSet();

function ignore(): void {
  // The reader of the stream gets the same error.
}

/**
 * Handles `error` events of a Node stream: an `error` event without a listener ends the process. Called in the same
 * tick as the API method, because a file that does not exist fails before the access token is available.
 */
export function handleErrors(body: unknown): void {
  if (!isObject(body) || handled.has(body) || !("on" in body) || typeof body.on !== "function") return;
  handled.add(body);
  body.on("error", ignore);
}

/** Handles errors of a stream in this property, or of a stream passed instead of the object. */
export function handleErrorsOf(given: unknown, name: "body" | "data"): void {
  handleErrors(given);
  if (isObject(given)) handleErrors(Reflect.get(given, name));
}

const advice = "pass a new stream, or { path }";

/** Returns why a stream cannot be sent completely, as the end of a sentence, or `undefined` if it can. */
function problemOf(stream: object): string | undefined {
  if (!isNode(stream) && !isWeb(stream)) return undefined;
  const { destroyed, errored, locked, readable, readableDidRead, readableEnded, readableFlowing } = stream as Partial<
    Record<string, unknown>
  >; // any object can be read by name
  const node = nodeReadable();
  const either = stream as NodeJS.ReadableStream; // these functions also accept web streams
  if (errored instanceof Error) return `cannot be read: ${fileProblem(errored)}`;
  if (node?.isErrored(either) === true) return `has failed: ${advice}`;
  if (locked === true) return `is locked to another reader: ${advice}`;
  if (readableDidRead === true || readableEnded === true) return `was read before: ${advice}`;
  if (destroyed === true || readable === false) return `is closed: ${advice}`;
  if (node?.isDisturbed(either) === true) return `was read before: ${advice}`;
  return readableFlowing === true ? `is being read elsewhere: ${advice}` : undefined;
}

/** The chunks of a stream. */
export interface StreamChunks extends AsyncIterableIterator<Uint8Array, undefined> {
  /**
   * Locks the stream for this call. From now on, `return` closes the stream. Before that, `return` does not touch it.
   *
   * @throws InvalidRequestError if the stream was used before
   */
  open(): void;
  return(): Promise<IteratorReturnResult<undefined>>;
}

/** The used part of a stream's iterator. */
interface Opened {
  next(): Promise<{ readonly done?: boolean | undefined; readonly value?: unknown }>;
  return?(): Promise<unknown>;
}

/**
 * Returns the chunks of a stream. Encodes strings as UTF-8 and throws for other values. Not a generator, which cannot
 * close a web stream while it waits for data, or a stream that was never read.
 */
export function streamChunks(subject: string, parameter: string, stream: Stream): StreamChunks {
  handleErrors(stream);
  let opened: Opened | undefined;
  let isStarted = false;
  const rejectIf = (problem: string | undefined): void => {
    if (problem !== undefined) throw new InvalidRequestError(subject, [{ parameter, message: problem }]);
  };
  const open = (): Opened => {
    if (opened !== undefined) return opened;
    const isTaken = `was passed to another call: ${advice}`;
    rejectIf(taken.has(stream) ? isTaken : problemOf(stream));
    const iterator = isWeb(stream) ? webChunks(stream) : stream[Symbol.asyncIterator]();
    // An iterable that returns a new iterator each time can be sent by several calls.
    rejectIf(taken.has(iterator) ? isTaken : undefined);
    taken.add(iterator);
    if (isNode(stream) || isWeb(stream)) taken.add(stream);
    return (opened = iterator);
  };
  const explain = (error: unknown): InvalidRequestError => unreadable(subject, parameter, error);
  const chunks: StreamChunks = {
    open: () => {
      try {
        open();
      } catch (error) {
        throw explain(error);
      }
    },
    next: async () => {
      try {
        const iterator = open();
        // Other code may have read from a Node stream since the call.
        if (!isStarted && isNode(stream)) rejectIf(problemOf(stream));
        isStarted = true;
        const { done, value } = await iterator.next();
        if (done === true) return { done, value: undefined };
        if (value instanceof Uint8Array) return { done: false, value };
        if (typeof value === "string") return { done: false, value: new TextEncoder().encode(value) };
        await chunks.return();
        throw new TypeError(`it yields a value of type ${typeof value} instead of bytes`);
      } catch (error) {
        throw explain(error);
      }
    },
    return: async () => {
      if (opened !== undefined) {
        if ("destroy" in stream && typeof stream.destroy === "function") stream.destroy();
        else await opened.return?.();
      }
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => chunks,
  };
  return chunks;
}

function webChunks(stream: WebStream): Opened {
  const reader = stream.getReader();
  return { next: () => reader.read(), return: () => reader.cancel() };
}
