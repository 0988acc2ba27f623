/** Bytes to send, in whatever form the caller has them, as one kind of stream. */
import type { Blob } from "../platform-types.js";
import { markInMemory } from "./in-memory.js";
import { unreadable } from "../platform/unreadable.js";
import { type WebStream, isObject, isStream } from "./streams.js";

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
  // Streams of files, and requests, have a path too.
  return isObject(body) && "path" in body && typeof body.path === "string" && !isStream(body) && !("pipe" in body);
}

/** The name that a file or a `File` goes by. */
export function nameOf(body: unknown): string | undefined {
  if (isFileBody(body)) return body.path;
  return isBlob(body) && "name" in body && typeof body.name === "string" ? body.name : undefined;
}

/** The bytes of a file from its beginning, each time they are iterated. */
export interface FileChunks extends AsyncIterable<Uint8Array> {
  /** Closes the file. */
  close(): void;
}

export function fileChunks(subject: string, parameter: string, path: string): FileChunks {
  let close: (() => void) | undefined;
  return {
    // No generator: that could not close a pipe while it is silent.
    [Symbol.asyncIterator]() {
      const isRepeated = close !== undefined;
      close?.();
      const opening = import("./file-chunks.js").then(({ readFile }) => readFile(subject, parameter, path, isRepeated));
      close = () => void opening.then((chunks) => chunks.return()).catch(() => undefined);
      return { next: () => opening.then((chunks) => chunks.next()) };
    },
    close: () => close?.(),
  };
}

/** The bytes of a blob from its beginning, each time they are iterated. */
export function blobChunks(subject: string, parameter: string, blob: Blob): AsyncIterable<Uint8Array> {
  return markInMemory({
    async *[Symbol.asyncIterator]() {
      const step = 1024 * 1024;
      for (let offset = 0; offset < blob.size; offset += step)
        yield blobPart(subject, parameter, blob.slice(offset, offset + step));
    },
  });
}

/** All bytes of a blob. Those of a file cannot be read any more when it has changed. */
export async function blobPart(subject: string, parameter: string, part: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await part.arrayBuffer());
  } catch (error) {
    throw unreadable(subject, parameter, error);
  }
}
