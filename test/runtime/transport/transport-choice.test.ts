/** `DISCOGEN_TRANSPORT` selects the HTTP stack of clients and credentials without a transport. */
import { inspect } from "node:util";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { ServiceAccountCredentials } from "../../../runtime/src/auth.js";
import { detectMetadata } from "../../../runtime/src/auth/metadata-detection.js";
import { fetchTransport, InvalidRequestError, undiciTransport } from "../../../runtime/src/index.js";
import { keyFor, tokenServer } from "../support/keys.js";
import { clientOf } from "../support/library.js";
import { json, serve, statuses } from "../support/server.js";

/** Sets the variable and counts the calls of the platform's `fetch`. */
function chosen(value: string | undefined): { readonly urls: string[] } {
  vi.stubEnv("DISCOGEN_TRANSPORT", value);
  const urls: string[] = [];
  const { fetch } = globalThis;
  vi.stubGlobal("fetch", (url: string, init: object) => {
    urls.push(new URL(url).pathname);
    return fetch(url, init);
  });
  onTestFinished(() => {
    vi.unstubAllEnvs();
    vi.unstubAllGlobals();
  });
  return { urls };
}

describe("DISCOGEN_TRANSPORT", () => {
  it.each<[string | undefined, number]>([
    [undefined, 0],
    ["", 0],
    ["undici", 0],
    ["fetch", 2],
    [" fetch ", 2],
  ])("%j: of two calls, fetch sends %d", async (value, count) => {
    const { urls } = chosen(value);
    const { seen, url } = await serve(statuses(200));
    const client = clientOf(url);
    await client.books.list();
    await client.books.list();
    expect([urls.length, seen.length]).toEqual([count, 2]);
  });

  it("applies to token requests", async () => {
    const { urls } = chosen("fetch");
    const tokens = await tokenServer();
    const { url } = await serve(statuses(200));
    const auth = ServiceAccountCredentials.fromJSON(keyFor(tokens.url), { scopes: ["s"] });
    await auth.getRequestHeaders();
    await clientOf(url, { auth }).books.list();
    expect(urls).toEqual([new URL(tokens.url).pathname, "/v1/books"]);
  });

  it.each([
    ["fetch", 1],
    [undefined, 0],
  ])("applies to the search for a metadata server: %s", async (value, count) => {
    const { urls } = chosen(value);
    const { url } = await serve((_request, response) => json(response, 200, {}, { "metadata-flavor": "Google" }));
    const { host } = new URL(url);
    expect(await detectMetadata(undefined, { GCE_METADATA_HOST: host })).toEqual({ host });
    expect(urls).toHaveLength(count);
  });

  it("is read when a client is created", async () => {
    const { urls } = chosen("fetch");
    const { url } = await serve(statuses(200));
    const client = clientOf(url);
    vi.stubEnv("DISCOGEN_TRANSPORT", "undici");
    await client.books.list();
    expect(urls).toHaveLength(1);
  });

  it.each<[string, () => object]>([
    ["a dispatcher", () => ({ dispatcher: { dispatch: () => true } })],
    ["undiciTransport()", () => ({ transport: undiciTransport() })],
  ])("does not replace %s", async (_name, options) => {
    const { urls } = chosen("fetch");
    const { url } = await serve(statuses(200));
    const client = clientOf(url, { timeout: 50, retry: false, ...options() });
    await client.books.list().catch(() => undefined);
    expect(urls).toEqual([]);
  });

  it("does not replace fetchTransport() by undici", async () => {
    const { urls } = chosen("undici");
    const { url } = await serve(statuses(200));
    await clientOf(url, { transport: fetchTransport() }).books.list();
    expect(urls).toHaveLength(1);
  });

  it.each(["curl", "Fetch", "ya29.secret"])("rejects %j and names the variable, but not its value", (value) => {
    chosen(value);
    let error: unknown;
    try {
      clientOf("http://127.0.0.1:1/");
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(InvalidRequestError);
    expect(error).toMatchObject({ code: "INVALID_OPTION", faults: [{ parameter: "DISCOGEN_TRANSPORT" }] });
    expect(inspect(error)).not.toContain(value === "Fetch" ? "Fetch " : value);
  });
});
