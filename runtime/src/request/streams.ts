/** Streams to send: refused where they were used before, and read by one call alone. */
import { nodeReadable } from "../platform/node/streams.js";
import { InvalidRequestError } from "../errors.js";
import { unreadable } from "../platform/unreadable.js";
import { fileProblem } from "../redact.js";

/** What is used of a `ReadableStream`, whose type differs between platforms. */
export interface WebStream {
  getReader(): { read(): Promise<{ readonly done: boolean; readonly value?: unknown }>; cancel(): Promise<void> };
}

/** A stream of Node or the web, or another async iterable. */
export type Stream = AsyncIterable<unknown> | WebStream;

export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

export function isStream(body: unknown): body is Stream {
  return (
    isObject(body) && (Symbol.asyncIterator in body || ("getReader" in body && typeof body.getReader === "function"))
  );
}

/** A stream of Node, or of an older make. */
function isNode(stream: object): boolean {
  return "pipe" in stream;
}

function isWeb(stream: object): stream is WebStream {
  return "getReader" in stream;
}

/** Streams and iterators that a call has taken. */
const taken: WeakSet<object> = new WeakSet();
const handled: WeakSet<object> = new WeakSet();

function ignore(): void {
  // The reader of the stream gets the same error.
}

/**
 * Handles the `error` events of a stream of Node: one that nobody listens to ends the process. Called in the tick in
 * which a call is given the stream, since a file that does not exist fails before the token is there.
 */
export function handleErrors(body: unknown): void {
  if (!isObject(body) || handled.has(body) || !("on" in body) || typeof body.on !== "function") return;
  handled.add(body);
  body.on("error", ignore);
}

/** The same for a stream under this name, or in place of the object that should hold it. */
export function handleErrorsOf(given: unknown, name: "body" | "data"): void {
  handleErrors(given);
  if (isObject(given)) handleErrors(Reflect.get(given, name));
}

const advice = "pass a new stream, or { path }";

/** Why the stream would not be sent from its first byte, as the end of a sentence; `undefined`: it would. */
function problemOf(stream: object): string | undefined {
  if (!isNode(stream) && !isWeb(stream)) return undefined;
  const { destroyed, errored, locked, readable, readableDidRead, readableEnded, readableFlowing } = stream as Partial<
    Record<string, unknown>
  >; // any object can be read by name
  const node = nodeReadable();
  const either = stream as NodeJS.ReadableStream; // these functions know streams of the web as well
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
   * Takes the stream: no other call can send it from now on, and `return` closes it. Without this `return` leaves it as
   * it was.
   *
   * @throws InvalidRequestError where it was used before
   */
  open(): void;
  return(): Promise<IteratorReturnResult<undefined>>;
}

/** What is used of the iterator of a stream. */
interface Opened {
  next(): Promise<{ readonly done?: boolean | undefined; readonly value?: unknown }>;
  return?(): Promise<unknown>;
}

/**
 * The chunks of a stream; text becomes UTF-8. Anything else in it throws. No generator: that could not end a stream of
 * the web while it is silent, nor one that was never read.
 */
export function streamChunks(subject: string, parameter: string, stream: Stream): StreamChunks {
  handleErrors(stream);
  let opened: Opened | undefined;
  let isStarted = false;
  const refuse = (problem: string | undefined): void => {
    if (problem !== undefined) throw new InvalidRequestError(subject, [{ parameter, message: problem }]);
  };
  const open = (): Opened => {
    if (opened !== undefined) return opened;
    const passed = `was passed to another call: ${advice}`;
    refuse(taken.has(stream) ? passed : problemOf(stream));
    const iterator = isWeb(stream) ? webChunks(stream) : stream[Symbol.asyncIterator]();
    // An iterable that makes a new iterator each time may be sent again and again.
    refuse(taken.has(iterator) ? passed : undefined);
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
        // Between the call and this, others may have read from a stream of Node.
        if (!isStarted && isNode(stream)) refuse(problemOf(stream));
        isStarted = true;
        const { done, value } = await iterator.next();
        if (done === true) return { done, value: undefined };
        if (value instanceof Uint8Array) return { done: false, value };
        if (typeof value === "string") return { done: false, value: new TextEncoder().encode(value) };
        await chunks.return();
        throw new TypeError(`it yields a ${typeof value} where bytes are expected`);
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
