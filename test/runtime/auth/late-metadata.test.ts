/** Metadata servers that start late: waits, their end, and places where nothing waits. */
import { createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { applicationDefault, MetadataCredentials } from "../../../runtime/src/auth.js";
import { delayForServer, forgetServers } from "../../../runtime/src/auth/metadata-wait.js";
import { detectMetadata } from "../../../runtime/src/auth/metadata-detection.js";
import { isGooglesMachine } from "../../../runtime/src/platform/node/google-machine.js";
import { ConnectionError, TimeoutError, type Transport } from "../../../runtime/src/index.js";
import type * as Wait from "../../../runtime/src/policy/wait.js";
import { clientOf, failureOf } from "../support/library.js";
import { type Handler, json, serve, statuses } from "../support/server.js";
import { hostOf, metadataServer, rerouted } from "../support/authentication.js";

/** Pauses take a thousandth of their time, and `performance.now()` moves by their whole time. */
const clock = vi.hoisted(() => ({ isFast: true, passed: 0, pauses: [] as number[] }));
vi.mock("../../../runtime/src/policy/wait.js", async (original) => {
  const real = await original<typeof Wait>();
  const pause: typeof Wait.pause = async (milliseconds, ...rest) => {
    clock.pauses.push(milliseconds);
    await real.pause(clock.isFast ? milliseconds / 1000 : milliseconds, ...rest);
    if (clock.isFast) clock.passed += milliseconds;
  };
  return { ...real, pause };
});

const flavor = { "metadata-flavor": "Google" };
const token = "instance/service-accounts/default/token";
const usual = "http://metadata.google.internal";

beforeEach(() => {
  forgetServers();
  Object.assign(clock, { isFast: true, passed: 0, pauses: [] });
  const now = performance.now.bind(performance);
  vi.spyOn(performance, "now").mockImplementation(() => now() + clock.passed);
  for (const name of [
    "GCE_METADATA_HOST",
    "GCE_METADATA_IP",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "K_SERVICE",
    "METADATA_SERVER_DETECTION",
    "NO_GCE_CHECK",
  ])
    vi.stubEnv(name, undefined);
  vi.stubEnv("CLOUDSDK_CONFIG", "/no/such/folder");
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** A host on which no server listens, and a function that starts a metadata server there. */
async function closedHost(answers?: Parameters<typeof metadataServer>[0]): Promise<{
  readonly host: string;
  readonly start: () => Promise<void>;
}> {
  const server = await metadataServer(answers);
  const { port } = new URL(server.url);
  await new Promise((resolve) => server.server.close(resolve));
  return {
    host: `127.0.0.1:${port}`,
    start: () => new Promise((resolve) => void server.server.listen(Number(port), "127.0.0.1", resolve)),
  };
}

/** A transport to a server for the usual names, which is not reachable for the first requests. */
function lateTransport(url: string, failures: number, error: () => Error): Transport & { sent: number } {
  const transport = rerouted({ [usual]: url, "http://169.254.169.254": url });
  return {
    sent: 0,
    send(request) {
      if (this.sent++ < failures) throw error();
      return transport.send(request);
    },
  };
}

const refused = (): Error => new ConnectionError("refused", { sent: false, systemCode: "ECONNREFUSED" });

it("delays are those of Google's Python library, about 15 seconds in all", () => {
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  expect([0, 1, 2, 3, 4].map((failures) => delayForServer(failures, 0))).toEqual([1000, 2000, 4000, 8000, undefined]);
  expect(delayForServer(3, 14_000)).toBe(1000);
  expect(delayForServer(1, 15_000)).toBeUndefined();
  // The server requests a delay.
  expect([delayForServer(0, 0, 5000), delayForServer(0, 0, 20_000)]).toEqual([5000, undefined]);
});

describe("a token on Google Cloud", () => {
  const after =
    (count: number, early: Handler): Handler =>
    (request, response, index) =>
      index < count
        ? early(request, response, index)
        : json(response, 200, { access_token: "t", expires_in: 60 }, flavor);

  it.each<[string, Handler]>([
    ["503", statuses({ status: 503, headers: flavor })],
    ["404", statuses({ status: 404, headers: flavor })],
    ["429", statuses({ status: 429, headers: flavor })],
    ["a closed connection", (_request, response) => void response.destroy()],
  ])("waits for a server that first responds with %s", async (_name, early) => {
    const host = hostOf(
      await metadataServer({
        [token]: after(5, early),
        "universe/universe-domain": (_r, response) => void response.writeHead(404, flavor).end(),
      }),
    );
    vi.stubEnv("GCE_METADATA_HOST", host);
    expect(await new MetadataCredentials().getRequestHeaders()).toEqual({ authorization: "Bearer t" });
    expect(clock.pauses.filter((pause) => pause > 850).length).toBeGreaterThanOrEqual(3);
  });

  it.each<[string, () => Error]>([
    ["refuses connections", refused],
    ["has no address yet", () => new ConnectionError("dns", { sent: false, systemCode: "ENOTFOUND" })],
    ["is not reachable", () => new ConnectionError("down", { sent: false, systemCode: "EHOSTDOWN" })],
    ["does not respond", () => new TimeoutError("late", 10_000)],
  ])("waits for a server that %s", async (_name, error) => {
    const { url } = await metadataServer();
    vi.stubEnv("K_SERVICE", "s");
    const transport = lateTransport(url, 5, error);
    expect(await new MetadataCredentials({ transport }).getRequestHeaders()).toHaveProperty("authorization");
  });

  it("waits for a server that really starts late", async () => {
    const { host, start } = await closedHost();
    vi.stubEnv("GCE_METADATA_HOST", host);
    const pending = new MetadataCredentials().getRequestHeaders();
    await vi.waitFor(() => expect(clock.pauses.length).toBeGreaterThan(2), { interval: 1 });
    await start();
    expect(await pending).toHaveProperty("authorization");
  });

  it("ends after about 15 seconds, with an error that says so", async () => {
    const { host } = await closedHost();
    vi.stubEnv("GCE_METADATA_HOST", host);
    expect(await failureOf(new MetadataCredentials().getRequestHeaders())).toMatchObject({
      code: "TOKEN_UNAVAILABLE",
      message: expect.stringMatching(
        /ECONNREFUSED.*\. Gave up after 5 attempts in 1[4-7] s\. Waited because GCE_METADATA_HOST is set$/,
      ) as unknown,
    });
  });

  it("reports a missing account after one wait, and then at once", async () => {
    const server = await metadataServer({
      [token]: (_request, response) => void response.writeHead(404, flavor).end(),
    });
    vi.stubEnv("GCE_METADATA_HOST", hostOf(server));
    const auth = new MetadataCredentials();
    const requests = (): number => server.seen.filter(({ url }) => url.includes(token)).length;
    expect(await failureOf(auth.getRequestHeaders())).toMatchObject({ code: "TOKEN_REFUSED", status: 404 });
    expect(requests()).toBe(5);
    expect(await failureOf(auth.getRequestHeaders())).toMatchObject({ code: "TOKEN_REFUSED", status: 404 });
    expect(requests()).toBe(6);
  });

  it("waits for a server that has issued a token before", async () => {
    const server = await metadataServer({
      [token]: (_r, response, index) =>
        index >= 2 && index < 6
          ? json(response, 503, {}, flavor)
          : json(response, 200, { access_token: "t", expires_in: 1 }, flavor),
    });
    const auth = new MetadataCredentials({ host: hostOf(server) });
    await auth.getRequestHeaders();
    auth.invalidate();
    expect(await auth.getRequestHeaders()).toEqual({ authorization: "Bearer t" });
  });

  it.each<[string, (signal: AbortSignal) => object, string]>([
    ["the signal", (signal) => ({ signal }), "ABORTED"],
    ["timeout", () => ({ timeout: 50 }), "TIMEOUT"],
    ["totalTimeout", () => ({ totalTimeout: 50 }), "TIMEOUT"],
  ])("is not waited for after %s of the call ends it, and no request follows", async (_name, limits, code) => {
    clock.isFast = false;
    vi.stubEnv("K_SERVICE", "s");
    const api = await serve(statuses(200));
    const transport = lateTransport(api.url, 100, refused);
    const controller = new AbortController();
    const client = clientOf(api.url, { auth: new MetadataCredentials({ transport }) });
    const call = failureOf(client.books.list({}, limits(controller.signal)));
    await vi.waitFor(() => expect(clock.pauses.length).toBeGreaterThan(0));
    controller.abort();
    expect(await call).toMatchObject({ code: expect.stringMatching(code) as unknown });
    const { sent } = transport;
    vi.spyOn(Math, "random").mockReturnValue(0);
    await new Promise((resolve) => void setTimeout(resolve, 20));
    expect(transport.sent).toBe(sent);
    expect(api.seen).toEqual([]);
  });
});

describe("a token elsewhere", () => {
  it.each<[string, Record<string, string>]>([
    ["on another host than the environment's", { GCE_METADATA_HOST: "metadata.google.internal" }],
    ["on another host than that of Google Cloud", { K_SERVICE: "s" }],
  ])("is not waited for %s", async (_name, env) => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const { host } = await closedHost();
    const error = await failureOf(new MetadataCredentials({ host }).getRequestHeaders());
    expect(error).toMatchObject({ code: "TOKEN_UNAVAILABLE" });
    expect((error as Error).message).not.toContain("attempts");
    expect(clock.passed).toBeLessThan(5000);
  });
});

describe("detection", () => {
  it("waits for a configured server that starts late", async () => {
    const { host, start } = await closedHost();
    vi.stubEnv("GCE_METADATA_HOST", host);
    const pending = applicationDefault();
    await vi.waitFor(() => expect(clock.pauses.length).toBeGreaterThan(1), { interval: 1 });
    await start();
    expect(await pending).toBeInstanceOf(MetadataCredentials);
  });

  it("ends after about 15 seconds, with an error that says so", async () => {
    const { host } = await closedHost();
    vi.stubEnv("GCE_METADATA_HOST", host);
    expect(await failureOf(applicationDefault())).toMatchObject({
      code: "NO_CREDENTIALS",
      message: expect.stringMatching(
        new RegExp(`metadata server: no response from ${host} to 5 attempts in 1[4-7] s\\.`),
      ) as unknown,
    });
  });

  it("sends one probe to each usual name elsewhere", async () => {
    const transport = lateTransport("http://127.0.0.1:1", 100, refused);
    expect(await detectMetadata(transport, { METADATA_SERVER_DETECTION: "ping-only" })).toEqual({
      absent: "no response",
    });
    expect([transport.sent, clock.pauses]).toEqual([2, []]);
  });

  it.each<[string, number, number]>([
    ["waits while a gateway responds for the server", 503, 5],
    ["does not wait for another server", 404, 1],
  ])("%s", async (_name, status, probes) => {
    const server = await serve(statuses(status));
    const found = await detectMetadata(undefined, { GCE_METADATA_HOST: hostOf(server) });
    expect(found).toEqual({ absent: expect.stringContaining(`no response from ${hostOf(server)}`) as unknown });
    expect(server.seen.length).toBe(probes);
  });

  it("waits for a usual name that was found before", async () => {
    const { url } = await metadataServer();
    const env = { METADATA_SERVER_DETECTION: "ping-only" };
    await detectMetadata(lateTransport(url, 0, refused), env);
    expect(await detectMetadata(lateTransport(url, 6, refused), env)).toHaveProperty("host");
    expect(clock.pauses.length).toBe(3);
  });

  it("ends with the signal, and no request follows", async () => {
    clock.isFast = false;
    const { host } = await closedHost();
    vi.stubEnv("GCE_METADATA_HOST", host);
    const controller = new AbortController();
    const transport = lateTransport("http://127.0.0.1:1", 100, refused);
    const pending = failureOf(applicationDefault({ transport, signal: controller.signal }));
    await vi.waitFor(() => expect(clock.pauses.length).toBe(1));
    controller.abort();
    expect(await pending).toMatchObject({ code: "ABORTED" });
    expect(transport.sent).toBe(1);
  });

  it("ends a probe with the signal", async () => {
    const silent = createServer((socket) => void socket.on("error", () => undefined).resume());
    await new Promise<void>((resolve) => void silent.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void silent.close());
    const address = silent.address();
    const host = `127.0.0.1:${typeof address === "object" ? String(address?.port) : ""}`;
    const search = detectMetadata(undefined, { GCE_METADATA_HOST: host }, AbortSignal.timeout(20));
    expect(await failureOf(search)).toMatchObject({ code: "ABORTED" });
  });
});

describe("a machine", () => {
  const files = (content: Record<string, string>): void => {
    const promises = process.getBuiltinModule("node:fs/promises");
    vi.spyOn(process, "platform", "get").mockReturnValue("linux");
    vi.spyOn(promises, "readFile").mockImplementation(((path: string) =>
      path in content
        ? Promise.resolve(content[path])
        : Promise.reject(new Error("ENOENT"))) as typeof promises.readFile); // text only
  };
  const dmi = "/sys/class/dmi/id/product_name";
  const resolver = "/etc/resolv.conf";
  const search = "nameserver 10.0.0.10\nsearch default.svc.cluster.local c.example-123.internal google.internal\n";
  it.each<[string, Record<string, string>, Record<string, string>, boolean]>([
    ["of Compute Engine", {}, { [dmi]: "Google Compute Engine\n" }, true],
    [
      "with a pod on GKE",
      { KUBERNETES_SERVICE_HOST: "10.0.0.1" },
      { [dmi]: "Google Compute Engine\n", [resolver]: search },
      true,
    ],
    ["with a pod in GKE's sandbox", { KUBERNETES_SERVICE_HOST: "10.0.0.1" }, { [resolver]: search }, true],
    [
      "with a pod elsewhere",
      { KUBERNETES_SERVICE_HOST: "10.0.0.1" },
      { [dmi]: "Standard PC", [resolver]: "search svc.cluster.local" },
      false,
    ],
    [
      "with a similar domain",
      { KUBERNETES_SERVICE_HOST: "10.0.0.1" },
      { [resolver]: "search notgoogle.internal" },
      false,
    ],
    ["without Kubernetes", {}, { [resolver]: search }, false],
    ["without files", { KUBERNETES_SERVICE_HOST: "10.0.0.1" }, {}, false],
  ])("%s", async (_name, env, content, expected) => {
    files(content);
    expect(await isGooglesMachine(env)).toBe(expected);
  });
});

describe("an invalid host in the environment", () => {
  it.each(["GCE_METADATA_HOST", "GCE_METADATA_IP"])("is reported by the name of the variable: %s", async (name) => {
    for (const value of [
      "http://127.0.0.1:1",
      "http://127.0.0.1:1/path",
      "127.0.0.1:1/",
      " 127.0.0.1:1",
      "ya29.secret secret",
      "user:secret@host",
      "127.0.0.1:99999",
    ]) {
      vi.stubEnv(name, value);
      const expected = {
        code: "INVALID_OPTION",
        faults: [{ parameter: name, message: expect.stringContaining("must be a host") as unknown }],
      };
      const error = await failureOf(applicationDefault());
      expect(error).toMatchObject(expected);
      expect(String((error as Error).message)).not.toContain(value);
      expect(() => new MetadataCredentials()).toThrow(expect.objectContaining(expected) as Error);
      // The option has precedence.
      expect(new MetadataCredentials({ host: "127.0.0.1:1" })).toBeDefined();
    }
  });

  it("is not reported if detection is turned off", async () => {
    vi.stubEnv("GCE_METADATA_HOST", "http://a");
    vi.stubEnv("NO_GCE_CHECK", "true");
    expect(await failureOf(applicationDefault())).toMatchObject({ code: "NO_CREDENTIALS" });
  });
});
