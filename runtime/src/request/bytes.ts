/** Bytes to send, in whatever form the caller has them, as one kind of stream. */
import type { Blob } from "../platform.js";
import { fileProblem } from "../redact.js";
import { InvalidRequestError } from "../errors.js";

/** What is used of a `ReadableStream`, whose type differs between platforms. */
export interface WebStream {
  getReader(): { read(): Promise<{ readonly done: boolean; readonly value?: unknown }>; cancel(): Promise<void> };
}

/** A file that is opened when its bytes are wanted. */
export interface FileBody {
  readonly path: string;
}

/**
 * Bytes to send. A stream (of Node or the web) or other async iterable can be read only once, so a request that carries
 * it is not repeated; the others can.
 */
export type BytesBody = string | Uint8Array | ArrayBuffer | Blob | AsyncIterable<Uint8Array> | WebStream | FileBody;

export function isBlob(body: unknown): body is Blob {
  return typeof Blob === "function" && body instanceof Blob;
}

export function isFileBody(body: unknown): body is FileBody {
  // Streams of files have a path too.
  return isObject(body) && "path" in body && typeof body.path === "string" && !isStream(body);
}

export function isStream(body: unknown): body is AsyncIterable<unknown> | WebStream {
  return (
    isObject(body) && (Symbol.asyncIterator in body || ("getReader" in body && typeof body.getReader === "function"))
  );
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** The name that a file or a `File` goes by. */
export function nameOf(body: unknown): string | undefined {
  if (isFileBody(body)) return body.path;
  return isBlob(body) && "name" in body && typeof body.name === "string" ? body.name : undefined;
}

/** The pieces of bytes to send, to be let go of before they end. */
export interface Pieces extends AsyncIterableIterator<Uint8Array, undefined> {
  return(): Promise<IteratorReturnResult<undefined>>;
}

/** What is used of the iterator of a stream. */
interface Opened {
  next(): Promise<{ readonly done?: boolean | undefined; readonly value?: unknown }>;
  return?(): Promise<unknown>;
}

/**
 * The pieces of a stream, which is opened when they are first asked for; text becomes UTF-8. Anything else in it throws.
 * No generator: that could not end a stream of the web while it is silent, nor one that was never read.
 */
export function streamPieces(subject: string, parameter: string, stream: AsyncIterable<unknown> | WebStream): Pieces {
  let opened: Opened | undefined;
  const open = (): Opened => (opened ??= "getReader" in stream ? webPieces(stream) : stream[Symbol.asyncIterator]());
  const close = async (): Promise<IteratorReturnResult<undefined>> => {
    await open().return?.();
    return { done: true, value: undefined };
  };
  const pieces: Pieces = {
    next: async () => {
      try {
        const { done, value } = await open().next();
        if (done === true) return { done, value: undefined };
        if (value instanceof Uint8Array) return { done: false, value };
        if (typeof value === "string") return { done: false, value: new TextEncoder().encode(value) };
        await close();
        throw new TypeError(`it yields a ${typeof value} where bytes are expected`);
      } catch (error) {
        throw unreadable(subject, parameter, error);
      }
    },
    return: close,
    [Symbol.asyncIterator]: () => pieces,
  };
  return pieces;
}

function webPieces(stream: WebStream): Opened {
  const reader = stream.getReader();
  return { next: () => reader.read(), return: () => reader.cancel() };
}

/** What is thrown where the bytes to send cannot be read. */
export function unreadable(subject: string, parameter: string, error: unknown): InvalidRequestError {
  if (error instanceof InvalidRequestError) return error;
  return new InvalidRequestError(subject, [{ parameter, message: `cannot be read: ${fileProblem(error)}` }]);
}

/** The bytes of a file from its beginning, each time they are iterated. */
export function filePieces(subject: string, parameter: string, path: string): AsyncIterable<Uint8Array> {
  return {
    async *[Symbol.asyncIterator]() {
      const { createReadStream } = await import("node:fs");
      yield* streamPieces(subject, parameter, createReadStream(path, { highWaterMark: 256 * 1024 }));
    },
  };
}

/** The bytes of a blob from its beginning, each time they are iterated. */
export function blobPieces(subject: string, parameter: string, blob: Blob): AsyncIterable<Uint8Array> {
  return {
    async *[Symbol.asyncIterator]() {
      const step = 1024 * 1024;
      for (let offset = 0; offset < blob.size; offset += step)
        yield blobPart(subject, parameter, blob.slice(offset, offset + step));
    },
  };
}

/** All bytes of a blob. Those of a file cannot be read any more when it has changed. */
export async function blobPart(subject: string, parameter: string, part: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await part.arrayBuffer());
  } catch (error) {
    throw unreadable(subject, parameter, error);
  }
}
