/**
 * Modules inside undici. Its index also loads fetch, WebSocket and caches, which triples the start-up time; these load
 * the agent alone. undici has no `exports` map, and the paths are the same in 7 and 8.
 */
interface AnyDispatcher {
  dispatch(options: object, handler: object): boolean;
}

declare module "undici/lib/api/api-connect.js" {
  const connect: (this: AnyDispatcher, options: object) => Promise<object>;
  export default connect;
}

declare module "undici/lib/core/symbols.js" {
  const symbols: { readonly kNoProxyAgent: symbol };
  export default symbols;
}

declare module "undici/lib/dispatcher/agent.js" {
  const Agent: new (options?: object) => AnyDispatcher;
  export default Agent;
}

declare module "undici/lib/dispatcher/agent.js" {
  const Agent: new (options?: object) => { dispatch(options: object, handler: object): boolean };
  export default Agent;
}

declare module "undici/lib/dispatcher/dispatcher-base.js" {
  const DispatcherBase: { readonly prototype: object };
  export default DispatcherBase;
}

declare module "undici/lib/dispatcher/env-http-proxy-agent.js" {
  const EnvHttpProxyAgent: new (options?: object) => AnyDispatcher;
  export default EnvHttpProxyAgent;
}

declare module "undici/lib/dispatcher/pool.js" {
  const Pool: new (origin: URL, options?: object) => AnyDispatcher;
  export default Pool;
}

declare module "undici/lib/global.js" {
  const global: { getGlobalDispatcher(): AnyDispatcher };
  export default global;
}
