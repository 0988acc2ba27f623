/** Types of the modules inside undici that `inner.ts` imports. undici declares types only for its index. */
interface AnyDispatcher {
  dispatch(options: object, handler: object): boolean;
}

interface DestroyableDispatcher extends AnyDispatcher {
  destroy(): Promise<void>;
}

declare module "undici/lib/api/api-connect.js" {
  const connect: (this: AnyDispatcher, options: object) => Promise<object>;
  export default connect;
}

declare module "undici/lib/core/connect.js" {
  import type { Socket } from "node:net";
  type Connector = (options: object, callback: (error: Error | null, socket: Socket | null) => void) => Socket;
  const buildConnector: (options: object) => Connector;
  export default buildConnector;
}

declare module "undici/lib/dispatcher/agent.js" {
  const Agent: new (options?: object) => DestroyableDispatcher;
  export default Agent;
}

declare module "undici/lib/dispatcher/env-http-proxy-agent.js" {
  const EnvHttpProxyAgent: new (options?: object) => AnyDispatcher;
  export default EnvHttpProxyAgent;
}

declare module "undici/lib/dispatcher/pool.js" {
  const Pool: new (origin: URL, options?: object) => AnyDispatcher;
  export default Pool;
}
