/**
 * The resumable protocol with commands in headers: `X-Goog-Upload-Command: start`, `upload`, `query`, `finalize`,
 * `cancel` (https://developers.google.com/photos/library/guides/resumable-uploads).
 */
import { type HttpResponse, GoogleError, notModelled } from "../google-error.js";
import { type HttpRequest, originOf } from "../request.js";
import { cancel, complete, GRANULARITY, receive, type Session } from "./sessions.js";

type Headers = Readonly<Record<string, string>>;

/** Returns the commands of a request; an empty array if it uses another protocol. */
export function commandsOf({ headers }: Pick<HttpRequest, "headers">): readonly string[] {
  const field = String(headers["x-goog-upload-command"] ?? "");
  return field === "" ? [] : field.split(",").map((command) => command.trim().toLowerCase());
}

/** Returns the response to a request with the command `start`. */
export function started(session: Session, request: HttpRequest): HttpResponse {
  const url = `${originOf(request)}${request.path}?${request.query}&upload_id=${session.id}`.replace("?&", "?");
  return {
    status: 200,
    body: undefined,
    headers: {
      "x-goog-upload-status": "active",
      "x-goog-upload-url": url,
      "x-goog-upload-control-url": url,
      "x-goog-upload-chunk-granularity": String(GRANULARITY),
      "x-guploader-uploadid": session.id,
    },
  };
}

/**
 * Returns the response to the commands of a request to the URL of a session.
 *
 * @throws {GoogleError} 400 for unknown commands and wrong offsets
 */
export async function respondToCommands(
  session: Session,
  request: HttpRequest,
  commands: readonly string[],
): Promise<HttpResponse> {
  const { headers, body, isCut = false } = request;
  const unknown = commands.find((command) => !["cancel", "finalize", "query", "upload"].includes(command));
  if (unknown !== undefined) throw notModelled(`The mock does not model the upload command ${unknown} in a session.`);
  if (commands.includes("cancel")) {
    cancel(session);
    return { status: 200, body: undefined, headers: { "x-goog-upload-status": "cancelled" } };
  }
  if (session.response !== undefined) return withHeaders(await session.response, { "x-goog-upload-status": "final" });
  const isLast = commands.includes("finalize");
  if (commands.includes("upload")) {
    const start = Number(headers["x-goog-upload-offset"] ?? 0);
    if (start !== session.size)
      throw new GoogleError(400, `X-Goog-Upload-Offset is ${start}, but ${session.size} bytes were received.`, {
        reason: "invalid",
        location: { name: "X-Goog-Upload-Offset", type: "header" },
      });
    receive(session, { body, start, total: undefined, isLast: isLast && !isCut, isPartial: isCut });
  }
  if (isLast && !isCut) return withHeaders(await complete(session, headers), { "x-goog-upload-status": "final" });
  const size = { "x-goog-upload-size-received": String(session.size) };
  return { status: 200, body: undefined, headers: { ...size, "x-goog-upload-status": "active" } };
}

function withHeaders(response: HttpResponse, headers: Headers): HttpResponse {
  return { ...response, headers: { ...response.headers, ...headers } };
}
