/** Where a resumable upload lives: its URL, which must not lead the sign-in elsewhere, and requests to it. */
import { prepare } from "../call/prepare.js";
import type { Core } from "../call/core.js";
import { ApiError, InvalidRequestError } from "../errors.js";
import type { MethodDescriptor } from "../method.js";
import type { CallOptions } from "../call/options.js";
import { send } from "../call/send.js";
import type { EncodedBody } from "../request/body.js";
import type { BuiltRequest } from "../request/build.js";
import type { HeaderRecord } from "../request/headers.js";
import { isLoopback } from "../request/root-url.js";

/** A session's address. */
export interface Session {
  readonly url: string;
  readonly origin: string;
  readonly path: string;
}

/**
 * The address that a server or a caller names; `undefined` where the sign-in must not be sent.
 *
 * That is the origin of the root URL, by whatever name this machine goes, and between hosts of Google any of them. A
 * host of Google's behind a root URL that is none (an emulator, a proxy) is reached through the root URL, as
 * everything is.
 */
export function sessionAt(core: Core, text: string, base: string): Session | undefined {
  // An empty one is no address, though it is a URL: the base.
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

/** Fields of the first request that do not hold for those to the session: its own body, its own conditions. */
const notKept: ReadonlySet<string> = new Set(["content-length", "content-type", "if-match", "if-none-match"]);

/** A request to the session with the fields of the request that began it. `range`: its `Content-Range`. */
export function sessionRequest(
  session: Session,
  begun: HeaderRecord,
  range: string | undefined,
  data: Uint8Array | undefined,
): BuiltRequest {
  const headers: HeaderRecord = Object.fromEntries(Object.entries(begun).filter(([name]) => !notKept.has(name)));
  headers["content-length"] = String(data?.length ?? 0);
  if (range !== undefined) headers["content-range"] = range;
  const body: EncodedBody | undefined = data === undefined ? undefined : { data, contentType: "", replayable: true };
  return { path: session.path, headers, body };
}

const cancelling: MethodDescriptor = { id: "cancelUpload", httpMethod: "DELETE", path: "/" };

/** What `cancelUpload` does. */
export async function cancelSession(core: Core, text: string, options: CallOptions | undefined): Promise<void> {
  const call = prepare({ core, method: cancelling, params: undefined, options });
  const session = sessionAt(core, text, core.origin);
  if (session === undefined) throw foreignSession(cancelling.id, "session");
  const built = { ...call.built, path: session.path };
  try {
    await send({ ...call, built, session: { origin: session.origin, question: built, failures: 0 } });
  } catch (error) {
    // 499 is how Google says yes; 404 and 410 say that there is nothing left to cancel.
    if (!(error instanceof ApiError) || ![404, 410, 499].includes(error.status)) throw error;
  }
}

/** The fault of a session that is not where this client's calls go. */
export function foreignSession(methodId: string, parameter: string): InvalidRequestError {
  const message = "is no URL on the host of this client's root URL, which alone may see its sign-in";
  return new InvalidRequestError(methodId, [{ parameter, message }]);
}
