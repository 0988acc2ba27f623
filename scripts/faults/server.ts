/** A server on plain sockets, which can misbehave in ways that Node's servers cannot, and counts requests. */
import { once } from "node:events";
import { type AddressInfo, type Server, type Socket, createServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { Network, Received, Step } from "./fault.js";
import { certificate, key } from "./self-signed.js";

export interface FaultyServer {
  /** The number of requests received so far. */
  requests(): number;
  /** The number of open connections. */
  connections(): number;
  /** Listens on this port, or on any free one. Resolves to the port. */
  listen(port?: number): Promise<number>;
  close(): Promise<void>;
}

/** Returns a server that performs one step per request, and repeats the last one. */
export function faultyServer(
  steps: readonly Step[],
  context: Pick<Received, "abort" | "elsewhere">,
  network?: Network,
): FaultyServer {
  const sockets = new Set<Socket>();
  let count = 0;
  let last = 0;
  const onRequest = (socket: Socket): void => {
    const now = performance.now();
    const received: Received = { ...context, socket, gap: now - last };
    last = now;
    steps[Math.min(count++, steps.length - 1)]?.(received);
  };
  const onConnection = (socket: Socket): void => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    // Errors are expected: this server breaks connections.
    socket.on("error", () => socket.destroy());
    if (network === "broken TLS") socket.once("data", () => socket.end());
    else if (network === "silent TLS") socket.resume();
    else readRequests(socket, onRequest);
  };
  const server: Server =
    network === "self-signed"
      ? createTlsServer({ cert: certificate, key }, onConnection)
      : createServer({ noDelay: true }, onConnection);
  return {
    requests: () => count,
    connections: () => sockets.size,
    listen: async (port = 0) => {
      await once(server.listen(port, "127.0.0.1"), "listening");
      return (server.address() as AddressInfo).port; // a TCP server's address
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      if (server.listening) await once(server.close(), "close");
    },
  };
}

/** Calls `onRequest` for each complete request, found by its head and `Content-Length`. */
function readRequests(socket: Socket, onRequest: (socket: Socket) => void): void {
  let text = "";
  socket.setEncoding("latin1");
  socket.on("data", (chunk: string) => {
    text += chunk;
    for (let end = text.indexOf("\r\n\r\n"); end !== -1; end = text.indexOf("\r\n\r\n")) {
      const length = Number(/^content-length: *(\d+)/im.exec(text.slice(0, end))?.[1] ?? 0);
      if (text.length < end + 4 + length) return;
      text = text.slice(end + 4 + length);
      onRequest(socket);
    }
  });
}
