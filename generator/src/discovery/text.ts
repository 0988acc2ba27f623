/** The bytes of a document, no more of them than it may have, and their text. */
import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { diagnostic, InputError, reasonOf } from "../diagnostics.js";

/** The largest document known has 6 MB. One of this size takes about ten seconds and 1.5 GB. */
const MAX_BYTES = 32 * 1024 * 1024;

/** Text, or what it is in UTF-8. */
export type DocumentText = string | Uint8Array<ArrayBuffer>;

/**
 * The bytes of a file, which nobody else holds: they may be moved to another thread.
 *
 * @throws {InputError} with the code FILE_UNREADABLE or DOCUMENT_TOO_LARGE
 */
export async function readBytes(file: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const refuse = (message: string) => new InputError([diagnostic("FILE_UNREADABLE", file, message)]);
  try {
    const found = await stat(file);
    if (found.isDirectory()) throw refuse("it is a folder");
    // What is no file has no size: a pipe, such as a shell makes of <(…).
    if (!found.isFile()) return new Uint8Array(await bytesOf(createReadStream(file, { signal }), file));
    if (found.size > MAX_BYTES) throw tooLarge(file);
    return await readFile(file, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof InputError ? error : refuse(reasonOf(error));
  }
}

/**
 * The text of a stream.
 *
 * @param file what to call it in diagnostics
 * @param announced bytes that its sender means to send
 * @throws {InputError} with the code DOCUMENT_TOO_LARGE or INVALID_JSON, and what the stream throws
 */
export async function textOf(chunks: AsyncIterable<Uint8Array>, file: string, announced = 0): Promise<string> {
  if (announced > MAX_BYTES) throw tooLarge(file);
  return decoded(await bytesOf(chunks, file), file);
}

async function bytesOf(chunks: AsyncIterable<Uint8Array>, file: string): Promise<Buffer<ArrayBuffer>> {
  const read: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw tooLarge(file);
    read.push(chunk);
  }
  return Buffer.concat(read);
}

function tooLarge(file: string): InputError {
  const message = `it has more than ${MAX_BYTES / 1024 / 1024} MiB`;
  return new InputError([diagnostic("DOCUMENT_TOO_LARGE", file, message)]);
}

/**
 * The text of a document. JSON is UTF-8 (RFC 8259, section 8.1); read as such, anything else would come out garbled.
 *
 * @param file what to call it in diagnostics
 * @throws {InputError} with the code INVALID_JSON
 */
export function decoded(text: DocumentText, file: string): string {
  if (typeof text === "string") return text;
  if (isUtf8(text)) return Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString();
  throw new InputError([diagnostic("INVALID_JSON", file, "it is no UTF-8 text")]);
}
