/** Cross-origin resource sharing (https://fetch.spec.whatwg.org/#http-cors-protocol): lets web pages call the mock. */
import type { IncomingMessage } from "node:http";
import { quotedName } from "@discogen/runtime/names";
import { type HttpResponse, GoogleError } from "./google-error.js";

/** Seconds that a browser may cache the response to a preflight. */
const MAX_AGE = 600;

const METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

/** Response headers that Discogen's runtime or Google's clients read. */
const EXPOSED = [
  "accept-ranges",
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-length",
  "content-range",
  "content-type",
  "date",
  "etag",
  "last-modified",
  "location",
  "range",
  "retry-after",
  "server-timing",
  "www-authenticate",
  "x-goog-component-count",
  "x-goog-generation",
  "x-goog-hash",
  "x-goog-metageneration",
  "x-goog-request-id",
  "x-goog-storage-class",
  "x-goog-stored-content-encoding",
  "x-goog-stored-content-length",
  "x-goog-upload-chunk-granularity",
  "x-goog-upload-control-url",
  "x-goog-upload-size-received",
  "x-goog-upload-status",
  "x-goog-upload-url",
  "x-guploader-response-body-transformations",
  "x-guploader-uploadid",
  "x-http-status-code-override",
  "x-request-id",
].join(", ");

/** Response headers by name. */
type Headers = Readonly<Record<string, string>>;

export interface Cors {
  /** Returns the headers that a response to this request must have. */
  headersFor(message: IncomingMessage): Headers;
  /** Returns the response to a preflight request; `undefined` for any other request. */
  preflight(message: IncomingMessage): HttpResponse | undefined;
}

/** Allows requests from these origins; `*` allows every origin. */
export function createCors(origins: readonly string[]): Cors {
  const allowed = new Set(origins.map(checkedOrigin));
  const allowOrigin = ({ headers: { origin } }: IncomingMessage): string | undefined => {
    if (allowed.has("*")) return "*";
    return origin !== undefined && allowed.has(origin) ? origin : undefined;
  };
  const headersFor = (message: IncomingMessage): Headers => {
    const origin = allowOrigin(message);
    if (origin === undefined) return { vary: "Origin" };
    return { vary: "Origin", "access-control-allow-origin": origin, "access-control-expose-headers": EXPOSED };
  };
  return {
    headersFor,
    preflight: (message) => {
      if (!isPreflight(message)) return undefined;
      if (allowOrigin(message) === undefined) return refusal(message.headers.origin);
      return { status: 204, body: undefined, headers: permissions(message) };
    },
  };
}

function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === "OPTIONS" && headers.origin !== undefined && "access-control-request-method" in headers;
}

/** Browsers hide this text from the page and show it in their network panel. */
function refusal(origin: string | undefined): HttpResponse {
  const { response } = new GoogleError(
    403,
    `Pages of ${origin} cannot call this mock. Start it with --cors ${origin}.`,
  );
  return response;
}

function permissions({ headers }: IncomingMessage): Headers {
  const requested = headers["access-control-request-headers"];
  // A page from a public address calls a server on this machine (https://wicg.github.io/private-network-access/).
  const isPrivate = headers["access-control-request-private-network"] === "true";
  return {
    "access-control-allow-methods": METHODS,
    ...(requested !== undefined && { "access-control-allow-headers": requested }),
    "access-control-max-age": String(MAX_AGE),
    ...(isPrivate && { "access-control-allow-private-network": "true" }),
  };
}

/**
 * Returns the origin unchanged.
 *
 * @throws {RangeError} for text that browsers never send as an origin; the message names the origin to pass instead
 */
export function checkedOrigin(text: string): string {
  if (text === "*") return text;
  // `localhost:5173` would parse as a URL with the scheme `localhost`.
  const isComplete = text.includes("://");
  const origin = originOf(isComplete ? text : `http://${text}`);
  if (origin === text) return text;
  const usual = "such as http://localhost:5173, or * for every origin";
  if (origin === undefined || text === "null" || text === "")
    throw new RangeError(`${quotedName(text)} is not an origin: pass a scheme, host and port, ${usual}`);
  // The text may contain a password or a key, so the message shows only the origin.
  throw new RangeError(`an origin has no path and no trailing slash: pass ${origin}`);
}

/** Returns the origin as a browser sends it, also for application schemes (`capacitor://localhost`). */
function originOf(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url === undefined || url.host === "" ? undefined : `${url.protocol}//${url.host}`;
}
