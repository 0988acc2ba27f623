/** A server for batches on a real socket. It implements the protocol without code of the runtime. */
import type { ServerResponse } from "node:http";
import { type Seen, serve, type TestServer } from "../support/server.js";

/** One request of a batch. */
export interface Part {
  readonly contentId: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The response to a part. A body that is not a string is sent as JSON. */
export interface PartResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface BatchServer extends TestServer {
  /** The parts of each batch, in the order of arrival. */
  readonly batches: Part[][];
  /** Requests that are not batches. */
  readonly single: Seen[];
}

/** Responds to each part. `single` responds to requests that are not batches. */
export async function serveBatches(
  respond: (part: Part, batch: number) => PartResponse,
  single: (request: Seen, response: ServerResponse) => void = (_request, response) => response.writeHead(404).end(),
): Promise<BatchServer> {
  return serveRaw((parts, response, batch) => respondWith(response, parts, (part) => respond(part, batch)), single);
}

/** Lets the test write the complete response. */
export async function serveRaw(
  respond: (parts: Part[], response: ServerResponse, batch: number) => void,
  onSingle: (request: Seen, response: ServerResponse) => void = (_request, response) => response.writeHead(404).end(),
): Promise<BatchServer> {
  const batches: Part[][] = [];
  const single: Seen[] = [];
  const server = await serve((request, response) => {
    if (!request.url.endsWith("/batch")) {
      single.push(request);
      onSingle(request, response);
      return;
    }
    const parts = partsOf(request);
    batches.push(parts);
    respond(parts, response, batches.length - 1);
  });
  return { ...server, batches, single };
}

export function respondWith(
  response: ServerResponse,
  parts: readonly Part[],
  respond: (part: Part) => PartResponse,
): void {
  const text = parts.map((part) => `--b0undary\r\n${partText(part.contentId, respond(part))}\r\n`);
  response.writeHead(200, { "content-type": 'multipart/mixed; boundary="b0undary"' });
  response.end(`${text.join("")}--b0undary--\r\n`);
}

/** A part of a response in Google's format. */
export function partText(contentId: string, { body, headers = {}, status }: PartResponse): string {
  const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
  const fields = Object.entries({ "Content-Type": "application/json; charset=UTF-8", ...headers });
  return [
    "Content-Type: application/http",
    `Content-ID: ${contentId.replace("<", "<response-")}`,
    "",
    `HTTP/1.1 ${String(status)} Whatever`,
    ...fields.map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${String(Buffer.byteLength(text))}`,
    "",
    text,
  ].join("\r\n");
}

/** Returns the requests of a batch. Throws if it violates the protocol. */
export function partsOf({ body, headers }: Pick<Seen, "body" | "headers">): Part[] {
  const boundary = /^multipart\/mixed; boundary=([\w-]+)$/.exec(headers["content-type"] ?? "")?.[1];
  if (boundary === undefined) throw new Error(`no batch: ${String(headers["content-type"])}`);
  const segments = `\r\n${body}`.split(`\r\n--${boundary}`);
  if (segments.shift() !== "") throw new Error("text before the first part");
  if (segments.pop() !== "--\r\n") throw new Error("the last part is not closed");
  return segments.map((segment) => {
    if (!segment.startsWith("\r\n")) throw new Error("a boundary that does not end its line");
    const [outer = "", inner = "", ...more] = segment.slice(2).split("\r\n\r\n");
    const fields = fieldsOf(outer.split("\r\n"));
    if (fields["content-type"] !== "application/http") throw new Error("a part that is not application/http");
    const [line = "", ...innerFields] = inner.split("\r\n");
    const [, method, path] = /^([A-Z]+) (\/\S*) HTTP\/1\.1$/.exec(line) ?? [];
    if (method === undefined || path === undefined) throw new Error(`no request line: ${line}`);
    const part = { method, path, headers: fieldsOf(innerFields), body: more.join("\r\n\r\n") };
    const length = Number(part.headers["content-length"] ?? 0);
    if (Buffer.byteLength(part.body) !== length) throw new Error(`${line}: a body that is not ${String(length)} bytes`);
    return { ...part, contentId: fields["content-id"] ?? "" };
  });
}

function fieldsOf(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => {
      const [, name, value] = /^([\w-]+): (.*)$/.exec(line) ?? [];
      if (name === undefined || value === undefined) throw new Error(`no header field: ${line}`);
      return [name.toLowerCase(), value];
    }),
  );
}
