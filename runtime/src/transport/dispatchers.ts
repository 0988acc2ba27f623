/**
 * Which of undici's dispatchers sends a request. Loaded with the second call, and undici with it.
 *
 * The caller's, if there is one. Else the global one, or one of our own where that alone can do it: for proxies of the
 * environment and for client certificates. Ours are made once and shared by all clients, since they keep connections.
 */
import type { SecureContext } from "node:tls";
import symbols from "undici/lib/core/symbols.js";
import Agent from "undici/lib/dispatcher/agent.js";
import DispatcherBase from "undici/lib/dispatcher/dispatcher-base.js";
import globals from "undici/lib/global.js";
import { printable, redact } from "../redact.js";
import { readCertificate, unusable } from "./certificate-file.js";
import type { CertificateSource } from "./client-certificate.js";
import { isDefaultDispatcher } from "./default-dispatcher.js";
import { type Proxies, isDirect, readProxies } from "./proxies.js";
import { exchange } from "./sender.js";
import type { HttpRequest, Transport } from "./transport.js";
import type { Dispatcher } from "./dispatcher.js";

/** The dispatcher for a request to this origin. */
type Choose = (origin: string) => Dispatcher;

/** Connections that present the same certificate, or none. */
interface Connections {
  readonly secureContext: SecureContext | undefined;
  /** Without a proxy. */
  direct(): Dispatcher;
  /** By what the environment says. */
  readonly proxied: Map<string, Dispatcher>;
}

// The global dispatcher is asked for each time: a test or a proxy may be set at any moment.
const ordinary: Connections = { secureContext: undefined, direct: globals.getGlobalDispatcher, proxied: new Map() };

const certified: WeakMap<CertificateSource, Promise<Connections>> = new WeakMap();

/** Reads the environment and certificate files. Throws an `InvalidRequestError` where they are of no use. */
export async function senderOver(
  given: Dispatcher | undefined,
  certificate: CertificateSource | undefined,
): Promise<Transport["send"]> {
  const choose = await chooseDispatcher(given, certificate);
  return (request) => {
    const dispatcher = choose(request.origin);
    return exchange(dispatcher, isPlain(dispatcher), framed(request));
  };
}

/**
 * The body of a GET or DELETE as a stream of known length, which undici frames over HTTP/1.1 and HTTP/2 alike. Given as
 * bytes for HTTP/2, it fails an assertion in undici that ends the process.
 */
function framed(request: HttpRequest): HttpRequest {
  const { body, headers, method } = request;
  if (body === undefined || method.startsWith("P")) return request;
  if (typeof body !== "string" && !(body instanceof Uint8Array)) return request;
  const bytes = Buffer.from(body);
  if (bytes.length === 0) return { ...request, body: undefined };
  return { ...request, headers: { "content-length": String(bytes.length), ...headers }, body: once(bytes) };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}

/** How the plain dispatchers of our own undici, which is version 7, dispatch: `Agent`, `Pool`, `Client`. */
const plainDispatch: unknown = Reflect.get(DispatcherBase.prototype, "dispatch");

/**
 * Plain dispatchers take an exchange as it is, which spares them to parse headers that nobody reads, and leave the
 * request's headers alone. The one for the environment's proxies changes them though its `dispatch` is the plain one.
 */
function isPlain(dispatcher: Dispatcher): boolean {
  return dispatcher.dispatch === plainDispatch && !(symbols.kNoProxyAgent in dispatcher);
}

async function chooseDispatcher(
  given: Dispatcher | undefined,
  certificate: CertificateSource | undefined,
): Promise<Choose> {
  if (given !== undefined) return () => given;
  const connections = certificate === undefined ? ordinary : await connectionsWith(certificate);
  const proxies = readProxies();
  if (proxies === undefined) return connections.direct;
  const proxied = await throughProxies(connections, proxies);
  return (origin) => {
    const direct = connections.direct();
    // Somebody's choice of a global dispatcher goes before the environment.
    const isFree = connections.secureContext !== undefined || isDefaultDispatcher(direct);
    return isFree && !isDirect(origin) ? proxied : direct;
  };
}

function connectionsWith(certificate: CertificateSource): Promise<Connections> {
  const known = certified.get(certificate);
  if (known !== undefined) return known;
  const made = certify(certificate).catch((error: unknown) => {
    // The next request finds the file repaired, perhaps.
    certified.delete(certificate);
    throw error;
  });
  certified.set(certificate, made);
  return made;
}

async function certify(certificate: CertificateSource): Promise<Connections> {
  const { cert, key, passphrase } = await readCertificate(certificate);
  const { createSecureContext } = await import("node:tls");
  let secureContext: SecureContext;
  try {
    secureContext = createSecureContext({ cert: pem(cert), key: pem(key), passphrase });
  } catch (error) {
    const reason = printable(redact(error instanceof Error ? error.message : String(error)));
    const where = "configFile" in certificate ? certificate.configFile : "mtls";
    throw unusable(where, `names or holds a certificate and a key that cannot be used together (${reason})`);
  }
  const agent = new Agent({ connect: { secureContext } });
  return { secureContext, direct: () => agent, proxied: new Map() };
}

/** Node takes its own kind of bytes alone. */
function pem(data: string | Uint8Array): string | Buffer {
  return typeof data === "string" ? data : Buffer.from(data);
}

async function throughProxies({ proxied, secureContext }: Connections, proxies: Proxies): Promise<Dispatcher> {
  const [{ default: EnvHttpProxyAgent }, { default: Pool }, { default: connect }] = await Promise.all([
    import("undici/lib/dispatcher/env-http-proxy-agent.js"),
    import("undici/lib/dispatcher/pool.js"),
    import("undici/lib/api/api-connect.js"),
  ]);
  const key = JSON.stringify(proxies);
  const known = proxied.get(key);
  if (known !== undefined) return known;
  const tls = secureContext === undefined ? {} : { connect: { secureContext }, requestTls: { secureContext } };
  // Only undici's index, which is not loaded, gives every dispatcher this method.
  const clientFactory = (origin: URL, options: object): Dispatcher =>
    Object.assign(new Pool(origin, options), { connect });
  const agent = new EnvHttpProxyAgent({ ...proxies, ...tls, clientFactory });
  proxied.set(key, agent);
  return agent;
}
