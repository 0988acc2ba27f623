/** Reads the bytes of a document up to a maximum size, and decodes them. */
import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { diagnostic, InputError, reasonOf } from "../diagnostics.js";

/** Google's largest document has 6 MB. A document of this size takes about ten seconds and 1.5 GB. */
const MAX_BYTES = 32 * 1024 * 1024;

/** Text, or its UTF-8 bytes. */
export type DocumentText = string | Uint8Array<ArrayBuffer>;

/**
 * Reads the bytes of a file. No other code has a reference to them, so they may be transferred to another thread.
 *
 * @throws {InputError} with the code FILE_UNREADABLE or DOCUMENT_TOO_LARGE
 */
export async function readBytes(file: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const refuse = (message: string) => new InputError([diagnostic("FILE_UNREADABLE", file, message)]);
  try {
    const found = await stat(file);
    if (found.isDirectory()) throw refuse("the path is a folder");
    // A pipe, such as <(…) in a shell, has no size.
    if (!found.isFile()) return new Uint8Array(await bytesOf(createReadStream(file, { signal }), file));
    if (found.size > MAX_BYTES) throw tooLarge(file);
    return await readFile(file, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof InputError ? error : refuse(reasonOf(error));
  }
}

/**
 * Reads the text of a stream. Errors of the stream are rethrown.
 *
 * @param file name of the stream in diagnostics
 * @param announced the value of `Content-Length`, if known
 * @throws {InputError} with the code DOCUMENT_TOO_LARGE or INVALID_JSON
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
  const message = `the document has more than ${MAX_BYTES / 1024 / 1024} MiB`;
  return new InputError([diagnostic("DOCUMENT_TOO_LARGE", file, message)]);
}

/**
 * Decodes the text of a document. JSON must be UTF-8 (RFC 8259, section 8.1).
 *
 * @param file name of the document in diagnostics
 * @throws {InputError} with the code INVALID_JSON
 */
export function decoded(text: DocumentText, file: string): string {
  if (typeof text === "string") return text;
  if (isUtf8(text)) return Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString();
  throw new InputError([diagnostic("INVALID_JSON", file, "the document is not UTF-8 text")]);
}
