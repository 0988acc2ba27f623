/** Transports with their own connections, for requests that must leave no open connection. */
import type { Socket } from "node:net";
import { isFetchChosen } from "../transport-choice.js";
import { fetchTransport } from "../fetch.js";
import { headerLimit } from "../header-limit.js";
import type { Transport } from "../transport.js";
import { undiciTransport } from "../undici.js";
import { Agent, buildConnector, type Connector } from "../undici/inner.js";

export interface IsolatedTransport {
  readonly transport: Transport;
  /** Closes all connections immediately, including those that are not established yet. */
  destroy(): void;
}

/**
 * Returns a transport that ignores the global dispatcher and the proxies of the environment. Each connection ends with
 * its response.
 *
 * @param tls Options of `tls.connect`, for example a certificate. With them the transport always uses undici.
 */
export function isolatedTransport(tls?: object): IsolatedTransport {
  if (tls === undefined && isFetchChosen()) return { transport: fetchTransport(), destroy: () => undefined };
  const sockets = new Set<Socket>();
  const connector = buildConnector({ ...tls });
  const connect: Connector = (options, callback) => {
    const socket = connector(options, callback);
    sockets.add(socket);
    return socket.once("close", () => sockets.delete(socket));
  };
  const agent = new Agent({ ...headerLimit(), connect, pipelining: 0 });
  const destroy = (): void => {
    void agent.destroy();
    // undici waits for pending connections, which would keep the process alive.
    for (const socket of sockets) socket.destroy();
  };
  return { transport: undiciTransport(agent), destroy };
}
