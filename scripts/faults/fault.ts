/** What a fault is: a call, and a server or a net that goes wrong. */
import type { Socket } from "node:net";
import type { ClientOptions } from "../../runtime/src/index.js";
import type { LibraryClient } from "../../test/runtime/support/library.js";

/** One row of the table. */
export interface Fault {
  /** What goes wrong. */
  readonly name: string;
  readonly call: Call;
  /** What the API's server does with its first request, its second, …; the last step goes on for ever. */
  readonly server?: readonly Step[];
  /** Signs in as a service account whose token endpoint does this. Default: no sign-in. */
  readonly tokens?: readonly Step[];
  /** Beside those of every row. */
  readonly options?: ClientOptions;
  /** How the server is reached, where that is what goes wrong. Default: plain TCP. */
  readonly network?: Network;
}

/**
 * `refused`: nothing listens. `refused once`: it listens from the second connection on. `no name`: the name server does
 * not know the host. `self-signed`: TLS with a certificate of its own. `broken TLS`: closed within the handshake.
 * `silent TLS`: the handshake never goes on.
 */
export type Network = "broken TLS" | "no name" | "refused once" | "refused" | "self-signed" | "silent TLS";

/** What the user does. */
export interface Call {
  readonly name: string;
  run(client: LibraryClient, signal: AbortSignal): PromiseLike<unknown>;
}

/** What a server does with one request. */
export type Step = (received: Received) => void;

/** One request at a server. */
export interface Received {
  readonly socket: Socket;
  /** Milliseconds since the request before this one. */
  readonly gap: number;
  /** Another host, with a slash at its end. */
  readonly elsewhere: string;
  /** Aborts the signal of the call. */
  abort(): void;
}
