/**
 * Modules inside undici. Its index also loads fetch, WebSocket and caches, which triples the start-up time; these load
 * the agent alone. undici has no `exports` map, and both paths are the same in 7 and 8.
 */
declare module "undici/lib/global.js" {
  const global: { getGlobalDispatcher(): { dispatch(options: object, handler: object): boolean } };
  export default global;
}

declare module "undici/lib/dispatcher/agent.js" {
  const Agent: new (options?: object) => { dispatch(options: object, handler: object): boolean };
  export default Agent;
}

declare module "undici/lib/dispatcher/dispatcher-base.js" {
  const DispatcherBase: { readonly prototype: object };
  export default DispatcherBase;
}
