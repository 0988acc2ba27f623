/**
 * Resumable uploads: sessions that content arrives in, part by part.
 *
 * A part begins where the last one ended and is a multiple of 256 KiB, but for the last one; 308 and `Range` tell what
 * has arrived; a `Content-Range` without a first byte asks for it
 * (https://developers.google.com/drive/api/guides/manage-uploads).
 */
import { randomBytes } from "node:crypto";
import { type Answer, GoogleError } from "../google-error.js";
import { type HttpRequest, UPLOAD_LIMIT } from "../listener.js";

const GRANULARITY = 256 * 1024;

/** Makes the answer of the method, once all content is there. */
export type Finish = (bytes: Buffer) => Answer;

interface Session {
  readonly finish: Finish;
  readonly parts: Buffer[];
  size: number;
  answer: Answer | undefined;
}

export interface Sessions {
  /** The id of a new session. */
  open(finish: Finish): string;
  /** Answers a request to a session. */
  respond(id: string, request: HttpRequest): Answer;
}

export function createSessions(): Sessions {
  const sessions = new Map<string, Session>();
  return {
    open: (finish) => {
      const id = randomBytes(16).toString("base64url");
      sessions.set(id, { finish, parts: [], size: 0, answer: undefined });
      return id;
    },
    respond: (id, request) => {
      const session = sessions.get(id);
      if (session === undefined) throw new GoogleError(404, "Not found: no upload has this session.");
      if (request.verb === "DELETE") {
        sessions.delete(id);
        return { status: 499, body: undefined };
      }
      return (session.answer ??= take(session, request)) ?? progress(session, request);
    },
  };
}

/** Takes a part; the method's answer when it was the last one. */
function take(session: Session, { body, headers, isCut }: HttpRequest): Answer | undefined {
  const { start, end, total } = rangeOf(headers["content-range"], session.size, body.length);
  if (start !== session.size) throw invalidRange(`${session.size} bytes have arrived, the part begins at ${start}`);
  const isLast = end === total;
  if (isCut !== true && end - start !== body.length) throw invalidRange(`the part has ${body.length} bytes`);
  if (!isLast && isCut !== true && body.length % GRANULARITY !== 0)
    throw invalidRange("but for the last one, a part must be a multiple of 256 KiB");
  if (Math.max(total ?? 0, session.size + body.length) > UPLOAD_LIMIT)
    throw new GoogleError(413, `The mock keeps no more than ${UPLOAD_LIMIT} bytes of content.`);
  const kept = isCut === true ? body.subarray(0, body.length - (body.length % GRANULARITY)) : body;
  if (kept.length > 0) session.parts.push(kept);
  session.size += kept.length;
  if (session.size !== total) return undefined;
  const answer = session.finish(Buffer.concat(session.parts));
  // The session stays, to tell its answer again; the content is the resource's from here on.
  session.parts.length = 0;
  return answer;
}

interface PartRange {
  readonly start: number;
  /** Behind the last byte. */
  readonly end: number;
  readonly total: number | undefined;
}

/** A body without a range is the whole; a range without a body is a question. */
function rangeOf(field: string | undefined, arrived: number, length: number): PartRange {
  if (field === undefined) return { start: 0, end: length, total: length };
  const [, first, last, size] = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+|\*)$/.exec(field) ?? [];
  if (size === undefined) throw invalidRange("it cannot be read");
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

/** Reports how much has arrived. `fetch` in a browser hides a 308, so a client can request 200 with a header instead. */
function progress({ size }: Session, { headers }: HttpRequest): Answer {
  const range = size === 0 ? {} : { range: `bytes=0-${size - 1}` };
  const isNo308 = String(headers["x-guploader-no-308"] ?? "").toLowerCase() === "yes";
  if (!isNo308) return { status: 308, body: undefined, headers: range };
  return { status: 200, body: undefined, headers: { ...range, "x-http-status-code-override": "308" } };
}
