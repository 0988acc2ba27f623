/** HTTP in and out: reads a request whole, sends an answer as JSON, and turns whatever is thrown into one. */
import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { type Answer, GoogleError } from "./google-error.js";

export interface HttpRequest {
  readonly verb: string;
  /** As it was sent: neither decoded nor normalized. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface ListenerOptions {
  readonly respond: (request: HttpRequest) => Answer | Promise<Answer>;
  /** Told of what should not happen: the request is answered with a 500. */
  readonly onError: (error: unknown) => void;
  /** Told of each request as its answer is sent. */
  readonly onAnswer: (request: { readonly verb: string; readonly path: string; readonly status: number }) => void;
}

/** Bytes of a request's body, at most. */
export const BODY_LIMIT = 10 * 1024 * 1024;
/** Characters of a request's path, at most: bounds what finding its route can cost. */
const PATH_LIMIT = 4096;

export function createListener({ respond, onError, onAnswer }: ListenerOptions): RequestListener {
  const answerTo = async (message: IncomingMessage): Promise<Answer | undefined> => {
    try {
      return await respond(await readRequest(message));
    } catch (error) {
      // The client has gone away: there is nobody to answer.
      if (message.destroyed && !message.complete) return undefined;
      if (error instanceof GoogleError) return error.answer;
      onError(error);
      return new GoogleError(500, "Internal error: the mock's own fault, told to its onError.").answer;
    }
  };
  return (message, response) => {
    answerTo(message)
      .then((answer) => {
        if (answer === undefined) return;
        onAnswer({ verb: message.method ?? "", path: splitTarget(message.url).path, status: answer.status });
        send(answer, response);
      })
      .catch((error: unknown) => {
        onError(error);
        response.destroy();
      });
  };
}

async function readRequest(message: IncomingMessage): Promise<HttpRequest> {
  const body = await readBody(message);
  return requestOf(message.method ?? "", message.url, message.headers, body);
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
  return { verb, path, query: new URLSearchParams(query), headers, body };
}

/** Splits by hand: `new URL` would resolve `..`, even encoded, before it could be refused. */
function splitTarget(target = "/"): { readonly path: string; readonly query: string } {
  const local = target.replace(/^https?:\/\/[^/?#]*/i, "");
  const [path = ""] = local.split("?", 1);
  return { path, query: local.slice(path.length + 1) };
}

/** A body that is too large is read to its end all the same, but not kept: a client that still writes would miss the answer. */
async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message) {
    // Without an encoding set, the chunks are Buffers; the type of the iterator does not say so.
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size <= BODY_LIMIT) chunks.push(bytes);
    else chunks.length = 0;
  }
  if (size > BODY_LIMIT) throw new GoogleError(413, `The request body is larger than ${BODY_LIMIT} bytes.`);
  return Buffer.concat(chunks);
}

function send(answer: Answer, response: ServerResponse): void {
  const { headers, text } = contentOf(answer);
  response.writeHead(answer.status, headers);
  response.end(text);
}

/** The text of an answer, and its header fields. */
export function contentOf({ body, text, headers }: Answer): {
  readonly text: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
} {
  const content = text ?? (body === undefined ? undefined : `${JSON.stringify(body, null, 2)}\n`);
  const length = content === undefined ? {} : { "content-length": String(Buffer.byteLength(content)) };
  const type = body === undefined ? {} : { "content-type": "application/json; charset=UTF-8" };
  return { text: content, headers: { ...type, ...length, ...headers } };
}
