/** The content of an upload, read at any offset where that is possible. */
import type { FileHandle } from "node:fs/promises";
import { InvalidRequestError } from "../errors.js";
import type { Blob } from "../platform.js";
import { type WebStream, blobPart, isBlob, isFileBody, isStream, streamPieces, unreadable } from "../request/bytes.js";

/** Content, of which a chunk at a time is in memory. */
export interface Source {
  /** In bytes; `undefined` until the end of a stream is seen. */
  readonly size: number | undefined;
  /** Can be read again from any byte on. */
  readonly replayable: boolean;
  /**
   * `length` bytes from `offset` on; fewer only at the end, which is then known. What is not in memory already is read
   * into that of `memory`, by default new one, and holds until the next read.
   */
  read(offset: number, length: number, memory?: () => Uint8Array): Promise<Uint8Array>;
  /** Lets go of files and streams. */
  close(): Promise<void>;
}

const parameter = "media.body";

/** Opens content. What is wrong with it throws an `InvalidRequestError` for this method. */
export async function openSource(methodId: string, body: unknown, size: number | undefined): Promise<Source> {
  const source = await sourceOf(methodId, body, size);
  if (size !== undefined && source.size !== size) {
    await source.close();
    throw invalid(methodId, "media.size", `is ${String(size)}, but the body has ${String(source.size)} bytes`);
  }
  return source;
}

async function sourceOf(methodId: string, body: unknown, size: number | undefined): Promise<Source> {
  if (typeof body === "string") return bytesSource(new TextEncoder().encode(body));
  if (body instanceof Uint8Array) return bytesSource(body);
  if (body instanceof ArrayBuffer) return bytesSource(new Uint8Array(body));
  if (isBlob(body)) return blobSource(methodId, body);
  if (isStream(body)) return streamSource(methodId, body, size);
  if (isFileBody(body)) return fileSource(methodId, body.path, size);
  throw invalid(
    methodId,
    parameter,
    "must be a string, Uint8Array, ArrayBuffer, Blob, stream, async iterable or { path }",
  );
}

function invalid(methodId: string, at: string, message: string): InvalidRequestError {
  return new InvalidRequestError(methodId, [{ parameter: at, message }]);
}

function bytesSource(bytes: Uint8Array): Source {
  return {
    size: bytes.length,
    replayable: true,
    read: async (offset, length) => bytes.subarray(offset, offset + length),
    close: async () => undefined,
  };
}

function blobSource(methodId: string, blob: Blob): Source {
  return {
    size: blob.size,
    replayable: true,
    read: (offset, length) => blobPart(methodId, parameter, blob.slice(offset, offset + length)),
    close: async () => undefined,
  };
}

async function fileSource(methodId: string, path: string, size: number | undefined): Promise<Source> {
  let file: FileHandle | undefined;
  try {
    const { open } = await import("node:fs/promises");
    file = await open(path);
    const facts = await file.stat();
    if (facts.isDirectory()) throw invalid(methodId, parameter, "is a folder");
    // A pipe or device has no size, and no way back.
    if (!facts.isFile()) return streamSource(methodId, file.createReadStream(), size);
    return readFile(methodId, file, facts.size);
  } catch (error) {
    await file?.close();
    throw unreadable(methodId, parameter, error);
  }
}

function readFile(methodId: string, file: FileHandle, size: number): Source {
  return {
    size,
    replayable: true,
    read: async (offset, length, memory) => {
      const wanted = Math.max(0, Math.min(length, size - offset));
      const target = memory?.() ?? new Uint8Array(wanted);
      let filled = 0;
      while (filled < wanted) {
        const { bytesRead } = await file
          .read(target, filled, wanted - filled, offset + filled)
          .catch((error: unknown) => {
            throw unreadable(methodId, parameter, error);
          });
        if (bytesRead === 0) throw invalid(methodId, parameter, "became shorter while it was sent");
        filled += bytesRead;
      }
      return target.subarray(0, wanted);
    },
    close: () => file.close(),
  };
}

/** Keeps what was read last, since a server may have taken only part of it. */
function streamSource(
  methodId: string,
  stream: AsyncIterable<unknown> | WebStream,
  declared: number | undefined,
): Source {
  const pieces = streamPieces(methodId, parameter, stream);
  let window: Uint8Array = new Uint8Array();
  let start = 0;
  let rest: Uint8Array = new Uint8Array();
  let size: number | undefined;

  /** The next bytes, at most so many; none at the end. */
  const take = async (length: number): Promise<Uint8Array> => {
    while (rest.length === 0 && size === undefined) {
      const { done, value } = await pieces.next();
      if (done === true) size = start + window.length;
      else rest = value;
    }
    const taken = rest.subarray(0, length);
    rest = rest.subarray(taken.length);
    return taken;
  };

  const skipTo = async (offset: number): Promise<void> => {
    while (start + window.length < offset) {
      start += window.length;
      window = new Uint8Array();
      window = await take(offset - start);
      if (window.length === 0) return;
    }
  };

  return {
    get size() {
      return declared ?? size;
    },
    replayable: false,
    read: async (offset, wanted, memory) => {
      const target = memory?.() ?? new Uint8Array(wanted);
      const length = Math.min(wanted, target.length);
      if (offset < start) throw invalid(methodId, parameter, "is a stream, which cannot be read again");
      await skipTo(offset);
      const kept = window.subarray(offset - start, offset - start + length);
      target.set(kept);
      start = offset;
      window = target.subarray(0, kept.length);
      while (window.length < length) {
        const piece = await take(length - window.length);
        if (piece.length === 0) break;
        target.set(piece, window.length);
        window = target.subarray(0, window.length + piece.length);
      }
      // Looks for the end now: the last chunk must say that it is the last.
      if (rest.length === 0) rest = await take(Number.POSITIVE_INFINITY);
      checkSize(methodId, { declared, known: size, read: start + window.length + rest.length });
      return window;
    },
    close: async () => {
      if ("destroy" in stream && typeof stream.destroy === "function") stream.destroy();
      // Not awaited: an iterable that is no stream may wait for a piece that never comes.
      pieces.return().catch(() => undefined);
    },
  };
}

function checkSize(
  methodId: string,
  { declared, known, read }: { declared: number | undefined; known: number | undefined; read: number },
): void {
  if (declared === undefined || (read <= declared && (known === undefined || known === declared))) return;
  const found = read > declared ? "yields more" : `ends after ${String(known)}`;
  throw invalid(methodId, parameter, `${found}, but media.size is ${String(declared)} bytes`);
}
