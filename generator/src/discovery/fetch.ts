/** One URL → its text: proxies, redirects, retries, time and size limits, and credentials for those who may see them. */
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

/** What a server answered: a text, or that the one with this etag is still current. */
export interface Fetched {
  readonly text: string | undefined;
  readonly etag: string | undefined;
}

/**
 * Fetches a text. `DISCOGEN_API_KEY` and `DISCOGEN_TOKEN` are sent to Google's hosts and to the hosts listed, never to
 * another host that a redirect leads to.
 *
 * @param etag of the text that is at hand; a server that has no other answers without one
 * @param credentialHosts hosts with their ports. Default: that of the address
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
      if (!("fault" in outcome)) return outcome;
      return new AttemptFailure(outcome.fault, delayAfter(outcome, failures + 1));
    },
    signal,
    aborted: () => signal?.reason,
  });
}

/** A failed attempt. */
interface Failure {
  readonly fault: InputError;
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
  const fault = (message: string, code: Code = "FETCH_FAILED", help?: string) =>
    new InputError([diagnostic(code, file, message, help === undefined ? {} : { help })]);
  const limit = AbortSignal.timeout(TIMEOUT);
  const end = new AbortController();
  const signals = [limit, end.signal, ...(signal === undefined ? [] : [signal])];
  try {
    const response = await follow(address, etag, AbortSignal.any(signals), credentialHosts);
    if (typeof response === "string") return { fault: fault(response) };
    const { status, body } = response;
    const given = headerOf(response, "etag");
    if (status === 304 && etag !== undefined) return { text: undefined, etag: given ?? etag };
    if (status < 200 || status > 299) {
      const { STATUS_CODES } = await import("node:http");
      const message = `the server answered ${status} ${STATUS_CODES[status] ?? ""}`.trimEnd();
      if (status === 404 || status === 410) return { fault: fault(message, "DOCUMENT_GONE") };
      if (status === 401 || status === 403) {
        const help =
          "A private document needs an API key in DISCOGEN_API_KEY, or a token in DISCOGEN_TOKEN. Both are sent to Google, and to any other host only if the command line or DISCOGEN_DIRECTORY_URL names it.";
        return { fault: fault(message, "FETCH_FAILED", help) };
      }
      const mayPass = status === 408 || status === 429 || status >= 500;
      return { fault: fault(message), ...(mayPass && { retryAfter: millisecondsOf(response) }) };
    }
    if (/^text\/html\b/i.test(headerOf(response, "content-type") ?? ""))
      return { fault: fault("the server answered with a web page, not with JSON") };
    const announced = Number(headerOf(response, "content-length") ?? 0);
    return { text: await textOf(chunksOf(body), file, announced), etag: given };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof InputError) return { fault: error };
    // Who has not answered by now is not asked again: nobody waits that long a second time.
    if (limit.aborted) return { fault: fault(`there was no whole answer within ${TIMEOUT / 1000} seconds`) };
    if (isOption(error))
      return { fault: fault(`the proxy that the environment names cannot be used: ${error.message}`) };
    return { fault: fault(causeOf(error)), retryAfter: 0 };
  } finally {
    // A body that was not read to its end would keep its connection.
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

/** Redirects are followed here, as credentials may not go wherever they lead. A text tells why that came to no end. */
async function follow(
  address: string,
  etag: string | undefined,
  signal: AbortSignal,
  credentialHosts: readonly string[],
): Promise<HttpResponse | string> {
  if (!URL.canParse(address)) return "it is no URL";
  const { undiciTransport } = await import("@discogen/runtime");
  // The transport of generated clients, with the proxies of the environment; all of them share their connections.
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
    if (redirects === MAX_REDIRECTS) return `there are more than ${MAX_REDIRECTS} redirects`;
    if (!URL.canParse(target, url.href)) return "it redirects to what is no URL";
    const next = new URL(target, url);
    if (next.protocol !== "https:" && next.protocol !== url.protocol) return `it redirects to ${next.protocol}`;
    url = next;
  }
}

function basicOf({ username, password }: URL): string {
  return `Basic ${btoa(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`)}`;
}

/** Over TLS or on this machine alone, and only to Google's hosts or those listed. */
function credentialsFor(url: URL, hosts: readonly string[]): Readonly<Record<string, string>> {
  const isListed = hosts.includes(url.host) && (url.protocol === "https:" || isLoopback(url.hostname));
  if (!isListed && !isWithin(url, [GOOGLE])) return {};
  const { DISCOGEN_API_KEY: key, DISCOGEN_TOKEN: token } = process.env;
  return { ...(key && { "x-goog-api-key": key }), ...(token && { authorization: `Bearer ${token}` }) };
}

/** Whether the transport cannot use a setting of the environment. Its message shows no value, which may be a secret. */
function isOption(error: unknown): error is Error {
  return error instanceof Error && "code" in error && error.code === "INVALID_OPTION";
}

/** The message of the innermost cause: that of the error around it begins with the request, which is shown already. */
function causeOf(error: unknown): string {
  return error instanceof Error && error.cause instanceof Error ? causeOf(error.cause) : reasonOf(error);
}
