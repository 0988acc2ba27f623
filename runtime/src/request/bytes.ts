/** Bytes to send, in whatever form the caller has them, as one kind of stream. */
import type { Blob } from "../platform.js";
import { printable } from "../redact.js";
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

/** The pieces of a stream; text becomes UTF-8. Anything else in it throws. */
export async function* streamPieces(
  subject: string,
  parameter: string,
  stream: AsyncIterable<unknown> | WebStream,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const piece of Symbol.asyncIterator in stream ? stream : webPieces(stream)) {
      if (piece instanceof Uint8Array) yield piece;
      else if (typeof piece === "string") yield new TextEncoder().encode(piece);
      else throw new TypeError(`it yields a ${typeof piece} where bytes are expected`);
    }
  } catch (error) {
    throw unreadable(subject, parameter, error);
  }
}

async function* webPieces(stream: WebStream): AsyncGenerator<unknown, void, undefined> {
  const reader = stream.getReader();
  let isDone = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      isDone = done;
      if (done) return;
      yield value;
    }
  } finally {
    if (!isDone) await reader.cancel();
  }
}

/** What is thrown where the bytes to send cannot be read. */
export function unreadable(subject: string, parameter: string, error: unknown): InvalidRequestError {
  if (error instanceof InvalidRequestError) return error;
  const reason = printable(error instanceof Error ? error.message : String(error), 200);
  return new InvalidRequestError(subject, [{ parameter, message: `cannot be read: ${reason}` }]);
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
export function blobPieces(blob: Blob): AsyncIterable<Uint8Array> {
  return {
    async *[Symbol.asyncIterator]() {
      const step = 1024 * 1024;
      for (let offset = 0; offset < blob.size; offset += step)
        yield new Uint8Array(await blob.slice(offset, offset + step).arrayBuffer());
    },
  };
}
