/** Proxies of the environment, over real sockets: which requests use them, and which never do. */
import { execFile } from "node:child_process";
import { inspect, promisify } from "node:util";
import { Agent, EnvHttpProxyAgent, getGlobalDispatcher, MockAgent, setGlobalDispatcher } from "undici";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { ConnectionError, InvalidRequestError } from "../../../runtime/src/index.js";
import { AnonymousCredentials, ServiceAccountCredentials } from "../../../runtime/src/auth.js";
import { isDefaultDispatcher } from "../../../runtime/src/transport/default-dispatcher.js";
import { isDirect } from "../../../runtime/src/transport/proxies.js";
import { keyFor } from "../support/keys.js";
import { clientOf, failureOf } from "../support/library.js";
import { proxyTo } from "../support/proxy.js";
import { serve, statuses } from "../support/server.js";

const variables = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"];

/** Sets these variables and removes the other proxy variables. */
function proxied(environment: Readonly<Record<string, string>>): void {
  for (const name of variables) vi.stubEnv(name, environment[name]);
  onTestFinished(() => void vi.unstubAllEnvs());
}

beforeEach(() => {
  const before = getGlobalDispatcher();
  // As in a new process: other tests may have changed it.
  setGlobalDispatcher(new Agent());
  onTestFinished(() => setGlobalDispatcher(before));
});

/** A host that only the proxy can reach. */
const api = "http://library.test/";

describe("a proxy of the environment", () => {
  it.each(["http_proxy", "HTTP_PROXY"])(
    "in %s is used for requests, with one connection for a client and its clone",
    async (name) => {
      const { seen, url } = await serve(statuses(200));
      const proxy = await proxyTo(url);
      proxied({ [name]: proxy.url });
      const client = clientOf(api);
      await client.books.get({ book: "a" });
      // undici does not reuse a connection immediately.
      await new Promise((resolve) => setTimeout(resolve, 20));
      await client.withOptions({ quotaProject: "q" }).books.get({ book: "b" });
      expect(proxy.requested).toEqual(["library.test:80"]);
      expect(seen.map((one) => [one.url, one.headers.host])).toEqual([
        ["/v1/books/a", "library.test"],
        ["/v1/books/b", "library.test"],
      ]);
    },
  );

  it.each(["https_proxy", "HTTPS_PROXY"])("in %s is used for https hosts", async (name) => {
    const proxy = await proxyTo("http://127.0.0.1:1/", 403);
    proxied({ [name]: proxy.url });
    const error = await failureOf(clientOf("https://library.test/", { retry: false }).books.list());
    expect(error).toMatchObject({ code: "CONNECTION_FAILED", sent: false, message: expect.stringContaining("403") });
    expect(proxy.requested).toEqual(["library.test:443"]);
  });

  it("can be set without a scheme", async () => {
    const { url } = await serve(statuses(200));
    const proxy = await proxyTo(url);
    proxied({ HTTP_PROXY: proxy.url.slice("http://".length) });
    await clientOf(api).books.list();
    expect(proxy.requested).toHaveLength(1);
  });

  it("is used for token requests too", async () => {
    const proxy = await proxyTo("http://127.0.0.1:1/", 403);
    proxied({ HTTPS_PROXY: proxy.url });
    const auth = ServiceAccountCredentials.fromJSON(keyFor("https://oauth.test/token"), { scopes: ["s"] });
    await failureOf(clientOf("https://library.test/", { auth, totalTimeout: 500 }).books.list());
    expect(new Set(proxy.requested)).toEqual(new Set(["oauth.test:443"]));
  });

  it("gets its credentials, which are never shown", async () => {
    const { url } = await serve(statuses(200));
    const proxy = await proxyTo(url);
    const rejecting = await proxyTo(url, 407);
    const withPassword = (address: string): string => address.replace("http://", "http://me:s3cret@");
    proxied({ HTTP_PROXY: withPassword(proxy.url) });
    await clientOf(api).books.list();
    expect(proxy.credentials).toEqual([`Basic ${Buffer.from("me:s3cret").toString("base64")}`]);
    proxied({ HTTP_PROXY: withPassword(rejecting.url) });
    const rejected = await failureOf(clientOf(api, { retry: false }).books.list());
    proxied({ HTTP_PROXY: withPassword("http://127.0.0.1:1") });
    const unreachable = await failureOf(clientOf(api, { retry: false }).books.list());
    expect([rejected, unreachable]).toEqual([expect.any(ConnectionError), expect.any(ConnectionError)]);
    const shown = [rejected, unreachable].map((error) => inspect(error, { depth: 9 }) + JSON.stringify(error)).join();
    expect(shown).not.toMatch(/s3cret|bWU6czNjcmV0/);
  });

  it.each(["gopher://me:s3cret@proxy", "http://me:s3cret@"])("rejects an invalid proxy URL: %s", async (value) => {
    proxied({ HTTPS_PROXY: value });
    const error = await failureOf(clientOf(api).books.list());
    expect(error).toBeInstanceOf(InvalidRequestError);
    expect(error).toMatchObject({ code: "INVALID_OPTION", faults: [{ parameter: "HTTPS_PROXY" }] });
    expect(inspect(error)).not.toContain("s3cret");
  });
});

