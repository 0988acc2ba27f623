/** Transports with connections of their own, for requests that must leave no connection behind. */
import type { Socket } from "node:net";
import { isFetchChosen } from "./transport-choice.js";
import { fetchTransport } from "./fetch.js";
import { headerLimit } from "./header-limit.js";
import type { Transport } from "./transport.js";
import { undiciTransport } from "./undici.js";
import { Agent, buildConnector, type Connector } from "./undici/inner.js";

export interface IsolatedTransport {
  readonly transport: Transport;
  /** Ends all connections at once, those too that are still being made. */
  destroy(): void;
}

/**
 * A transport that reads neither the global dispatcher nor proxies of the environment. Each connection ends with its
 * response.
 *
 * @param tls Options of `tls.connect`, for instance a certificate. With them it is always undici.
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
    // undici waits for a connection that is being made, which keeps the process alive.
    for (const socket of sockets) socket.destroy();
  };
  return { transport: undiciTransport(agent), destroy };
}
