/** HTTP input and output: reads a complete request, sends the response, and turns thrown errors into responses. */
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import type { Cors } from "./cors.js";
import { isWaiting, mayBeLarge, readBody } from "./bodies.js";
import type { Fault } from "./faults.js";
import { type HttpResponse, GoogleError } from "./google-error.js";
import { type HttpRequest, requestOf, splitTarget } from "./request.js";

export interface ListenerOptions {
  readonly respond: (request: HttpRequest) => HttpResponse | Promise<HttpResponse>;
  /** Throws if the headers of a request already decide that it is rejected. Default: reads every body first. */
  readonly admit?: (head: HttpRequest) => void;
  /** Returns the fault to apply to a request. Default: none. */
  readonly faultOf?: (path: string, query: URLSearchParams) => Fault | undefined;
  /** Delay before each response, in milliseconds. Default: 0. */
  readonly latency?: number;
  /** Which web pages may call the server. Default: no CORS headers. */
  readonly cors?: Cors | undefined;
  /** Called with unexpected errors. The client receives a 500. */
  readonly onError: (error: unknown) => void;
  /** Called for each request when its response is sent. */
  readonly onResponse: (request: { readonly verb: string; readonly path: string; readonly status: number }) => void;
}

/** Response headers by name. */
type Headers = Readonly<Record<string, string>>;

export function createListener({
  respond,
  admit = () => {},
  faultOf = () => undefined,
  latency = 0,
  cors,
  onError,
  onResponse,
}: ListenerOptions): RequestListener {
  // Unreferenced, so that a closed mock does not keep the process alive.
  const pause = () => (latency > 0 ? setTimeout(latency, undefined, { ref: false }) : undefined);
  const respondTo = async (
    message: IncomingMessage,
    response: ServerResponse,
    fault: Fault | undefined,
  ): Promise<HttpResponse | undefined> => {
    try {
      if (fault === undefined && mayBeLarge(message)) await admitMessage(message, response);
      if (isWaiting(message)) response.writeContinue();
      const request = await readRequest(message, fault);
      await pause();
      if (fault?.status !== undefined)
        throw new GoogleError(fault.status, "This error was requested through the mock's faults.");
      // An upload session stores the bytes of an interrupted request. Other interrupted requests have no effect.
      if (request.isCut === true && !request.query.has("upload_id")) return undefined;
      return await respond(request);
    } catch (error) {
      // The client closed the connection, so no response can be sent.
      if (message.destroyed && !message.complete) return undefined;
      if (error instanceof GoogleError) return error.response;
      onError(error);
      return new GoogleError(500, "Internal error in the mock. Details were passed to onError.").response;
    }
  };
  const admitMessage = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    // The method and the parameters of such a request can be in its body.
    if ("x-http-method-override" in message.headers) return;
    try {
      admit(requestOf(message.method ?? "", message.url, message.headers, Buffer.alloc(0)));
    } catch (error) {
      // A client that waits for permission may send its next request in place of the body.
      if (isWaiting(message)) response.setHeader("connection", "close");
      await pause();
      throw error;
    }
  };
  return (message, response) => {
    const shared = cors?.headersFor(message);
    // Browsers decide when to send a preflight, so it does not consume a fault and is not logged.
    const preflight = cors?.preflight(message);
    if (preflight !== undefined) return send(preflight, response, shared);
    const { path, query } = splitTarget(message.url);
    const fault = faultOf(path, new URLSearchParams(query));
    respondTo(message, response, fault)
      .then((result) => {
        if (fault?.cutAfter !== undefined) return cut(response, result, fault.cutAfter, shared);
        if (result === undefined) return;
        onResponse({ verb: message.method ?? "", path: splitTarget(message.url).path, status: result.status });
        send(result, response, shared);
      })
      .catch((error: unknown) => {
        onError(error);
        response.destroy();
      });
  };
}

/** Returns a request. Its body is decompressed, so no header says that it is compressed. */
async function readRequest(message: IncomingMessage, fault: Fault | undefined): Promise<HttpRequest> {
  const cutAfter = fault?.on === "upload" ? fault.cutAfter : undefined;
  const body = await readBody(message, cutAfter);
  const { "content-encoding": _encoding, ...headers } = message.headers;
  return { ...requestOf(message.method ?? "", message.url, headers, body), isCut: cutAfter !== undefined };
}

/** Closes the connection before a response, or after `after` bytes of a longer one. */
function cut(
  response: ServerResponse,
  { status, bytes, headers }: Partial<HttpResponse> = {},
  after: number,
  shared: Headers | undefined,
): void {
  if (status === undefined || bytes === undefined) return void response.socket?.resetAndDestroy();
  sendHead(response, status, { "content-length": String(bytes.length), ...headers }, shared);
  response.write(bytes.subarray(0, after), () => response.socket?.end());
}

function send(result: HttpResponse, response: ServerResponse, shared: Headers | undefined): void {
  const { content, headers } = contentOf(result);
  sendHead(response, result.status, headers, shared);
  response.end(content);
}

/** Writes status and headers. Response headers replace shared ones, except `vary`, which gets both values. */
function sendHead(response: ServerResponse, status: number, headers: Headers, shared: Headers = {}): void {
  for (const [name, value] of Object.entries(shared)) response.setHeader(name, value);
  for (const [name, value] of Object.entries(headers)) {
    if (name.toLowerCase() === "vary") response.appendHeader(name, value);
    else response.setHeader(name, value);
  }
  response.writeHead(status);
}

/** Returns the content of a response and its headers. */
export function contentOf({ body, bytes, headers }: HttpResponse): {
  readonly content: Buffer | undefined;
  readonly headers: Headers;
} {
  const content = bytes ?? (body === undefined ? undefined : Buffer.from(`${JSON.stringify(body, null, 2)}\n`));
  const length = content === undefined ? {} : { "content-length": String(content.length) };
  const type = body === undefined ? {} : { "content-type": "application/json; charset=UTF-8" };
  return { content, headers: { ...type, ...length, ...headers } };
}
