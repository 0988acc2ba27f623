/** A fault: a call, and a server or a network that misbehaves. */
import type { Socket } from "node:net";
import type { ClientOptions } from "../../runtime/src/index.js";
import type { LibraryClient } from "../../test/runtime/support/library.js";

/** One row of the table. */
export interface Fault {
  /** A short description. */
  readonly name: string;
  readonly call: Call;
  /** What the API's server does with the first request, the second, and so on. The last step repeats. */
  readonly server?: readonly Step[];
  /** What the token endpoint of a service account does. Default: no authentication. */
  readonly tokens?: readonly Step[];
  /** In addition to those of all rows. */
  readonly options?: ClientOptions;
  /** A fault of the connection. Default: plain TCP. */
  readonly network?: Network;
}

/**
 * `refused`: no server listens. `refused once`: the server listens from the second connection. `no name`: the name
 * server does not know the host. `self-signed`: TLS with a self-signed certificate. `broken TLS`: closed within the
 * handshake. `silent TLS`: the handshake never completes.
 */
export type Network = "broken TLS" | "no name" | "refused once" | "refused" | "self-signed" | "silent TLS";

/** A call of the user. */
export interface Call {
  readonly name: string;
  run(client: LibraryClient, signal: AbortSignal): PromiseLike<unknown>;
}

/** What a server does with one request. */
export type Step = (received: Received) => void;

/** One request at a server. */
export interface Received {
  readonly socket: Socket;
  /** Milliseconds since the previous request. */
  readonly gap: number;
  /** The URL of another host, with a trailing slash. */
  readonly elsewhere: string;
  /** Aborts the signal of the call. */
  abort(): void;
}
