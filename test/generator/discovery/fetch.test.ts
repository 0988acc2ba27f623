import { createServer } from "node:http";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { MockAgent } from "undici";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { fetchText } from "../../../generator/src/discovery/fetch.js";
import { type Handler, serve } from "../../runtime/support/server.js";
import { dispatchTo } from "../../support/dispatcher.js";

afterEach(() => vi.unstubAllEnvs());

/** Answers with each in turn, and with the last one from then on. */
function answers(
  ...list: readonly (readonly [status: number, body?: string, headers?: Record<string, string>])[]
): Handler {
  return (_, response, index) => {
    const [status, body = "", headers = {}] = list[Math.min(index, list.length - 1)] ?? [500];
    response.writeHead(status, headers).end(body);
  };
}

const errorOf = (run: Promise<unknown>): Promise<unknown> =>
  run.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("what may pass is tried again", () => {
  it.each([
    ["an answer at once", answers([200, "{}"]), 1],
    ["an overload", answers([503], [200, "{}"]), 2],
    ["a limit, after the time it asks for", answers([429, "", { "retry-after": "0.01" }], [200, "{}"]), 2],
    ["two failures", answers([500], [408], [200, "{}"]), 3],
  ])("%s", async (_, handler, requests) => {
    const { url, seen } = await serve(handler);
    expect(await fetchText(url)).toEqual({ text: "{}", etag: undefined });
    expect(seen).toHaveLength(requests);
  });

  it("a connection that breaks", async () => {
    const { url, seen } = await serve((request, response, index) =>
      index === 0 ? void response.destroy() : void response.end("{}"),
    );
    expect(await fetchText(url)).toMatchObject({ text: "{}" });
    expect(seen).toHaveLength(2);
  });
});

describe("what will not pass is told", () => {
  it.each([
    ["a document that is gone", answers([404]), "DOCUMENT_GONE", /404/, 1],
    ["one that is gone for good", answers([410]), "DOCUMENT_GONE", /410/, 1],
    ["one that is not for everyone", answers([403]), "FETCH_FAILED", /403[\s\S]*DISCOGEN_API_KEY/, 1],
    [
      "a web page",
      answers([200, "<html>", { "content-type": "text/html; charset=utf-8" }]),
      "FETCH_FAILED",
      /web page/,
      1,
    ],
    ["a server that stays down", answers([503]), "FETCH_FAILED", /503/, 3],
    ["redirects in a circle", answers([302, "", { location: "/" }]), "FETCH_FAILED", /more than 5 redirects/, 1],
    [
      "a redirect to a file",
      answers([302, "", { location: "file:///etc/passwd" }]),
      "FETCH_FAILED",
      /redirects to file:/,
      1,
    ],
  ])("%s", async (_, handler, code, message, attempts) => {
    const { url, seen } = await serve(handler);
    const error = await errorOf(fetchText(`${url}rest?version=v1&key=hidden`));
    expect(error).toMatchObject({ diagnostics: [{ code, file: `${url}rest?version=v1&key=REDACTED` }] });
    expect(String(error)).toMatch(message);
    expect(seen.filter((request) => request.url.includes("hidden"))).toHaveLength(attempts);
  });

  it("an answer without end", async () => {
    const chunk = "x".repeat(1024 * 1024);
    const { url } = await serve((_, response) => {
      const write = (): void => {
        while (!response.destroyed && response.write(chunk));
        if (!response.destroyed) response.once("drain", write);
      };
      write();
    });
    expect(String(await errorOf(fetchText(url)))).toMatch(/DOCUMENT_TOO_LARGE .* more than 32 MiB/);
  });

  it("nothing, when the run was stopped meanwhile", async () => {
    const controller = new AbortController();
    const { url } = await serve(() => controller.abort());
    expect(await errorOf(fetchText(url, undefined, controller.signal))).toMatchObject({ name: "AbortError" });
  });
});

it("stops waiting for the next attempt when the signal aborts", async () => {
  const controller = new AbortController();
  const { url, seen } = await serve(answers([429, "", { "retry-after": "9" }]));
  const error = errorOf(fetchText(url, undefined, controller.signal));
  await vi.waitFor(() => expect(seen).toHaveLength(1));
  setTimeout(() => controller.abort(), 100);
  expect(await error).toMatchObject({ name: "AbortError" });
  expect(seen).toHaveLength(1);
});

