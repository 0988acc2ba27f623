/** Bytes to send, in the forms that callers pass, as one kind of iterable. */
import type { Blob } from "../platform-types.js";
import { unreadable } from "../platform/unreadable.js";
import { markInMemory } from "./in-memory.js";
import { type WebStream, isObject, isStream, streamChunks } from "./streams.js";

/** A file to send. It is opened when its bytes are needed. */
export interface FileBody {
  readonly path: string;
}

/**
 * Bytes to send. A stream (Node or web) or another async iterable can be read only once, so a request with one is not
 * retried. The other forms can be sent again.
 */
export type BytesBody = string | Uint8Array | ArrayBuffer | Blob | AsyncIterable<Uint8Array> | WebStream | FileBody;

export function isBlob(body: unknown): body is Blob {
  return typeof Blob === "function" && body instanceof Blob;
}

export function isFileBody(body: unknown): body is FileBody {
  // File streams and HTTP requests have a path too.
  return isObject(body) && "path" in body && typeof body.path === "string" && !isStream(body) && !("pipe" in body);
}

/** Returns the path of a file body or the name of a `File`. */
export function nameOf(body: unknown): string | undefined {
  if (isFileBody(body)) return body.path;
  return isBlob(body) && "name" in body && typeof body.name === "string" ? body.name : undefined;
}

/** The chunks of a file. Each iteration starts at the beginning. */
export interface FileChunks extends AsyncIterable<Uint8Array> {
  /** Closes the file. */
  close(): void;
}

export function fileChunks(subject: string, parameter: string, path: string): FileChunks {
  let close: (() => void) | undefined;
  return {
    // Not a generator, which cannot close a pipe while it waits for data.
    [Symbol.asyncIterator]() {
      const isRepeated = close !== undefined;
      close?.();
      const opening = import("../platform/node/upload-file.js").then(({ readFile }) =>
        readFile(subject, parameter, path, isRepeated, (stream) => streamChunks(subject, parameter, stream)),
      );
      close = () => void opening.then((chunks) => chunks.return()).catch(() => undefined);
      return { next: () => opening.then((chunks) => chunks.next()) };
    },
    close: () => close?.(),
  };
}

/** Returns the chunks of a blob. Each iteration starts at the beginning. */
export function blobChunks(subject: string, parameter: string, blob: Blob): AsyncIterable<Uint8Array> {
  return markInMemory({
    async *[Symbol.asyncIterator]() {
      const step = 1024 * 1024;
      for (let offset = 0; offset < blob.size; offset += step)
        yield blobPart(subject, parameter, blob.slice(offset, offset + step));
    },
  });
}

/** Reads all bytes of a blob. Fails for a `File` that was changed on the disk. */
export async function blobPart(subject: string, parameter: string, part: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await part.arrayBuffer());
  } catch (error) {
    throw unreadable(subject, parameter, error);
  }
}
