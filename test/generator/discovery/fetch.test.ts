import { createServer } from "node:http";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { MockAgent } from "undici";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { fetchText } from "../../../generator/src/discovery/fetch.js";
import { type Handler, serve } from "../../runtime/support/server.js";
import { dispatchTo } from "../../support/dispatcher.js";

afterEach(() => vi.unstubAllEnvs());

/** Sends these responses in order, and repeats the last one. */
function responses(
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

describe("retries", () => {
  it.each([
    ["nothing after a success", responses([200, "{}"]), 1],
    ["after 503", responses([503], [200, "{}"]), 2],
    ["after 429, with the delay of Retry-After", responses([429, "", { "retry-after": "0.01" }], [200, "{}"]), 2],
    ["after two failures", responses([500], [408], [200, "{}"]), 3],
  ])("%s", async (_, handler, requests) => {
    const { url, seen } = await serve(handler);
    expect(await fetchText(url)).toEqual({ text: "{}", etag: undefined });
    expect(seen).toHaveLength(requests);
  });

  it("after a broken connection", async () => {
    const { url, seen } = await serve((request, response, index) =>
      index === 0 ? void response.destroy() : void response.end("{}"),
    );
    expect(await fetchText(url)).toMatchObject({ text: "{}" });
    expect(seen).toHaveLength(2);
  });
});

describe("reports", () => {
  it.each([
    ["404", responses([404]), "DOCUMENT_GONE", /404/, 1],
    ["410", responses([410]), "DOCUMENT_GONE", /410/, 1],
    ["403, with the variables for credentials", responses([403]), "FETCH_FAILED", /403[\s\S]*DISCOGEN_API_KEY/, 1],
    [
      "a web page",
      responses([200, "<html>", { "content-type": "text/html; charset=utf-8" }]),
      "FETCH_FAILED",
      /web page/,
      1,
    ],
    ["a server that keeps failing", responses([503]), "FETCH_FAILED", /503/, 3],
    ["a redirect loop", responses([302, "", { location: "/" }]), "FETCH_FAILED", /more than 5 redirects/, 1],
    [
      "a redirect to a file",
      responses([302, "", { location: "file:///etc/passwd" }]),
      "FETCH_FAILED",
      /redirects to the scheme file:/,
      1,
    ],
  ])("%s", async (_, handler, code, message, attempts) => {
    const { url, seen } = await serve(handler);
    const error = await errorOf(fetchText(`${url}rest?version=v1&key=hidden`));
    expect(error).toMatchObject({ diagnostics: [{ code, file: `${url}rest?version=v1&key=REDACTED` }] });
    expect(String(error)).toMatch(message);
    expect(seen.filter((request) => request.url.includes("hidden"))).toHaveLength(attempts);
  });

  it("an endless response", async () => {
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

  it("nothing if the run was aborted", async () => {
    const controller = new AbortController();
    const { url } = await serve(() => controller.abort());
    expect(await errorOf(fetchText(url, undefined, controller.signal))).toMatchObject({ name: "AbortError" });
  });
});

it("stops waiting for the next attempt when the signal aborts", async () => {
  const controller = new AbortController();
  const { url, seen } = await serve(responses([429, "", { "retry-after": "9" }]));
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

  it("are sent to the host of the URL", async () => {
    stub();
    const { url, seen } = await serve(responses([302, "", { location: "/elsewhere" }], [200, "{}"]));
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
    ["the list is empty", () => [], [undefined, undefined]],
  ] as const)("are sent only to hosts in the list: %s", async (_, hosts, want) => {
    stub();
    const { url, seen } = await serve(responses([200, "{}"]));
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
  ])("of the environment are sent to %s if it is not in the list: %s", async (address, isSent) => {
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

  it("are not sent to another host after a redirect", async () => {
    stub();
    const other = await serve(responses([200, "{}"]));
    const { url } = await serve(responses([302, "", { location: other.url }]));
    await fetchText(url.replace("//", "//user:hidden@"));
    expect(other.seen.map(({ headers }) => [headers["x-goog-api-key"], headers.authorization])).toEqual([
      [undefined, undefined],
    ]);
  });

  it("in the URL are sent as basic authentication", async () => {
    const { url, seen } = await serve(responses([404]));
    const error = await errorOf(fetchText(url.replace("//", "//user:hid%64en@")));
    expect(seen[0]?.headers.authorization).toBe(`Basic ${btoa("user:hidden")}`);
    expect(JSON.stringify(error) + String(error)).not.toMatch(/hid/);
  });

  it("do not appear in errors", async () => {
    stub();
    const { url } = await serve(responses([401, "the-key the-token"]));
    const error = await errorOf(fetchText(url));
    expect(JSON.stringify(error) + String(error)).not.toMatch(/the-(key|token)/);
  });
});

it("accepts and decodes compressed responses", async () => {
  const { url, seen } = await serve((_, response) => {
    response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync('{"kind":"é"}'));
  });
  expect(await fetchText(url)).toMatchObject({ text: '{"kind":"é"}' });
  expect(seen[0]?.headers).toMatchObject({ "accept-encoding": "gzip, deflate, br", "user-agent": "discogen" });
});

it("uses the proxy of the environment", async () => {
  const { url } = await serve(responses([200, "{}"]));
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
