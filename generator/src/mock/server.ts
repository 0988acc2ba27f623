/** The server of a mock: token endpoint and APIs on one port. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { ApiModel } from "../model/types.js";
import { createApi } from "./api.js";
import { respondToBatch, batchPaths } from "./batch.js";
import { createCors } from "./cors.js";
import { createDocuments, type DocumentJson, isDocumentPath } from "./discovery/documents.js";
import { checkedFault, createFaults, type Fault } from "./faults.js";
import type { Fixtures } from "./fixtures.js";
import type { MockHandlers } from "./handlers.js";
import { createCerts } from "./authentication/certs.js";
import { createRsaKeys, createServiceAccountKey, type ServiceAccountKey, TOKEN_PATH } from "./authentication/key.js";
import { type SelfSignedRules, verifySelfSigned } from "./authentication/self-signed.js";
import { createListener } from "./listener.js";
import type { HttpRequest } from "./request.js";
import { createContents } from "./media/contents.js";
import { createPageTokens, DEFAULT_PAGE_SIZE } from "./lists/paging.js";
import { canonicalPath } from "./routes.js";
import { createStore } from "./resources/store.js";
import { respondToTokenRequest, GOOGLE_TOKEN_URLS } from "./authentication/token-endpoint.js";
import { createTokenStore } from "./authentication/tokens.js";

export interface MockOptions {
  /** The APIs to serve. */
  readonly models: readonly ApiModel[];
  /**
   * Discovery documents of the models, to serve at `/discovery/v1/apis` and `/$discovery/rest`: the `json` that
   * `loadModel` returns. Default: none, and requests for documents get a 404.
   */
  readonly documents?: readonly DocumentJson[];
  /** Default: 0, which selects a free port. */
  readonly port?: number;
  /** Default: `127.0.0.1`. The mock is for use on this machine only. */
  readonly host?: string;
  /** Initial resources. Default: none. {@link exampleFixtures} returns some. */
  readonly fixtures?: Fixtures;
  /**
   * Functions that handle requests in place of the mock, by method id:
   * `"drive.files.list": ({ query }) => ({ files: [] })`. The mock validates requests first. Default: none.
   */
  readonly handlers?: MockHandlers;
  /**
   * Accepts calls without a token, and calls with any token or API key, as Google's emulators do. The scopes of tokens are
   * not checked. Default: false.
   */
  readonly open?: boolean;
  /** Delay before each response, in milliseconds. Default: 0. */
  readonly latency?: number;
  /**
   * Origins of web pages that may call the mock, such as `http://localhost:5173`; `*` allows every page. Default: none,
   * and no response has CORS headers.
   */
  readonly cors?: string | readonly string[];
  /** Page size if the request sets none. Default: 2, so that every list of three items has a second page. */
  readonly pageSize?: number;
  /** Clock, in milliseconds since 1970. Use it to let tokens expire. Default: `Date.now`. */
  readonly now?: () => number;
  /** Downloadable content, by the path of its resource. Default: only uploaded content. */
  readonly contents?: Readonly<Record<string, MockContent>>;
  /** Faults to apply, in this order. Each one applies to a single request. Default: none. */
  readonly faults?: readonly Fault[];
  /** Called with internal errors of the mock; the client receives a 500. Default: prints to stderr. */
  readonly onError?: (error: unknown) => void;
}

/** Content, with its media type (default: `application/octet-stream`). */
export interface MockContent {
  readonly data: string | Uint8Array;
  readonly type?: string;
}

/** A completed request. Contains neither query nor headers, which may contain secrets. */
export interface LoggedRequest {
  readonly method: string;
  /** As sent, without the query. */
  readonly path: string;
  readonly status: number;
}

