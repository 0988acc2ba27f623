/** One URL → its text: proxies, redirects, retries, time and size limits, and credentials for trusted hosts. */
import type { HttpResponse } from "@discogen/runtime";
import { AttemptFailure, retry } from "@discogen/runtime/retry";
import { type Code, diagnostic, InputError, reasonOf } from "../diagnostics.js";
import { GOOGLE, hostsOf, isLoopback, isWithin } from "./hosts.js";
import { withoutSecrets } from "./request.js";
import { textOf } from "./text.js";

const MAX_REDIRECTS = 5;
const ATTEMPTS = 3;
/** Milliseconds for one attempt. */
const TIMEOUT = 60_000;
/** Milliseconds; the maximum of the random delay doubles with each attempt. */
const BASE_DELAY = 200;
const MAX_DELAY = 10_000;

/** A fetched text. If `text` is undefined, the text with the given etag is still current. */
export interface Fetched {
  readonly text: string | undefined;
  readonly etag: string | undefined;
}

/**
 * Fetches a text. Sends `DISCOGEN_API_KEY` and `DISCOGEN_TOKEN` only to Google's hosts and to `credentialHosts`, also
 * after a redirect.
 *
 * @param etag etag of the cached text. The server responds without a text if that is still current.
 * @param credentialHosts hosts with their ports. Default: the host of the address
 * @throws {InputError} with the code DOCUMENT_GONE, DOCUMENT_TOO_LARGE, INVALID_JSON or FETCH_FAILED
 */
export async function fetchText(
  address: string,
  etag?: string,
  signal?: AbortSignal,
  credentialHosts: readonly string[] = hostsOf([address]),
): Promise<Fetched> {
  const file = withoutSecrets(address);
  return retry<Fetched>({
    attempt: async (failures) => {
      const outcome = await attemptOnce(address, file, etag, signal, credentialHosts);
      if (!("error" in outcome)) return outcome;
      return new AttemptFailure(outcome.error, delayAfter(outcome, failures + 1));
    },
    signal,
    aborted: () => signal?.reason,
  });
}

/** A failed attempt. */
interface Failure {
  readonly error: InputError;
  /** Milliseconds that the server requests, or 0; absent if another attempt would fail too. */
  readonly retryAfter?: number;
}

/** Milliseconds until the next attempt, or `undefined` for no retry. */
function delayAfter({ retryAfter }: Failure, failures: number): number | undefined {
  if (failures === ATTEMPTS || retryAfter === undefined) return undefined;
  return Math.min(MAX_DELAY, retryAfter || BASE_DELAY * 2 ** failures * Math.random());
}

async function attemptOnce(
  address: string,
  file: string,
  etag: string | undefined,
  signal: AbortSignal | undefined,
  credentialHosts: readonly string[],
): Promise<Fetched | Failure> {
  const problem = (message: string, code: Code = "FETCH_FAILED", help?: string) =>
    new InputError([diagnostic(code, file, message, help === undefined ? {} : { help })]);
  const timeout = AbortSignal.timeout(TIMEOUT);
  const end = new AbortController();
  const signals = [timeout, end.signal, ...(signal === undefined ? [] : [signal])];
  try {
    const response = await follow(address, etag, AbortSignal.any(signals), credentialHosts);
    if (typeof response === "string") return { error: problem(response) };
    const { status, body } = response;
    const newEtag = headerOf(response, "etag");
    if (status === 304 && etag !== undefined) return { text: undefined, etag: newEtag ?? etag };
    if (status < 200 || status > 299) {
      const { STATUS_CODES } = await import("node:http");
      const message = `the server responded with ${status} ${STATUS_CODES[status] ?? ""}`.trimEnd();
      if (status === 404 || status === 410) return { error: problem(message, "DOCUMENT_GONE") };
      if (status === 401 || status === 403) {
        const help =
          "To fetch a private document, set DISCOGEN_API_KEY to an API key, or DISCOGEN_TOKEN to an access token. They are sent to Google, and to another host only if its URL is on the command line or in DISCOGEN_DIRECTORY_URL.";
        return { error: problem(message, "FETCH_FAILED", help) };
      }
      const isRetryable = status === 408 || status === 429 || status >= 500;
      return { error: problem(message), ...(isRetryable && { retryAfter: millisecondsOf(response) }) };
    }
    if (/^text\/html\b/i.test(headerOf(response, "content-type") ?? ""))
      return { error: problem("the server responded with a web page instead of JSON") };
    const announced = Number(headerOf(response, "content-length") ?? 0);
    return { text: await textOf(chunksOf(body), file, announced), etag: newEtag };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof InputError) return { error };
    // Not retryable: a second attempt would double the long wait.
    if (timeout.aborted) return { error: problem(`the response was not complete after ${TIMEOUT / 1000} seconds`) };
    if (isInvalidOption(error)) return { error: problem(`the proxy setting is invalid: ${error.message}`) };
    return { error: problem(causeOf(error)), retryAfter: 0 };
  } finally {
    // An unread body would keep the connection open.
    end.abort();
  }
}

