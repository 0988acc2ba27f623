/**
 * A server for Google's resumable uploads, written from the public description of the protocol. A POST opens a session.
 * PUTs send chunks, each of which begins where the last one ended. All but the last are multiples of 256 KiB. A 308 with
 * `Range` reports what has arrived. The server compares the content with the pattern and does not keep it.
 */
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { PatternError, expectPattern } from "./pattern.js";

const granularity = 256 * 1024;

/** One request and the size of its body. */
export interface Step {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly range: string | undefined;
  readonly size: number;
}

/** How the server fails a request. */
export type Fault =
  /** Responds immediately with this status, and keeps nothing of the request. */
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** Keeps this many bytes of the content, rounded down to granules, and then closes the connection. */
  | { readonly cutAfter: number }
  /** Keeps the chunk and closes the connection without a response. */
  | "cut before the response"
  /** Keeps this many bytes of the chunk and responds as if that were all. */
  | { readonly keep: number }
  /** Forgets the session. */
  | "forget"
  /** Forgets what has arrived. */
  | "lose everything";

export interface UploadServerOptions {
  /** Called for each request. */
  readonly fault?: (step: Omit<Step, "size">, index: number) => Fault | undefined;
  /** The `Location` of the session. Default: an absolute URL on this server. */
  readonly location?: (origin: string, path: string) => string;
}

export interface UploadServer {
  readonly url: string;
  readonly steps: Step[];
  /** Bytes that have arrived in the last session. */
  readonly arrived: () => number;
  readonly metadata: () => string;
  readonly finished: () => boolean;
}

interface Session {
  arrived: number;
  finished: boolean;
}

export async function uploadServer(options: UploadServerOptions = {}): Promise<UploadServer> {
  const steps: Step[] = [];
  const sessions = new Map<string, Session>();
  let last: Session = { arrived: 0, finished: false };
  let metadata = "";

  const begin = async (request: IncomingMessage, response: ServerResponse): Promise<number> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer); // no encoding is set
    metadata = Buffer.concat(chunks).toString();
    const id = `session-${String(sessions.size + 1)}`;
    last = { arrived: 0, finished: false };
    sessions.set(id, last);
    const origin = `http://${request.headers.host ?? ""}`;
    const path = `${request.url ?? ""}&upload_id=${id}`;
    response
      .writeHead(200, {
        location: options.location?.(origin, path) ?? origin + path,
        "content-length": "0",
        "access-control-expose-headers": "*",
      })
      .end();
    return metadata.length;
  };

  const put = async (
    request: IncomingMessage,
    response: ServerResponse,
    session: Session,
    fault: Fault | undefined,
  ): Promise<number> => {
    const range = request.headers["content-range"];
    const part = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(range ?? "");
    const question = /^bytes \*\/(\d+|\*)$/.exec(range ?? "");
    const start = part === null ? 0 : Number(part[1]);
    const total = part?.[3] ?? question?.[1] ?? request.headers["content-length"] ?? "*";
    const isLast = part !== null && part[3] !== "*" && Number(part[2]) + 1 === Number(part[3]);
    if (part !== null && start !== session.arrived)
      return refuse(request, response, `part begins at ${String(start)}, not ${String(session.arrived)}`);
    const most = limitOf(fault);
    let size = 0;
    try {
      for await (const chunk of request.iterator({ destroyOnReturn: false })) {
        const bytes = chunk as Buffer; // no encoding is set
        expectPattern(start + size, bytes);
        size += bytes.length;
        if (isCut(fault) && size >= fault.cutAfter) break;
      }
    } catch (error) {
      if (error instanceof PatternError) return refuse(request, response, error.message);
    }
    if (part !== null && !isLast && most === undefined && size % granularity !== 0)
      return refuse(request, response, `part of ${String(size)} bytes is not a multiple of 256 KiB`);
    session.arrived += most === undefined ? size : Math.floor(Math.min(size, most) / granularity) * granularity;
    if (String(session.arrived) === total) session.finished = true;
    if (fault === "cut before the response" || isCut(fault)) return cut(request, size);
    respond(request, response, session);
    return size;
  };

  const server = createServer((request, response) => {
    const step = {
      method: request.method ?? "",
      url: request.url ?? "",
      headers: request.headers,
      range: request.headers["content-range"],
    };
    const index = steps.length;
    steps.push({ ...step, size: 0 });
    const fault = options.fault?.(step, index);
    const id = new URL(step.url, "http://x").searchParams.get("upload_id") ?? "";
    if (fault === "forget") sessions.delete(id);
    const session = sessions.get(id);
    if (fault === "lose everything" && session !== undefined) session.arrived = 0;
    const handle = (): Promise<number> => {
      if (typeof fault === "object" && "status" in fault)
        return refuse(request, response, "requested by the test", fault.status, fault.headers);
      if (id === "") return begin(request, response);
      if (session === undefined) return refuse(request, response, "unknown session", 404);
      if (step.method === "DELETE") {
        sessions.delete(id);
        return refuse(request, response, "cancelled", 499);
      }
      if (session.finished) return refuse(request, response, "", 200);
      return put(request, response, session, fault);
    };
    void handle().then((size) => {
      steps[index] = { ...step, size };
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const { port } = server.address() as AddressInfo; // it listens on a port
  return {
    url: `http://127.0.0.1:${String(port)}/`,
    steps,
    arrived: () => last.arrived,
    metadata: () => metadata,
    finished: () => last.finished,
  };
}

/** The maximum number of bytes of a chunk that are kept; `undefined`: all. */
function limitOf(fault: Fault | undefined): number | undefined {
  if (typeof fault !== "object") return undefined;
  if ("keep" in fault) return fault.keep;
  return isCut(fault) ? fault.cutAfter : undefined;
}

function isCut(fault: Fault | undefined): fault is { readonly cutAfter: number } {
  return typeof fault === "object" && "cutAfter" in fault;
}

function respond({ headers }: IncomingMessage, response: ServerResponse, { arrived, finished }: Session): void {
  if (finished) {
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify({ name: "made", size: String(arrived) }));
    return;
  }
  const range: Record<string, string> = arrived === 0 ? {} : { range: `bytes=0-${String(arrived - 1)}` };
  const fields = { ...range, "content-length": "0", "access-control-expose-headers": "*" };
  // Google's servers support this header for clients that cannot read a 308.
  if (headers["x-guploader-no-308"] === "yes")
    response.writeHead(200, { ...fields, "x-http-status-code-override": "308" }).end();
  else response.writeHead(308, fields).end();
}

async function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  message: string,
  status = 400,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  let size = 0;
  try {
    for await (const chunk of request) size += (chunk as Buffer).length; // no encoding is set
  } catch {
    return size;
  }
  const body = status === 200 ? { name: "made" } : { error: { code: status, message } };
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
  return size;
}

function cut(request: IncomingMessage, size: number): number {
  request.socket.resetAndDestroy();
  return size;
}
