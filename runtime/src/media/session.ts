/** The session of a resumable upload: its URL, which must not send credentials to another host, and its requests. */
import type { Core } from "../call/core.js";
import type { CallOptions } from "../call/options.js";
import { prepare } from "../call/prepare.js";
import { send } from "../call/send.js";
import { ApiError, InvalidRequestError } from "../errors.js";
import type { MethodDescriptor } from "../method.js";
import type { EncodedBody } from "../request/body.js";
import type { BuiltRequest } from "../request/build.js";
import type { HeaderRecord } from "../request/headers.js";
import { isLoopback } from "../request/root-url.js";

/** The address of a session. */
export interface Session {
  readonly url: string;
  readonly origin: string;
  readonly path: string;
}

/**
 * Reads the URL of a session from a server or a caller. Returns `undefined` if credentials must not be sent there.
 *
 * Allowed are the origin of the root URL, with any name of the loopback interface, and any Google host if the root URL
 * is a Google host. If the root URL is an emulator or a proxy, a session on a Google host is requested through it.
 */
export function sessionAt(core: Core, text: string, base: string): Session | undefined {
  // An empty text would be the base URL.
  if (text === "" || !URL.canParse(text, base)) return undefined;
  const url = new URL(text, base);
  const root = new URL(core.origin);
  const path = url.pathname + url.search;
  if (url.origin === root.origin || isSameLoopback(url, root)) return session(core.origin, path);
  if (url.protocol !== "https:" || !isGoogle(url.hostname)) return undefined;
  return isGoogle(root.hostname) ? session(url.origin, path) : session(core.origin, core.rootPath + path.slice(1));
}

function session(origin: string, path: string): Session {
  return { url: origin + path, origin, path };
}

function isSameLoopback(a: URL, b: URL): boolean {
  return a.protocol === b.protocol && a.port === b.port && isLoopback(a.hostname) && isLoopback(b.hostname);
}

function isGoogle(hostname: string): boolean {
  return hostname === "googleapis.com" || hostname.endsWith(".googleapis.com");
}

/** Header fields of the first request that do not apply to requests to the session. */
const notRepeated: ReadonlySet<string> = new Set(["content-length", "content-type", "if-match", "if-none-match"]);

/** Creates a request to the session with the header fields of the first request. `range` is its `Content-Range`. */
export function sessionRequest(
  session: Session,
  first: HeaderRecord,
  range: string | undefined,
  data: Uint8Array | undefined,
): BuiltRequest {
  const headers: HeaderRecord = Object.fromEntries(Object.entries(first).filter(([name]) => !notRepeated.has(name)));
  headers["content-length"] = String(data?.length ?? 0);
  if (range !== undefined) headers["content-range"] = range;
  const body: EncodedBody | undefined = data === undefined ? undefined : { data, contentType: "", replayable: true };
  return { path: session.path, headers, body };
}

const cancelling: MethodDescriptor = { id: "cancelUpload", httpMethod: "DELETE", path: "/" };

/** Cancels an upload, see `cancelUpload`. */
export async function cancelSession(core: Core, text: string, options: CallOptions | undefined): Promise<void> {
  const call = prepare({ core, method: cancelling, params: undefined, options });
  const session = sessionAt(core, text, core.origin);
  if (session === undefined) throw foreignSession(cancelling.id, "session");
  const built = { ...call.built, path: session.path };
  try {
    await send({ ...call, built, session: { origin: session.origin, question: built, failures: 0 } });
  } catch (error) {
    // Google confirms with 499. After 404 or 410, the session no longer exists.
    if (!(error instanceof ApiError) || ![404, 410, 499].includes(error.status)) throw error;
  }
}

/** The error for a session on another host. */
export function foreignSession(methodId: string, parameter: string): InvalidRequestError {
  const message = "must be a URL on the host of this client's root URL, since credentials are sent only there";
  return new InvalidRequestError(methodId, [{ parameter, message }]);
}
