/** Which platforms the package can be loaded on: those with `fetch` and no Node behind it, too. */
import { readFile } from "node:fs/promises";
import type { fetch as undiciFetch } from "undici";
import { describe, expect, expectTypeOf, it, onTestFinished, vi } from "vitest";
import { type Fetch, fetchTransport, InvalidRequestError, type Transport } from "../../runtime/src/index.js";
import { clientOf, failureOf } from "./support/library.js";
import { serve, statuses } from "./support/server.js";

const root = new URL("../../runtime/src/", import.meta.url);

/** Packages and modules of Node that this file loads at once, directly or not. */
async function loaded(file: URL, seen: Set<string> = new Set()): Promise<readonly string[]> {
  if (seen.has(file.href)) return [];
  seen.add(file.href);
  const text = await readFile(file, "utf8");
  const imports = Array.from(
    text.matchAll(/^(?:import|export)\s+(?!type\b)[^;]*?from "([^"]+)";/gm),
    ([, name]) => name ?? "",
  );
  const found: string[] = [];
  for (const name of imports) {
    if (!name.startsWith(".")) found.push(name);
    else found.push(...(await loaded(new URL(name.replace(/\.js$/, ".ts"), file), seen)));
  }
  return found;
}

describe("loading", () => {
  it.each(["index.ts", "auth/index.ts", "transport/fetch.ts"])(
    "%s needs nothing of Node, undici or jose",
    async (file) => {
      expect(await loaded(new URL(file, root))).toEqual([]);
    },
  );

  it("what sends by undici does, so that this test would notice", async () => {
    expect(await loaded(new URL("transport/dispatchers.ts", root))).toContain("undici/lib/dispatcher/agent.js");
  });
});

describe("a fetch of the caller's", () => {
  it("is called with the whole request, by itself", async () => {
    const calls: unknown[] = [];
    function fetch(this: unknown, url: string, init: object): Promise<Response> {
      calls.push([this, url, init]);
      return Promise.resolve(
        Response.json(
          { name: "n" },
          {
            headers: [
              ["set-cookie", "a"],
              ["set-cookie", "b"],
            ],
          },
        ),
      );
    }
    const { data, response } = await clientOf("http://127.0.0.1:1/", { transport: fetchTransport({ fetch }) })
      .books.insert({ requestBody: { name: "n" } })
      .withResponse();
    expect(data).toEqual({ name: "n" });
    expect(response.headers.getSetCookie()).toEqual(["a", "b"]);
    expect(calls).toEqual([
      [
        undefined,
        "http://127.0.0.1:1/v1/books",
        expect.objectContaining({ method: "POST", body: '{"name":"n"}', redirect: "manual" }),
      ],
    ]);
  });

  it("that minds no signal is not waited for", async () => {
    const transport = fetchTransport({ fetch: () => new Promise(() => undefined) });
    const error = await failureOf(
      clientOf("http://127.0.0.1:1/", { transport, timeout: 20, retry: false }).books.list(),
    );
    expect(error).toMatchObject({ code: "TIMEOUT" });
  });

  it.each<[string, Error, object]>([
    [
      "a failure to connect, as Node tells it",
      new TypeError("fetch failed", { cause: Object.assign(new Error("connect"), { code: "ECONNREFUSED" }) }),
      { sent: false, systemCode: "ECONNREFUSED" },
    ],
    ["a failure it says nothing of", new TypeError("Failed to fetch"), { sent: true, systemCode: undefined }],
  ])("%s", async (_name, thrown, want) => {
    const transport = fetchTransport({ fetch: () => Promise.reject(thrown) });
    const error = await failureOf(clientOf("http://127.0.0.1:1/", { transport, retry: false }).books.list());
    expect(error).toMatchObject({ code: "CONNECTION_FAILED", ...want });
  });

  it("may be the platform's or undici's, as the types have them", () => {
    expectTypeOf<typeof globalThis.fetch>().toExtend<Fetch>();
    expectTypeOf<typeof undiciFetch>().toExtend<Fetch>();
  });

  it("that is none is refused", () => {
    expect(() => fetchTransport({ fetch: {} as typeof fetch })).toThrow(InvalidRequestError);
  });
});

it("the platform's own fetch is asked for each time, and credentials are offered it too", async () => {
  const { seen, url } = await serve(statuses(200));
  const asked: (Transport | undefined)[] = [];
  const auth = {
    getRequestHeaders: (_url?: string, context?: { readonly transport?: Transport | undefined }) => {
      asked.push(context?.transport);
      return Promise.resolve({ authorization: "Bearer a-token" });
    },
  };
  const transport = fetchTransport();
  const late = vi.fn<typeof fetch>(globalThis.fetch);
  vi.stubGlobal("fetch", late);
  onTestFinished(() => void vi.unstubAllGlobals());
  await clientOf(url, { auth, transport }).books.list();
  expect(seen[0]?.headers.authorization).toBe("Bearer a-token");
  expect(late).toHaveBeenCalledTimes(1);
  expect(asked).toEqual([transport]);
});
