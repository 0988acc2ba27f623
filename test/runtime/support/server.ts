/** Servers on real sockets, which record their requests. */
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** One request as the server received it. */
export interface Seen {
  readonly method: string;
  /** Path and query, still encoded. */
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface TestServer {
  /** Ends with a slash. */
  readonly url: string;
  readonly seen: Seen[];
  readonly server: Server;
}

export type Handler = (request: Seen, response: ServerResponse, index: number) => void | Promise<void>;

/** Starts a server that is stopped at the end of the test. */
export async function serve(handler: Handler): Promise<TestServer> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const one: Seen = {
        method: request.method ?? "",
        url: request.url ?? "",
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      seen.push(one);
      void handler(one, response, seen.length - 1);
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
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`, seen, server };
}

/** Responds with JSON. */
export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json; charset=UTF-8", ...headers });
  response.end(JSON.stringify(body));
}

/** A handler that returns one status after the other, and then always the last one. */
export function statuses(
  ...list: readonly (
    | number
    | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: unknown }
  )[]
): Handler {
  return (_request, response, index) => {
    const step = list[Math.min(index, list.length - 1)] ?? 200;
    const { body, headers, status } =
      typeof step === "number" ? { status: step, body: undefined, headers: undefined } : step;
    json(
      response,
      status,
      body ?? (status < 300 ? { ok: true } : { error: { code: status, message: `status ${String(status)}` } }),
      headers ?? {},
    );
  };
}