describe("no proxy", () => {
  it.each([
    ["for a host in NO_PROXY", { NO_PROXY: "other.test,library.test" }],
    ["for a host in no_proxy", { no_proxy: ".test" }],
    ["if HTTP_PROXY is empty", { HTTP_PROXY: "" }],
    ["if the lower-case variable is empty", { http_proxy: "" }],
  ])("%s", async (_name, environment) => {
    const proxy = await proxyTo("http://127.0.0.1:1/");
    proxied({ HTTP_PROXY: proxy.url, ...environment });
    const error = await failureOf(clientOf(api, { retry: false }).books.list());
    // The host does not exist.
    expect(error).toMatchObject({ code: "CONNECTION_FAILED", systemCode: expect.stringMatching(/^E/) });
    expect(proxy.requested).toEqual([]);
  });

  it("for this machine", async () => {
    const { seen, url } = await serve(statuses(200));
    const proxy = await proxyTo(url);
    proxied({ HTTP_PROXY: proxy.url });
    await clientOf(url).books.list();
    expect(seen).toHaveLength(1);
    expect(proxy.requested).toEqual([]);
  });

  it.each<[string, boolean]>([
    ["http://169.254.169.254", true],
    ["http://metadata.google.internal", true],
    ["http://169.254.170.2", true],
    ["http://169.254.170.23", true],
    ["http://[fd00:ec2::23]", true],
    ["http://metadata.google.internal.:80", true],
    ["http://[fd20:ce::254]", true],
    ["http://[fd00:ec2::254]:80", true],
    ["http://localhost:8080", true],
    ["http://127.0.0.1:8080", true],
    ["http://[::1]:8080", true],
    ["https://sqladmin.googleapis.com", false],
    ["https://metadata.google.internal.example.com", false],
    ["http://169.254.169.253", false],
  ])("for %s: %s", (origin, want) => {
    expect(isDirect(origin)).toBe(want);
  });
});

describe("a dispatcher that the user set takes precedence over the environment", () => {
  it("a client's own", async () => {
    const { url } = await serve(statuses(200));
    const [chosen, other] = [await proxyTo(url), await proxyTo(url)];
    proxied({ HTTP_PROXY: other.url });
    // It adds headers, although its dispatch is that of plain agents.
    const dispatcher = new EnvHttpProxyAgent({ httpProxy: chosen.url, noProxy: "" });
    onTestFinished(() => dispatcher.destroy());
    const client = clientOf(api, { dispatcher });
    await client.books.list();
    await client.books.list();
    expect([new Set(chosen.requested), other.requested]).toEqual([new Set(["library.test:80"]), []]);
  });

  it("the current global one, for each request", async () => {
    const { seen, url } = await serve(statuses(200));
    const proxy = await proxyTo(url);
    proxied({ HTTP_PROXY: proxy.url });
    const client = clientOf(api);
    await client.books.list();
    const agent = new MockAgent();
    agent.disableNetConnect();
    agent
      .get("http://library.test")
      .intercept({ path: "/v1/books" })
      .reply(200, { items: ["mocked"] });
    setGlobalDispatcher(agent);
    expect(await client.books.list()).toEqual({ items: ["mocked"] });
    expect([proxy.requested.length, seen.length]).toEqual([1, 1]);
  });

  it.each<[string, () => object, boolean]>([
    ["undici's own", () => new Agent(), true],
    ["an agent with options", () => new Agent({ connections: 1 }), false],
    ["an agent with a factory", () => new Agent({ factory: () => new Agent() }), false],
    ["a composed agent", () => new Agent().compose((dispatch) => dispatch), false],
    ["an agent of the user's class", () => new (class Mine extends Agent {})(), false],
    ["a mock", () => new MockAgent(), false],
    ["an object", () => ({ dispatch: () => true }), false],
  ])("recognizes whether %s is undici's default", (_name, make, want) => {
    expect(isDefaultDispatcher(make() as Agent)).toBe(want);
  });
});

it("reads the variables with the first request, so a program can set them itself", async () => {
  const { url } = await serve(statuses(200));
  const proxy = await proxyTo(url);
  proxied({});
  const client = clientOf(api, { auth: new AnonymousCredentials() });
  vi.stubEnv("HTTP_PROXY", proxy.url);
  await client.books.list();
  expect(proxy.requested).toHaveLength(1);
});

it("ignores the dispatcher that Node's own fetch sets", async () => {
  const { seen, url } = await serve(statuses(200));
  const proxy = await proxyTo(url);
  // In a separate process, because the first user of undici sets the global dispatcher.
  const source = (path: string): string =>
    JSON.stringify(new URL(`../../../runtime/src/${path}`, import.meta.url).href);
  const script = `
    await (await fetch(${JSON.stringify(url)})).text();
    const { ApiClient, call } = await import(${source("index.ts")});
    const { AnonymousCredentials } = await import(${source("auth.ts")});
    const api = { descriptors: 2, id: "a:v1", rootUrl: ${JSON.stringify(api)}, servicePath: "", scopes: [] };
    const method = { id: "m", httpMethod: "GET", path: "after-fetch", response: "json" };
    await call(new ApiClient(api, { auth: new AnonymousCredentials() }), method, {}, undefined);
  `;
  const env = { ...process.env, HTTP_PROXY: proxy.url, NO_PROXY: "", http_proxy: undefined, no_proxy: undefined };
  await promisify(execFile)(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], { env });
  expect(proxy.requested).toEqual(["library.test:80"]);
  expect(seen.map((one) => one.url)).toEqual(["/", "/after-fetch"]);
});
