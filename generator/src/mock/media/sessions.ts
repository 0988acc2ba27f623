/**
 * Resumable uploads: sessions that receive content in chunks
 * (https://cloud.google.com/storage/docs/performing-resumable-uploads).
 *
 * The size of a chunk is a multiple of 256 KiB, except for the last one. Bytes that a session already has are ignored.
 * A 308 response reports the received bytes in `Range`. After the last byte, each request gets the response of the
 * method.
 */
import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { type HttpResponse, GoogleError } from "../google-error.js";
import { UPLOAD_LIMIT } from "../bodies.js";
import { invalidRange } from "./content-range.js";

export const GRANULARITY = 256 * 1024;

/** Returns the response of the method, after all content was received. */
export type Finish = (bytes: Buffer, headers: IncomingHttpHeaders) => Promise<HttpResponse>;

export interface Session {
  readonly id: string;
  readonly finish: Finish;
  readonly chunks: Buffer[];
  /** Number of received bytes. */
  size: number;
  /** Number of bytes of the complete content, when the client has named it. */
  total: number | undefined;
  /** Response of the method, after the last byte. */
  response: Promise<HttpResponse> | undefined;
  isCancelled: boolean;
}

export interface Sessions {
  /** Opens a session for content of this size, if it is known. */
  open(finish: Finish, total: number | undefined): Session;
  /** @throws {GoogleError} 404 for an unknown session, 499 for a cancelled one */
  find(id: string): Session;
}

export function createSessions(): Sessions {
  const sessions = new Map<string, Session>();
  return {
    open: (finish, total) => {
      const id = randomBytes(16).toString("base64url");
      const session = { id, finish, chunks: [], size: 0, total, response: undefined, isCancelled: false };
      sessions.set(id, session);
      return session;
    },
    find: (id) => {
      const session = sessions.get(id);
      if (session === undefined) throw new GoogleError(404, "Not found: unknown upload session.");
      if (session.isCancelled)
        throw new GoogleError(499, "The upload was cancelled.", { code: "CANCELLED", reason: "cancelled" });
      return session;
    },
  };
}

/** Cancels an upload. The result of a completed one stays. */
export function cancel(session: Session): HttpResponse {
  if (session.response === undefined) session.isCancelled = true;
  session.chunks.length = 0;
  return { status: 499, body: undefined };
}

/** Bytes for a session. */
export interface Chunk {
  readonly body: Buffer;
  /** Position of the first byte of the body. */
  readonly start: number;
  /** Number of bytes of the complete content, if the request names it. */
  readonly total: number | undefined;
  /** True if the body is the end of the content. */
  readonly isLast: boolean;
  /** True if the body may end anywhere. The session stores its complete blocks of 256 KiB. */
  readonly isPartial: boolean;
}

/**
 * Stores the bytes that the session does not have yet.
 *
 * @throws {GoogleError} 400 for a size that contradicts another one or is no multiple of 256 KiB, 413 for content above
 *   the limit, 503 for a chunk that starts after the received bytes
 */
export function receive(session: Session, { body, start, total, isLast, isPartial }: Chunk): void {
  checkTotal(session, total);
  const end = start + body.length;
  if (start > session.size) {
    // Google's status: clients query the status, and continue from there.
    throw new GoogleError(503, `The chunk starts at byte ${start}, but only ${session.size} bytes were received.`);
  }
  if (end > (total ?? session.total ?? Infinity)) throw invalidRange("the chunk ends after the total size");
  if (Math.max(total ?? 0, end) > UPLOAD_LIMIT)
    throw new GoogleError(413, `The mock stores at most ${UPLOAD_LIMIT} bytes of content.`);
  if (!isLast && !isPartial && body.length % GRANULARITY !== 0)
    throw invalidRange("the size of a chunk must be a multiple of 256 KiB, except for the last chunk");
  session.total = total ?? session.total;
  const kept = isLast ? body : body.subarray(0, body.length - (body.length % GRANULARITY));
  const fresh = kept.subarray(session.size - start);
  if (fresh.length > 0) session.chunks.push(fresh);
  session.size += fresh.length;
}

/** @throws {GoogleError} 400 for a total that differs from an earlier one */
function checkTotal(session: Session, total: number | undefined): void {
  if (total !== undefined && session.total !== undefined && total !== session.total)
    throw invalidRange(`the total size is ${total}, but was ${session.total} before`);
}

/**
 * Completes the upload.
 *
 * @param headers Those of the last request. They can contain checksums of the complete content.
 * @throws {GoogleError} 400 if bytes are missing
 */
export async function complete(session: Session, headers: IncomingHttpHeaders): Promise<HttpResponse> {
  if (session.size !== (session.total ?? session.size))
    throw invalidRange(`${session.size} bytes were received instead of ${session.total}`);
  const [first, ...others] = session.chunks;
  const bytes = first !== undefined && others.length === 0 ? first : Buffer.concat(session.chunks);
  session.response = session.finish(bytes, headers);
  try {
    const response = await session.response;
    // The session stays to repeat its response. The resource now owns the content.
    session.chunks.length = 0;
    return response;
  } catch (error) {
    // The client can try again, for example after it has removed what violates a precondition.
    session.response = undefined;
    throw error;
  }
}