describe("credentials", () => {
  const stub = () => {
    vi.stubEnv("DISCOGEN_API_KEY", "the-key");
    vi.stubEnv("DISCOGEN_TOKEN", "the-token");
  };

  it("go to the host that was named", async () => {
    stub();
    const { url, seen } = await serve(answers([302, "", { location: "/elsewhere" }], [200, "{}"]));
    await fetchText(url);
    expect(seen.map(({ headers }) => [headers["x-goog-api-key"], headers.authorization])).toEqual([
      ["the-key", "Bearer the-token"],
      ["the-key", "Bearer the-token"],
    ]);
  });

  it.each([
    ["the host is listed", (host: string) => [host], ["the-key", "Bearer the-token"]],
    ["another port is listed", () => ["127.0.0.1:1"], [undefined, undefined]],
    ["the host is listed without its port", () => ["127.0.0.1"], [undefined, undefined]],
    ["nothing is listed", () => [], [undefined, undefined]],
  ] as const)("go to a host as the list says: %s", async (_, hosts, want) => {
    stub();
    const { url, seen } = await serve(answers([200, "{}"]));
    await fetchText(url, undefined, undefined, hosts(new URL(url).host));
    expect(seen.map(({ headers }) => [headers["x-goog-api-key"], headers.authorization])).toEqual([want]);
  });

  it.each([
    ["https://www.googleapis.com/a", true],
    ["https://WWW.GoogleAPIs.com/a", true],
    ["https://x.googleapis.com:8443/a", true],
    ["http://www.googleapis.com/a", false],
    ["https://googleapis.com/a", false],
    ["https://evilgoogleapis.com/a", false],
    ["https://www.googleapis.com.evil.test/a", false],
    ["https://www.googleapis.com@evil.test/a", false],
    ["https://www.googleapis.com./a", false],
    ["https://evil.test/www.googleapis.com", false],
    ["https://evil.test/?x=.googleapis.com", false],
    ["https://127.0.0.1.evil.test/a", false],
    ["https://metadata.google.internal/a", false],
  ])("of the environment, to %s without a list entry: %s", async (address, isSent) => {
    stub();
    const agent = new MockAgent();
    agent.disableNetConnect();
    dispatchTo(agent);
    const sent: unknown[] = [];
    const replyTo = ({ headers }: { readonly headers?: unknown }) => {
      sent.push(headers);
      return "{}";
    };
    agent
      .get(new URL(address).origin)
      .intercept({ path: () => true })
      .reply(200, replyTo);
    await fetchText(address, undefined, undefined, []);
    expect(JSON.stringify(sent).match(/the-key|the-token/g) ?? []).toEqual(isSent ? ["the-key", "the-token"] : []);
  });

  it("do not follow a redirect to another host", async () => {
    stub();
    const other = await serve(answers([200, "{}"]));
    const { url } = await serve(answers([302, "", { location: other.url }]));
    await fetchText(url.replace("//", "//user:hidden@"));
    expect(other.seen.map(({ headers }) => [headers["x-goog-api-key"], headers.authorization])).toEqual([
      [undefined, undefined],
    ]);
  });

  it("of the URL itself are basic ones", async () => {
    const { url, seen } = await serve(answers([404]));
    const error = await errorOf(fetchText(url.replace("//", "//user:hid%64en@")));
    expect(seen[0]?.headers.authorization).toBe(`Basic ${btoa("user:hidden")}`);
    expect(JSON.stringify(error) + String(error)).not.toMatch(/hid/);
  });

  it("are not printed", async () => {
    stub();
    const { url } = await serve(answers([401, "the-key the-token"]));
    const error = await errorOf(fetchText(url));
    expect(JSON.stringify(error) + String(error)).not.toMatch(/the-(key|token)/);
  });
});

it("accepts compressed responses, and decodes them", async () => {
  const { url, seen } = await serve((_, response) => {
    response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync('{"kind":"é"}'));
  });
  expect(await fetchText(url)).toMatchObject({ text: '{"kind":"é"}' });
  expect(seen[0]?.headers).toMatchObject({ "accept-encoding": "gzip, deflate, br", "user-agent": "discogen" });
});

it("goes through the proxy that the environment names", async () => {
  const { url } = await serve(answers([200, "{}"]));
  const tunnelled: string[] = [];
  const proxy = createServer().on("connect", (request, socket) => {
    tunnelled.push(request.url ?? "");
    const target = connect(Number(new URL(url).port), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      target.pipe(socket).pipe(target);
    });
    socket.on("error", () => target.destroy());
    target.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void proxy.close());
  const address = proxy.address();
  vi.stubEnv("HTTP_PROXY", `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`);
  expect(await fetchText("http://documents.example/rest")).toMatchObject({ text: "{}" });
  expect(tunnelled).toEqual(["documents.example:80"]);
  vi.stubEnv("NO_PROXY", "127.0.0.1");
  expect(await fetchText(url)).toMatchObject({ text: "{}" });
  expect(tunnelled).toHaveLength(1);
});