export interface Mock {
  /** Base URL of the APIs: the `rootUrl` of clients. Ends with a slash. */
  readonly url: string;
  readonly tokenUrl: string;
  /** Has its own key id. Mocks in other processes reject it; mocks in this process share its RSA key pair. */
  readonly key: ServiceAccountKey;
  /** The last 10,000 requests, in the order of their responses. */
  readonly requests: readonly LoggedRequest[];
  /** Faults still to apply. You can add faults at any time. */
  readonly faults: Fault[];
  /** Invalidates every token issued so far: the next calls get a 401. */
  revokeTokens(): void;
  /** Stops listening and closes every connection. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const LOG_LIMIT = 10_000;

/**
 * Starts a server for the APIs and for the token endpoint that `key` names.
 *
 * @throws {FixtureError} for fixtures that do not match the models
 * @throws {RangeError} for handlers of unknown methods, invalid faults, documents of other APIs, and values of `cors`
 *   that are not origins
 * @throws the error of `listen`, for example if the port is in use
 */
export async function startMock(options: MockOptions): Promise<Mock> {
  const { models, port = 0, host = "127.0.0.1", fixtures = {}, pageSize = DEFAULT_PAGE_SIZE, now = Date.now } = options;
  const faults = (options.faults ?? []).map(checkedFault);
  const origins = [options.cors ?? []].flat();
  const cors = origins.length === 0 ? undefined : createCors(origins);
  // The key contains the address of the server, so it is made when the server listens.
  const selfSigned: { rules?: SelfSignedRules } = {};
  const tokens = createTokenStore({
    now,
    isOpen: options.open ?? false,
    verify: (token, api) =>
      selfSigned.rules === undefined ? "unknown" : verifySelfSigned(token, api, selfSigned.rules),
  });
  const contents = createContents();
  for (const [path, { data, type = "application/octet-stream" }] of Object.entries(options.contents ?? {}))
    contents.set(canonicalPath(path), { bytes: Buffer.from(data), type });
  const mockState = {
    store: createStore(),
    samples: new Set<string>(),
    outcomes: new Map(),
    contents,
    policies: new Map(),
    pageTokens: createPageTokens(),
    pageSize,
    now,
  };
  const serveDocuments = createDocuments(options.documents ?? [], models);
  const api = createApi({ models, fixtures, handlers: options.handlers ?? {} }, mockState, tokens);

  const keys = await createRsaKeys();
  const server = createServer();
  const url = await listen(server, port, host);
  const key = createServiceAccountKey(keys, url);
  const tokenUrl = key.token_uri;
  selfSigned.rules = { key, publicKey: keys.publicKey, url, now };
  const scopes = new Set(models.flatMap((model) => model.scopes.map(({ scope }) => scope)));
  const rules = { ...keys, key, audiences: [...GOOGLE_TOKEN_URLS, tokenUrl], scopes, now };
  const certs = createCerts(keys, key);
  const requests: LoggedRequest[] = [];
  const batches = batchPaths(models);
  const faultOf = createFaults(faults);
  const respond = (request: HttpRequest) => {
    if (request.path === TOKEN_PATH) return respondToTokenRequest(request, rules, tokens);
    const cert = request.verb === "GET" || request.verb === "HEAD" ? certs.get(request.path) : undefined;
    if (cert !== undefined) return cert;
    const document = serveDocuments(request, url);
    if (document !== undefined) return document;
    return request.verb === "POST" && batches.has(request.path)
      ? respondToBatch(request, api.respond)
      : api.respond(request);
  };
  const isForAll = (path: string) => path === TOKEN_PATH || certs.has(path) || isDocumentPath(path);
  const admit = (head: HttpRequest) => {
    if (!isForAll(head.path) && !batches.has(head.path)) api.admit(head);
  };
  const onResponse = ({ verb, path, status }: { verb: string; path: string; status: number }) => {
    requests.push({ method: verb, path, status });
    if (requests.length > LOG_LIMIT) requests.shift();
  };
  const listener = createListener({
    respond,
    admit,
    // Faults apply to calls only: without a token, a key or a document, a client can make no call.
    faultOf: (path, query) => (isForAll(path) ? undefined : faultOf(query)),
    latency: options.latency ?? 0,
    cors,
    onError: options.onError ?? logError,
    onResponse,
  });
  // Without this second event, Node.js permits each body before the listener can reject the request.
  server.on("request", listener).on("checkContinue", listener);

  let closed: Promise<void> | undefined;
  const closeOnce = () => (closed ??= close(server));
  return {
    url,
    tokenUrl,
    key,
    requests,
    faults,
    revokeTokens: () => tokens.revoke(),
    close: closeOnce,
    [Symbol.asyncDispose]: closeOnce,
  };
}

function listen(server: Server, port: number, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      // A server that listens on a port always has this type of address; strings are for pipes.
      const address = server.address() as AddressInfo;
      resolve(`http://${address.family === "IPv6" ? `[${address.address}]` : address.address}:${address.port}/`);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
}

function logError(error: unknown): void {
  process.stderr.write(`mock: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
}
