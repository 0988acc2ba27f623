/**
 * The part of undici that is compiled into the builds for Node. Only this file imports modules inside undici, because
 * its index also loads fetch, WebSocket and caches, which takes three times as long. `bundle/undici.js` compiles these
 * modules from an exactly pinned version.
 */
import type { Socket } from "node:net";

export { default as buildConnector } from "undici/lib/core/connect.js";
export { default as Agent } from "undici/lib/dispatcher/agent.js";
export { default as Pool } from "undici/lib/dispatcher/pool.js";

/** Opens connections. The type of the option `connect` of agents. */
export type Connector = (options: object, callback: (error: Error | null, socket: Socket | null) => void) => Socket;

/** The part of a dispatcher that is used here. */
interface Dispatcher {
  dispatch(options: object, handler: object): boolean;
}

/** The modules for proxies. */
export interface ProxyModules {
  readonly EnvHttpProxyAgent: new (options: object) => Dispatcher;
  /** Only undici's index, which is not loaded, adds this method to dispatchers. */
  readonly connect: (this: Dispatcher, options: object) => Promise<object>;
}

/** Loaded with the first request that may need a proxy. */
export async function loadProxyModules(): Promise<ProxyModules> {
  // One after the other: Jest on Node 20 cannot load two modules with shared imports at the same time.
  const { default: EnvHttpProxyAgent } = await import("undici/lib/dispatcher/env-http-proxy-agent.js");
  const { default: connect } = await import("undici/lib/api/api-connect.js");
  return { EnvHttpProxyAgent, connect };
}
