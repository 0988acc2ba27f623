/** The server of a mock: the token endpoint and the APIs behind one socket, and its life from start to close. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { ApiModel } from "../model/types.js";
import { createApi } from "./api.js";
import { answerBatch, batchPaths } from "./batch.js";
import { createCors } from "./cors.js";
import { checkedFault, createFaults, type Fault } from "./faults.js";
import type { Fixtures } from "./fixtures.js";
import type { MockHandlers } from "./handlers.js";
import { createRsaKeys, createServiceAccountKey, type ServiceAccountKey } from "./sign-in/key.js";
import { createListener, type HttpRequest } from "./listener.js";
import { createContents } from "./media/contents.js";
import { createPageTokens, DEFAULT_PAGE_SIZE } from "./lists/paging.js";
import { canonicalPath } from "./routes.js";
import { createStore } from "./resources/store.js";
import { answerTokenRequest, GOOGLE_TOKEN_URL, TOKEN_PATH } from "./sign-in/token-endpoint.js";
import { createTokenStore } from "./sign-in/tokens.js";

export interface MockOptions {
  /** The APIs to serve. */
  readonly models: readonly ApiModel[];
  /** Default: 0, any port that is free. */
  readonly port?: number;
  /** Default: `127.0.0.1`. The mock gives its key to whoever starts it, and is meant for this machine alone. */
  readonly host?: string;
  /** Resources to begin with. Default: none; {@link exampleFixtures} has some. */
  readonly fixtures?: Fixtures;
  /**
   * Functions that answer in place of the mock, by method id: `"drive.files.list": ({ query }) => ({ files: [] })`.
   * Requests are checked first. Default: none.
   */
  readonly handlers?: MockHandlers;
  /** Milliseconds that pass before each answer. Default: 0. */
  readonly latency?: number;
  /**
   * Origins of web pages that may call the mock, such as `http://localhost:5173`; `*` allows every page. Default: none,
   * and no response has CORS headers.
   */
  readonly cors?: string | readonly string[];
  /** Items of a page where a request does not say. Default: 2, so that every list of three has a second page. */
  readonly pageSize?: number;
  /** The clock, in milliseconds since 1970: to let tokens expire. Default: `Date.now`. */
  readonly now?: () => number;
  /** Content of resources, by the path of each, to be downloaded. Default: none but what is uploaded. */
  readonly contents?: Readonly<Record<string, MockContent>>;
  /** What shall go wrong, in this order; each is used up by the request it happens to. Default: nothing. */
  readonly faults?: readonly Fault[];
  /** Told of the mock's own faults, each answered with a 500. Default: written to stderr. */
  readonly onError?: (error: unknown) => void;
}

/** Content, with its media type (default: `application/octet-stream`). */
export interface MockContent {
  readonly data: string | Uint8Array;
  readonly type?: string;
}

/** A request that was answered. Neither query nor headers, where secrets travel. */
export interface LoggedRequest {
  readonly method: string;
  /** As it was sent. */
  readonly path: string;
  readonly status: number;
}

export interface Mock {
  /** Where the APIs are served: the `rootUrl` of clients. Ends with a slash. */
  readonly url: string;
  readonly tokenUrl: string;
  /** Made afresh: no other mock takes it. */
  readonly key: ServiceAccountKey;
  /** In the order of the answers; the last 10,000. */
  readonly requests: readonly LoggedRequest[];
  /** What shall go wrong from now on. May be added to at any time. */
  readonly faults: Fault[];
  /** Makes every token issued so far unknown: the next calls get a 401. */
  revokeTokens(): void;
  /** Stops listening, and cuts every connection. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const LOG_LIMIT = 10_000;

/**
 * Serves the APIs, and the token endpoint that `key` signs in at.
 *
 * @throws {FixtureError} for fixtures that do not fit the models
 * @throws {RangeError} for handlers of methods that no model has, for faults that cannot happen, and for text in
 * `cors` that is not an origin
 * @throws the error of `listen` for a port that is taken
 */
export async function startMock(options: MockOptions): Promise<Mock> {
  const { models, port = 0, host = "127.0.0.1", fixtures = {}, pageSize = DEFAULT_PAGE_SIZE, now = Date.now } = options;
  const faults = (options.faults ?? []).map(checkedFault);
  const origins = [options.cors ?? []].flat();
  const cors = origins.length === 0 ? undefined : createCors(origins);
  const tokens = createTokenStore(now);
  const contents = createContents();
  for (const [path, { data, type = "application/octet-stream" }] of Object.entries(options.contents ?? {}))
    contents.set(canonicalPath(path), { bytes: Buffer.from(data), type });
  const world = {
    store: createStore(),
    outcomes: new Map(),
    contents,
    policies: new Map(),
    pageTokens: createPageTokens(),
    pageSize,
    now,
  };
  const api = createApi({ models, fixtures, handlers: options.handlers ?? {} }, world, tokens);

  const keys = await createRsaKeys();
  const server = createServer();
  const url = await listen(server, port, host);
  const tokenUrl = new URL(TOKEN_PATH, url).href;
  const key = createServiceAccountKey(keys, tokenUrl);
  const scopes = new Set(models.flatMap((model) => model.scopes.map(({ scope }) => scope)));
  const rules = { key, publicKey: keys.publicKey, audiences: [GOOGLE_TOKEN_URL, tokenUrl], scopes, now };
  const requests: LoggedRequest[] = [];
  const batches = batchPaths(models);
  const faultOf = createFaults(faults);
  const respond = (request: HttpRequest) => {
    if (request.path === TOKEN_PATH) return answerTokenRequest(request, rules, tokens);
    return request.verb === "POST" && batches.has(request.path) ? answerBatch(request, api) : api(request);
  };
  const onAnswer = ({ verb, path, status }: { verb: string; path: string; status: number }) => {
    requests.push({ method: verb, path, status });
    if (requests.length > LOG_LIMIT) requests.shift();
  };
  server.on(
    "request",
    createListener({
      respond,
      // Sign-in stays whole: what fails there fails every call.
      faultOf: (path, query) => (path === TOKEN_PATH ? undefined : faultOf(query)),
      latency: options.latency ?? 0,
      cors,
      onError: options.onError ?? logError,
      onAnswer,
    }),
  );

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
      // A server that listens on a port has an address of this type; the others are pipes.
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
