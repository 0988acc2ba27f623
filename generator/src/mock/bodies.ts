/** Reads the bodies of requests: limits, interruptions and gzip. */
import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { constants, gunzip } from "node:zlib";
import { isUpload } from "./faults.js";
import { GoogleError } from "./google-error.js";
import { splitTarget } from "./request.js";

/** Maximum size of a request body, in bytes. */
export const BODY_LIMIT = 10 * 1024 * 1024;
/** Maximum size of uploaded content in one request, in bytes. Content is stored in memory. */
export const UPLOAD_LIMIT = 256 * 1024 * 1024;
/** A body up to this size is read before the request is checked. */
const SMALL = 64 * 1024;

/** Returns true if the body is or may be so large that it is not read before the headers are checked. */
export function mayBeLarge({ headers }: IncomingMessage): boolean {
  const length = headers["content-length"];
  return Number(length ?? 0) > SMALL || headers["transfer-encoding"] !== undefined || isWaiting({ headers });
}

/** Returns true if the client sends the body only after a response with status 100 (RFC 9110, section 10.1.1). */
export function isWaiting({ headers: { expect = "" } }: Pick<IncomingMessage, "headers">): boolean {
  return expect.toLowerCase() === "100-continue";
}

/**
 * Reads a body and decompresses it. One that is too large is read to its end but not stored, because a client that is
 * still writing would miss the response.
 *
 * @param cutAfter number of bytes after which the client's connection is closed
 * @throws {GoogleError} 400 for a body that cannot be decompressed, 413 for one that is too large
 */
export async function readBody(message: IncomingMessage, cutAfter?: number): Promise<Buffer> {
  const limit = limitOf(message);
  const body = await received(message, limit, cutAfter);
  const maxOutputLength = limit;
  // Accepts data without its end, so that an upload session stores the content that arrived.
  const finishFlush = cutAfter === undefined ? constants.Z_FINISH : constants.Z_SYNC_FLUSH;
  return decompressed(body, message.headers["content-encoding"], { maxOutputLength, finishFlush });
}

function limitOf({ url, headers }: IncomingMessage): number {
  const isOfUpload = isUpload(new URLSearchParams(splitTarget(url).query)) || "x-goog-upload-protocol" in headers;
  return isOfUpload ? UPLOAD_LIMIT : BODY_LIMIT;
}

async function received(message: IncomingMessage, limit: number, cutAfter = Infinity): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message.iterator({ destroyOnReturn: false })) {
    // The chunks are Buffers because no encoding is set; the iterator's type does not express this.
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size <= limit) chunks.push(bytes);
    else chunks.length = 0;
    if (size >= cutAfter) return Buffer.concat(chunks).subarray(0, cutAfter);
  }
  if (size > limit) throw new GoogleError(413, `The request body is larger than ${limit} bytes.`);
  return Buffer.concat(chunks);
}

interface Options {
  readonly maxOutputLength: number;
  readonly finishFlush: number;
}

const gunzipped = promisify(gunzip);

/** Content that is stored with `contentEncoding: "gzip"` has no such header, so it is stored as sent. */
async function decompressed(body: Buffer, encoding = "identity", options: Options): Promise<Buffer> {
  const name = encoding.trim().toLowerCase();
  if (body.length === 0 || name === "identity" || name === "") return body;
  if (name !== "gzip" && name !== "x-gzip") throw invalidEncoding("The only Content-Encoding of requests is gzip.");
  try {
    return await gunzipped(body, options);
  } catch (error) {
    // The error of a limit that is exceeded; all others are about the format.
    if (error instanceof RangeError)
      throw new GoogleError(413, `The decompressed request body is larger than ${options.maxOutputLength} bytes.`);
    throw invalidEncoding("The request body is not gzip, but its Content-Encoding is.");
  }
}

function invalidEncoding(message: string): GoogleError {
  return new GoogleError(400, message, { location: { name: "Content-Encoding", type: "header" } });
}
