/** A request to the mock, as routing sees it. */
import type { IncomingHttpHeaders } from "node:http";
import { GoogleError } from "./google-error.js";

export interface HttpRequest {
  readonly verb: string;
  /** As sent: neither decoded nor normalized. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** True if the connection is closed before the end of the body. */
  readonly isCut?: boolean;
}

/** Maximum length of a request path. Limits the cost of routing. */
const PATH_LIMIT = 4096;

/**
 * Returns a request. Applies `X-HTTP-Method-Override`, which clients send with POST, and the token in `access_token`.
 *
 * @throws {GoogleError} 414 for a path that is too long
 */
export function requestOf(
  verb: string,
  target: string | undefined,
  headers: IncomingHttpHeaders,
  body: Buffer,
): HttpRequest {
  const { path, query } = splitTarget(target);
  if (path.length > PATH_LIMIT) throw new GoogleError(414, `The path is longer than ${PATH_LIMIT} characters.`);
  const parameters = new URLSearchParams(query);
  const request = { verb, path, query: parameters, headers: withToken(headers, parameters), body, isCut: false };
  const override = headers["x-http-method-override"];
  if (verb !== "POST" || typeof override !== "string") return request;
  return overridden(request, override.toUpperCase());
}

/** A GET whose URL is too long for the client has its parameters in a form. Other methods have their own body. */
function overridden(request: HttpRequest, verb: string): HttpRequest {
  const { query, headers, body } = request;
  const isForm = /^application\/x-www-form-urlencoded\s*(;|$)/i.test(headers["content-type"] ?? "");
  if (verb !== "GET" || !isForm) return { ...request, verb };
  const parameters = new URLSearchParams([...query, ...new URLSearchParams(body.toString("utf8"))]);
  return { ...request, verb, query: parameters, headers: withToken(headers, parameters), body: Buffer.alloc(0) };
}

/** Google's APIs also accept a token in the query. */
function withToken(headers: IncomingHttpHeaders, query: URLSearchParams): IncomingHttpHeaders {
  const token = query.get("access_token") ?? query.get("oauth_token");
  if (headers.authorization !== undefined || token === null) return headers;
  return { ...headers, authorization: `Bearer ${token}` };
}

/** Returns the scheme and host under which the client knows the mock. */
export function originOf({ headers }: Pick<HttpRequest, "headers">): string {
  const scheme = /^https$/i.test(String(headers["x-forwarded-proto"] ?? "")) ? "https" : "http";
  return `${scheme}://${headers.host ?? ""}`;
}

/** Splits without `new URL`, which resolves `..` (also encoded) before the mock can reject it. */
export function splitTarget(target = "/"): { readonly path: string; readonly query: string } {
  const local = target.replace(/^https?:\/\/[^/?#]*/i, "");
  const [path = ""] = local.split("?", 1);
  return { path, query: local.slice(path.length + 1) };
}
