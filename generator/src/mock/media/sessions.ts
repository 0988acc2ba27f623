/**
 * Resumable uploads: sessions that receive content in chunks
 * (https://developers.google.com/drive/api/guides/manage-uploads).
 *
 * A chunk starts where the previous one ended. Its size is a multiple of 256 KiB, except for the last chunk. A 308
 * response reports the received bytes in `Range`. A `Content-Range` without a first byte is a status query.
 */
import { randomBytes } from "node:crypto";
import { type HttpResponse, GoogleError } from "../google-error.js";
import { type HttpRequest, UPLOAD_LIMIT } from "../listener.js";

const GRANULARITY = 256 * 1024;

/** Returns the response of the method, after all content was received. */
export type Finish = (bytes: Buffer) => HttpResponse;

interface Session {
  readonly finish: Finish;
  readonly chunks: Buffer[];
  size: number;
  response: HttpResponse | undefined;
}

export interface Sessions {
  /** Opens a session and returns its id. */
  open(finish: Finish): string;
  /** Handles a request to a session. */
  respond(id: string, request: HttpRequest): HttpResponse;
}

export function createSessions(): Sessions {
  const sessions = new Map<string, Session>();
  return {
    open: (finish) => {
      const id = randomBytes(16).toString("base64url");
      sessions.set(id, { finish, chunks: [], size: 0, response: undefined });
      return id;
    },
    respond: (id, request) => {
      const session = sessions.get(id);
      if (session === undefined) throw new GoogleError(404, "Not found: unknown upload session.");
      if (request.verb === "DELETE") {
        sessions.delete(id);
        return { status: 499, body: undefined };
      }
      return (session.response ??= receive(session, request)) ?? progress(session, request);
    },
  };
}

/** Stores a chunk. Returns the response of the method after the last chunk. */
function receive(session: Session, { body, headers, isCut }: HttpRequest): HttpResponse | undefined {
  const { start, end, total } = rangeOf(headers["content-range"], session.size, body.length);
  if (start !== session.size)
    throw invalidRange(`${session.size} bytes were received, but the chunk starts at ${start}`);
  const isLast = end === total;
  if (isCut !== true && end - start !== body.length) throw invalidRange(`the chunk has ${body.length} bytes`);
  if (!isLast && isCut !== true && body.length % GRANULARITY !== 0)
    throw invalidRange("the size of a chunk must be a multiple of 256 KiB, except for the last chunk");
  if (Math.max(total ?? 0, session.size + body.length) > UPLOAD_LIMIT)
    throw new GoogleError(413, `The mock stores at most ${UPLOAD_LIMIT} bytes of content.`);
  const kept = isCut === true ? body.subarray(0, body.length - (body.length % GRANULARITY)) : body;
  if (kept.length > 0) session.chunks.push(kept);
  session.size += kept.length;
  if (session.size !== total) return undefined;
  const response = session.finish(Buffer.concat(session.chunks));
  // The session stays to repeat its response. The resource now owns the content.
  session.chunks.length = 0;
  return response;
}

interface ChunkRange {
  readonly start: number;
  /** Position after the last byte. */
  readonly end: number;
  readonly total: number | undefined;
}

/** Parses `Content-Range`. Without it, the body is the complete content. Without a first byte, it is a status query. */
function rangeOf(field: string | undefined, arrived: number, length: number): ChunkRange {
  if (field === undefined) return { start: 0, end: length, total: length };
  const [, first, last, size] = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+|\*)$/.exec(field) ?? [];
  if (size === undefined) throw invalidRange("the syntax is not valid");
  const total = size === "*" ? undefined : Number(size);
  if (first === undefined || last === undefined) return { start: arrived, end: arrived, total };
  return { start: Number(first), end: Number(last) + 1, total };
}

function invalidRange(why: string): GoogleError {
  return new GoogleError(400, `Invalid Content-Range: ${why}.`, {
    reason: "invalid",
    location: { name: "Content-Range", type: "header" },
  });
}

/** Reports the received bytes. `fetch` in browsers hides a 308, so a client can request a 200 with a header instead. */
function progress({ size }: Session, { headers }: HttpRequest): HttpResponse {
  const range = size === 0 ? {} : { range: `bytes=0-${size - 1}` };
  const isNo308 = String(headers["x-guploader-no-308"] ?? "").toLowerCase() === "yes";
  if (!isNo308) return { status: 308, body: undefined, headers: range };
  return { status: 200, body: undefined, headers: { ...range, "x-http-status-code-override": "308" } };
}
