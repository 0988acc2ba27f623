/** Requests of the resumable protocol with `Content-Range`, which most APIs document. */
import { type HttpResponse, GoogleError } from "../google-error.js";
import { type HttpRequest, originOf } from "../request.js";
import { checkBodyHash } from "./checksums.js";
import { readContentRange } from "./content-range.js";
import { cancel, complete, receive, type Session } from "./sessions.js";

/** Returns the response to a request to the URL of a session. It needs no access token. */
export async function respondInSession(session: Session, request: HttpRequest): Promise<HttpResponse> {
  return withId(session, await responseTo(session, request));
}

function responseTo(session: Session, request: HttpRequest): HttpResponse | Promise<HttpResponse> {
  const { verb, headers, body, isCut = false } = request;
  if (verb === "DELETE") return cancel(session);
  if (verb !== "PUT" && verb !== "POST")
    throw new GoogleError(405, "Send the content of an upload session with PUT or POST.");
  if (session.response !== undefined) return session.response;
  const range = readContentRange(headers["content-range"], body.length, isCut);
  if (range.kind === "chunk") {
    const { start, end, total, isOpen } = range;
    if (!isCut) checkBodyHash(request);
    const isLast = !isCut && end === (total ?? session.total);
    receive(session, { body, start, total, isLast, isPartial: isCut || isOpen });
    const isComplete = session.size === session.total && (session.size > 0 || !isCut);
    return isComplete ? complete(session, headers) : progress(session, request);
  }
  // A query that names the received bytes as the total completes the upload. Any other one has no effect.
  const isComplete = range.total === session.size && range.total === (session.total ?? range.total);
  return isComplete ? complete(session, headers) : progress(session, request);
}

/** Returns the response to the request that opened a session. */
export function opened(session: Session, request: HttpRequest): HttpResponse {
  const address = `${originOf(request)}${request.path}?${request.query}&upload_id=${session.id}`;
  return withId(session, { status: 200, body: undefined, headers: { location: address } });
}

function withId({ id }: Session, response: HttpResponse): HttpResponse {
  return { ...response, headers: { ...response.headers, "x-guploader-uploadid": id } };
}

/** Reports the received bytes. `fetch` in browsers hides a 308, so a client can request a 200 with a header instead. */
function progress({ size }: Session, { headers }: HttpRequest): HttpResponse {
  const range = size === 0 ? {} : { range: `bytes=0-${size - 1}` };
  const isNo308 = String(headers["x-guploader-no-308"] ?? "").toLowerCase() === "yes";
  if (!isNo308) return { status: 308, body: undefined, headers: range };
  return { status: 200, body: undefined, headers: { ...range, "x-http-status-code-override": "308" } };
}