function headerOf({ headers }: HttpResponse, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : value?.[0];
}

function millisecondsOf(response: HttpResponse): number {
  const seconds = Number(headerOf(response, "retry-after") ?? 0);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0;
}

async function* chunksOf(body: HttpResponse["body"]): AsyncGenerator<Uint8Array> {
  if (typeof body === "string") yield Buffer.from(body);
  else if (body instanceof Uint8Array) yield body;
  else yield* body;
}

/**
 * Sends a request and follows redirects. They are followed here, because not every host may receive credentials.
 * Returns a message if there is no final response.
 */
async function follow(
  address: string,
  etag: string | undefined,
  signal: AbortSignal,
  credentialHosts: readonly string[],
): Promise<HttpResponse | string> {
  if (!URL.canParse(address)) return "the address is not a valid URL";
  const { undiciTransport } = await import("@discogen/runtime");
  // The same transport as in generated clients. It uses the proxy settings of the environment.
  const transport = undiciTransport();
  let url = new URL(address);
  const own = url.host;
  const basic = url.username === "" ? undefined : basicOf(url);
  for (let redirects = 0; ; redirects += 1) {
    const headers = {
      accept: "application/json",
      "accept-encoding": "gzip, deflate, br",
      "user-agent": "discogen",
      ...(etag !== undefined && { "if-none-match": etag }),
      ...(url.host === own && basic !== undefined && { authorization: basic }),
      ...credentialsFor(url, credentialHosts),
    };
    const response = await transport.send({
      method: "GET",
      origin: url.origin,
      path: url.pathname + url.search,
      headers,
      timeout: TIMEOUT,
      signal,
      stream: true,
      secretPath: true,
    });
    const target = headerOf(response, "location");
    if (response.status < 301 || response.status > 308 || response.status === 304 || target === undefined)
      return response;
    if (redirects === MAX_REDIRECTS) return `the server sent more than ${MAX_REDIRECTS} redirects`;
    if (!URL.canParse(target, url.href)) return "the server redirects to an invalid URL";
    const next = new URL(target, url);
    if (next.protocol !== "https:" && next.protocol !== url.protocol)
      return `the server redirects to the scheme ${next.protocol}`;
    url = next;
  }
}

function basicOf({ username, password }: URL): string {
  return `Basic ${btoa(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`)}`;
}

/** Returns credentials for Google's hosts and for the listed hosts, only over TLS or on loopback. */
function credentialsFor(url: URL, hosts: readonly string[]): Readonly<Record<string, string>> {
  const isListed = hosts.includes(url.host) && (url.protocol === "https:" || isLoopback(url.hostname));
  if (!isListed && !isWithin(url, [GOOGLE])) return {};
  const { DISCOGEN_API_KEY: key, DISCOGEN_TOKEN: token } = process.env;
  return { ...(key && { "x-goog-api-key": key }), ...(token && { authorization: `Bearer ${token}` }) };
}

/** Returns whether the transport rejected a setting. The message does not contain its value, which may be a secret. */
function isInvalidOption(error: unknown): error is Error {
  return error instanceof Error && "code" in error && error.code === "INVALID_OPTION";
}

/** Returns the message of the innermost cause. Outer messages start with the request, which the diagnostic shows. */
function causeOf(error: unknown): string {
  return error instanceof Error && error.cause instanceof Error ? causeOf(error.cause) : reasonOf(error);
}
