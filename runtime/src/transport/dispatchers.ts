/**
 * Chooses the dispatcher of a request. This module and undici are loaded with the first request.
 *
 * Uses the caller's dispatcher, else the global one if the user set it, else an agent of this package. All clients
 * share these agents and their connections: one agent for requests without a certificate, and one per certificate.
 */
import type { SecureContext } from "node:tls";
import { printable, redact } from "../redact.js";
import { readCertificate, unusable } from "./certificate-file.js";
import type { CertificateSource } from "./client-certificate.js";
import type { Dispatcher } from "./dispatcher.js";
import { chosenDispatcher } from "./global-dispatcher.js";
import { headerLimit } from "./header-limit.js";
import { type Proxies, isDirect, readProxies } from "./proxies.js";
import { exchange } from "./sender.js";
import type { HttpRequest, Transport } from "./transport.js";
import { Agent, Pool, loadProxyModules } from "./undici/inner.js";

/** Returns the dispatcher for requests to an origin. */
type Choose = (origin: string) => Dispatcher;

/** The agents for connections with one certificate, or without one. */
interface Connections {
  readonly secureContext: SecureContext | undefined;
  /** For connections without a proxy. */
  readonly agent: Dispatcher;
  /** For connections through proxies, by the proxies' URLs. */
  readonly proxied: Map<string, Dispatcher>;
}

/** The agents of this package's copy of undici. */
const ownAgents: WeakSet<Dispatcher> = new WeakSet();

let ordinary: Connections | undefined;

const certified: WeakMap<CertificateSource, Promise<Connections>> = new WeakMap();

/**
 * Returns the function that sends requests.
 *
 * @throws InvalidRequestError for an invalid proxy variable or certificate file
 */
export async function senderOver(
  given: Dispatcher | undefined,
  certificate: CertificateSource | undefined,
): Promise<Transport["send"]> {
  const choose = await chooseDispatcher(given, certificate);
  return (request) => {
    const dispatcher = choose(request.origin);
    return exchange(dispatcher, ownAgents.has(dispatcher), framed(request));
  };
}

/**
 * Converts the body of a GET or DELETE to a stream of known length, which undici sends over HTTP/1.1 and HTTP/2. Over
 * HTTP/2, bytes would fail an assertion in undici that ends the process.
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

async function chooseDispatcher(
  given: Dispatcher | undefined,
  certificate: CertificateSource | undefined,
): Promise<Choose> {
  if (given !== undefined) return () => given;
  const connections =
    certificate === undefined ? (ordinary ??= connect(undefined)) : await connectionsWith(certificate);
  const { agent } = connections;
  // Read for each request, because programs can set it at any time. It does not use the client's certificate.
  const chosen = certificate === undefined ? chosenDispatcher : () => undefined;
  const proxies = readProxies();
  if (proxies === undefined) return () => chosen() ?? agent;
  const proxied = await throughProxies(connections, proxies);
  return (origin) => chosen() ?? (isDirect(origin) ? agent : proxied);
}

function connect(secureContext: SecureContext | undefined): Connections {
  const agent = new Agent({ ...headerLimit(), ...(secureContext === undefined ? {} : { connect: { secureContext } }) });
  ownAgents.add(agent);
  return { secureContext, agent, proxied: new Map() };
}

function connectionsWith(certificate: CertificateSource): Promise<Connections> {
  const known = certified.get(certificate);
  if (known !== undefined) return known;
  const connecting = certify(certificate).catch((error: unknown) => {
    // The next request tries again: the user may have fixed the file.
    certified.delete(certificate);
    throw error;
  });
  certified.set(certificate, connecting);
  return connecting;
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
    throw unusable(where, `has a certificate and a key that cannot be used together (${reason})`);
  }
  return connect(secureContext);
}

/** Node accepts only strings and Buffers here. */
function pem(data: string | Uint8Array): string | Buffer {
  return typeof data === "string" ? data : Buffer.from(data);
}

async function throughProxies({ proxied, secureContext }: Connections, proxies: Proxies): Promise<Dispatcher> {
  const { EnvHttpProxyAgent, connect } = await loadProxyModules();
  const key = JSON.stringify(proxies);
  const known = proxied.get(key);
  if (known !== undefined) return known;
  const tls = secureContext === undefined ? {} : { connect: { secureContext }, requestTls: { secureContext } };
  const clientFactory = (origin: URL, options: object): Dispatcher =>
    Object.assign(new Pool(origin, options), { connect });
  const agent = new EnvHttpProxyAgent({ ...headerLimit(), ...proxies, ...tls, clientFactory });
  proxied.set(key, agent);
  return agent;
}
