/** A server on this machine that receives the redirect of a sign-in (RFC 8252 §7.3). */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { AuthError } from "../../errors.js";
import { codeOf } from "../../redact.js";
import { isLoopback } from "../../request/root-url.js";

/** The address that the server listens on. */
export interface LoopbackAddress {
  readonly hostname: string;
  /** 0 for a free port. */
  readonly port: number;
  readonly path: string;
}

/** A page to show in the browser. */
export interface Page {
  readonly status: number;
  readonly html: string;
}

export interface LoopbackServer {
  readonly port: number;
  /** Stops the server when the pages that it is sending are sent, at the latest after a second. */
  close(): Promise<void>;
}

/** Milliseconds to finish pages after the end. */
const closingTime = 1000;

const headers = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  connection: "close",
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/**
 * Starts a server for GET requests to one path. It rejects all other requests, such as those for an icon.
 *
 * @throws AuthError `CONSENT_PORT_UNAVAILABLE`
 */
export async function startLoopbackServer(
  address: LoopbackAddress,
  respond: (query: URLSearchParams) => Promise<Page>,
): Promise<LoopbackServer> {
  const open: Set<Promise<void>> = new Set();
  const server = createServer((request, response) => {
    const query = queryOf(request, address);
    if (query === undefined) return void response.writeHead(404, headers).end();
    const sent = send(respond(query), response);
    open.add(sent);
    void sent.finally(() => open.delete(sent));
  });
  const port = await listen(server, address);
  return { port, close: () => close(server, open) };
}

/** The query of a request for the path. `undefined` for requests that are not from the redirect. */
function queryOf(
  { headers, method, url = "" }: IncomingMessage,
  { path }: LoopbackAddress,
): URLSearchParams | undefined {
  // A page of another host that resolves to this machine must not read the pages of this server.
  if (method !== "GET" || !isLoopback((headers.host ?? "").replace(/:\d+$/, "").toLowerCase())) return undefined;
  const target = `http://127.0.0.1${url}`;
  if (!url.startsWith("/") || !URL.canParse(target)) return undefined;
  const { pathname, searchParams } = new URL(target);
  return pathname === path ? searchParams : undefined;
}

async function send(page: Promise<Page>, response: ServerResponse): Promise<void> {
  const { html, status } = await page;
  await new Promise<void>((resolve) => {
    response.once("close", resolve);
    response.writeHead(status, headers).end(html, resolve);
  });
}

function listen(server: Server, { hostname, port }: LoopbackAddress): Promise<number> {
  return new Promise((resolve, reject) => {
    server.on("error", (error) => reject(unavailable(port, codeOf(error))));
    server.listen({ host: hostname === "[::1]" ? "::1" : "127.0.0.1", port, exclusive: true }, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

function unavailable(port: number, code: string | undefined): AuthError {
  const place = port === 0 ? "a port of this machine" : `port ${String(port)} of this machine`;
  const reason =
    code === "EADDRINUSE"
      ? "another program uses it. Stop that program, or use another port. A web client needs a redirect URI with that port"
      : code === "EACCES"
        ? "the current user may not use it. Use a port above 1023"
        : (code ?? "unknown error");
  return new AuthError("CONSENT_PORT_UNAVAILABLE", `authorizeOnLoopback: cannot listen on ${place}: ${reason}`);
}

async function close(server: Server, open: ReadonlySet<Promise<void>>): Promise<void> {
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, closingTime);
  });
  await Promise.race([Promise.all(open), late]);
  clearTimeout(timer);
  // Browsers open connections in advance, which may never send a request.
  server.closeAllConnections();
  await closed;
}
