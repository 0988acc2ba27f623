/** HTTP in and out: reads a request whole, sends an answer as JSON, and turns whatever is thrown into one. */
import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import type { Cors } from "./cors.js";
import { type Fault, isUpload } from "./faults.js";
import { type Answer, GoogleError } from "./google-error.js";

export interface HttpRequest {
  readonly verb: string;
  /** As it was sent: neither decoded nor normalized. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The rest of the body never came. */
  readonly isCut?: boolean;
}

export interface ListenerOptions {
  readonly respond: (request: HttpRequest) => Answer | Promise<Answer>;
  /** What shall go wrong with a request. Default: nothing. */
  readonly faultOf?: (path: string, query: URLSearchParams) => Fault | undefined;
  /** Milliseconds that pass before each answer. Default: 0. */
  readonly latency?: number;
  /** Which web pages may call the server. Default: no CORS headers. */
  readonly cors?: Cors | undefined;
  /** Told of what should not happen: the request is answered with a 500. */
  readonly onError: (error: unknown) => void;
  /** Told of each request as its answer is sent. */
  readonly onAnswer: (request: { readonly verb: string; readonly path: string; readonly status: number }) => void;
}

/** Response headers by name. */
type Headers = Readonly<Record<string, string>>;

/** Bytes of a request's body, at most. */
export const BODY_LIMIT = 10 * 1024 * 1024;
/** Bytes of content in one request, at most: it is kept in memory. */
export const UPLOAD_LIMIT = 256 * 1024 * 1024;
/** Characters of a request's path, at most: bounds what finding its route can cost. */
const PATH_LIMIT = 4096;

export function createListener({
  respond,
  faultOf = () => undefined,
  latency = 0,
  cors,
  onError,
  onAnswer,
}: ListenerOptions): RequestListener {
  const answerTo = async (message: IncomingMessage, fault: Fault | undefined): Promise<Answer | undefined> => {
    try {
      const request = await readRequest(message, fault);
      // A mock that was closed meanwhile keeps no process alive.
      if (latency > 0) await setTimeout(latency, undefined, { ref: false });
      if (fault?.status !== undefined) throw new GoogleError(fault.status, "The mock was asked to fail.");
      // Of a part that was cut off, a session keeps what it has; nothing else is done with half a request.
      if (request.isCut === true && !request.query.has("upload_id")) return undefined;
      return await respond(request);
    } catch (error) {
      // The client has gone away: there is nobody to answer.
      if (message.destroyed && !message.complete) return undefined;
      if (error instanceof GoogleError) return error.answer;
      onError(error);
      return new GoogleError(500, "Internal error: the mock's own fault, told to its onError.").answer;
    }
  };
  return (message, response) => {
    const shared = cors?.headersFor(message);
    // Browsers decide when to send a preflight, so it uses up no fault and is not logged.
    const preflight = cors?.preflight(message);
    if (preflight !== undefined) return send(preflight, response, shared);
    const { path, query } = splitTarget(message.url);
    const fault = faultOf(path, new URLSearchParams(query));
    answerTo(message, fault)
      .then((answer) => {
        if (fault?.cutAfter !== undefined) return cut(response, answer, fault.cutAfter, shared);
        if (answer === undefined) return;
        onAnswer({ verb: message.method ?? "", path: splitTarget(message.url).path, status: answer.status });
        send(answer, response, shared);
      })
      .catch((error: unknown) => {
        onError(error);
        response.destroy();
      });
  };
}

async function readRequest(message: IncomingMessage, fault: Fault | undefined): Promise<HttpRequest> {
  const query = new URLSearchParams(splitTarget(message.url).query);
  const cutAfter = fault?.on === "upload" ? fault.cutAfter : undefined;
  const body = await readBody(message, isUpload(query) ? UPLOAD_LIMIT : BODY_LIMIT, cutAfter);
  const isCut = cutAfter !== undefined;
  return { ...requestOf(message.method ?? "", message.url, message.headers, body), isCut };
}

/** @throws {GoogleError} for a target that is too long */
export function requestOf(
  verb: string,
  target: string | undefined,
  headers: IncomingHttpHeaders,
  body: Buffer,
): HttpRequest {
  const { path, query } = splitTarget(target);
  if (path.length > PATH_LIMIT) throw new GoogleError(414, `The path is longer than ${PATH_LIMIT} characters.`);
  return { verb, path, query: new URLSearchParams(query), headers, body, isCut: false };
}

/** Breaks the connection: before an answer, or behind so many bytes of one that promises more. */
function cut(
  response: ServerResponse,
  { status, bytes, headers }: Partial<Answer> = {},
  after: number,
  shared: Headers | undefined,
): void {
  if (status === undefined || bytes === undefined) return void response.socket?.resetAndDestroy();
  sendHead(response, status, { "content-length": String(bytes.length), ...headers }, shared);
  response.write(bytes.subarray(0, after), () => response.socket?.end());
}

/** Splits by hand: `new URL` would resolve `..`, even encoded, before it could be refused. */
function splitTarget(target = "/"): { readonly path: string; readonly query: string } {
  const local = target.replace(/^https?:\/\/[^/?#]*/i, "");
  const [path = ""] = local.split("?", 1);
  return { path, query: local.slice(path.length + 1) };
}

/**
 * A body that is too large is read to its end all the same, but not kept: a client that still writes would miss the
 * answer. One that is to be cut is not read on.
 */
async function readBody(message: IncomingMessage, limit: number, cutAfter = Infinity): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message.iterator({ destroyOnReturn: false })) {
    // Without an encoding set, the chunks are Buffers; the type of the iterator does not say so.
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size <= limit) chunks.push(bytes);
    else chunks.length = 0;
    if (size >= cutAfter) return Buffer.concat(chunks).subarray(0, cutAfter);
  }
  if (size > limit) throw new GoogleError(413, `The request body is larger than ${limit} bytes.`);
  return Buffer.concat(chunks);
}

function send(answer: Answer, response: ServerResponse, shared: Headers | undefined): void {
  const { content, headers } = contentOf(answer);
  sendHead(response, answer.status, headers, shared);
  response.end(content);
}

/** Writes status and headers. The headers of the answer replace the shared ones; `vary` has the values of both. */
function sendHead(response: ServerResponse, status: number, headers: Headers, shared: Headers = {}): void {
  for (const [name, value] of Object.entries(shared)) response.setHeader(name, value);
  for (const [name, value] of Object.entries(headers)) {
    if (name.toLowerCase() === "vary") response.appendHeader(name, value);
    else response.setHeader(name, value);
  }
  response.writeHead(status);
}

/** The content of an answer, and its header fields. */
export function contentOf({ body, bytes, headers }: Answer): {
  readonly content: Buffer | undefined;
  readonly headers: Headers;
} {
  const content = bytes ?? (body === undefined ? undefined : Buffer.from(`${JSON.stringify(body, null, 2)}\n`));
  const length = content === undefined ? {} : { "content-length": String(content.length) };
  const type = body === undefined ? {} : { "content-type": "application/json; charset=UTF-8" };
  return { content, headers: { ...type, ...length, ...headers } };
}
