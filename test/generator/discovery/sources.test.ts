import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Agent } from "undici";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fetchDirectory } from "../../../generator/src/discovery/directory.js";
import { hashOf, type Lock, lockText, readLock } from "../../../generator/src/discovery/lock.js";
import { createSources } from "../../../generator/src/discovery/sources.js";
import { decoded } from "../../../generator/src/discovery/text.js";
import { InputError } from "../../../generator/src/diagnostics.js";
import { dispatchTo } from "../../support/dispatcher.js";
import { temporaryFolder } from "../../support/folders.js";
import { serve } from "../../runtime/support/server.js";
import { serveDirectory } from "./directory-server.js";

beforeEach(async () => vi.stubEnv("XDG_CACHE_HOME", await temporaryFolder()));
afterEach(() => vi.unstubAllEnvs());

async function errorTextOf(run: Promise<unknown>): Promise<string> {
  const error: unknown = await run.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(error instanceof InputError)) throw error;
  return error.diagnostics.map(({ code, file, message }) => `${code} ${file}: ${message}`).join("\n");
}

describe("an id", () => {
  it("is looked up in the directory, whose URLs may be relative", async () => {
    const { directoryUrl, url } = await serveDirectory();
    const found = await createSources({ directoryUrl }).load({ id: "shelves:v2" });
    expect(found).toMatchObject({
      file: `${url}rest/shelves:v2`,
      source: `${url}rest/shelves:v2`,
      etag: expect.stringMatching(/"/),
    });
    expect(JSON.parse(decoded(found.text, found.file))).toMatchObject({ version: "v2" });
  });

  it("is looked up in the directory of the environment", async () => {
    const { directoryUrl } = await serveDirectory();
    vi.stubEnv("DISCOGEN_DIRECTORY_URL", directoryUrl);
    expect(await createSources().load({ id: "shelves:v1" })).toMatchObject({
      text: expect.stringContaining("shelves"),
    });
  });

  it("that is bundled does not fetch the directory", async () => {
    const { directoryUrl, seen } = await serveDirectory();
    expect(await createSources({ directoryUrl }).load({ id: "sqladmin:v1beta3" })).toMatchObject({ source: "bundled" });
    expect(seen).toEqual([]);
  });

  it("fetches the directory once for all ids", async () => {
    const { directoryUrl, seen } = await serveDirectory();
    const sources = createSources({ directoryUrl });
    await Promise.all(["shelves:v1", "shelves:v2"].map((id) => sources.load({ id })));
    expect(seen.map(({ url }) => url).sort()).toEqual(["/discovery/v1/apis", "/rest/shelves:v1", "/rest/shelves:v2"]);
  });

  it.each([
    ["of another version", "shelves:v3", "; did you mean shelves:v1 or shelves:v2?"],
    ["with a typo", "shelvs:v1", "; did you mean shelves:v1?"],
    ["of another version of a bundled API", "sqladmin:v1beta2", "; did you mean sqladmin:v1 or sqladmin:v1beta3?"],
    ["without similar ids", "frobnicate:v1", ""],
  ])("%s is unknown", async (_, id, near) => {
    const { directoryUrl } = await serveDirectory();
    expect(await errorTextOf(createSources({ directoryUrl }).load({ id }))).toBe(
      `UNKNOWN_API ${id}: the API is neither bundled nor in the directory${near}`,
    );
  });

  it("reports a listed document that is missing", async () => {
    const { directoryUrl, missing, url } = await serveDirectory();
    missing.add("shelves:v1");
    expect(await errorTextOf(createSources({ directoryUrl }).load({ id: "shelves:v1" }))).toBe(
      `DOCUMENT_GONE ${url}rest/shelves:v1: the server responded with 404 Not Found`,
    );
  });

  it.each([
    [
      "is down",
      "http://127.0.0.1:1/apis",
      /directory is unavailable: http:\/\/127.0.0.1:1\/apis: connect ECONNREFUSED/,
    ],
    ["has an invalid URL", "ftp://x.example/", /not an http\(s\) URL/],
  ])("reports a directory that %s", async (_, directoryUrl, message) => {
    const text = await errorTextOf(createSources({ directoryUrl }).load({ id: "shelves:v1" }));
    expect(text).toMatch(/^UNKNOWN_API shelves:v1: the API is not bundled/);
    expect(text).toMatch(message);
  });

  it.each([
    ["a web page", "<html>"],
    ["a document", '{"kind":"discovery#restDescription"}'],
    ["an empty list", "[]"],
  ])("reports a directory that is %s", async (_, body) => {
    const { url } = await serve((_, response) => void response.end(body));
    expect(await errorTextOf(fetchDirectory({ directoryUrl: url }))).toMatch(
      /^FETCH_FAILED .*: the response is not an API directory/,
    );
  });
});

describe("keys and tokens of the environment are sent", () => {
  /** A directory whose document is on another host, and the credentials that both receive. */
  async function twoHosts() {
    vi.stubEnv("DISCOGEN_TOKEN", "the-token");
    const other = await serve((_, response) => void response.end("{}"));
    const list = JSON.stringify({ items: [{ id: "shelves:v1", discoveryRestUrl: other.url }] });
    const { url, seen } = await serve((_, response) => void response.end(list));
    const sent = () => [...seen, ...other.seen].map(({ headers }) => headers.authorization);
    return { url, other: other.url, sent };
  }

  it("to the directory of the caller, but not to the documents that it lists", async () => {
    const { url, sent } = await twoHosts();
    await createSources({ directoryUrl: url, lock: false }).load({ id: "shelves:v1" });
    expect(sent()).toEqual(["Bearer the-token", undefined]);
  });

  it("to the directory of the environment", async () => {
    const { url, sent } = await twoHosts();
    vi.stubEnv("DISCOGEN_DIRECTORY_URL", url);
    await createSources({ lock: false }).load({ id: "shelves:v1" });
    expect(sent()).toEqual(["Bearer the-token", undefined]);
  });

  it("to the document of the caller", async () => {
    const { other, sent } = await twoHosts();
    await createSources({ lock: false }).load({ source: other });
    expect(sent()).toEqual(["Bearer the-token"]);
  });

  it("only to listed hosts, if hosts are listed", async () => {
    const { url, other, sent } = await twoHosts();
    const sources = createSources({ directoryUrl: url, lock: false, credentialHosts: [] });
    await sources.load({ id: "shelves:v1" });
    await sources.load({ source: `${other}again` });
    expect(sent()).toEqual([undefined, undefined, undefined]);
  });
});

describe("a document is fetched from Google's own host", () => {
  const document = '{"kind":"discovery#restDescription"}';
  it.each([
    [
      "if its listed URL is missing",
      { items: [{ id: "shelves:v1", discoveryRestUrl: "https://missing.googleapis.com/" }] },
    ],
    ["if it is not listed", { items: [] }],
    ["if the directory is missing", undefined],
  ])("%s", async (_, list) => {
    const { url, seen } = await serve((request, response) => {
      const body = request.url.startsWith("/www.") ? list && JSON.stringify(list) : undefined;
      const found = request.url === "/shelves.googleapis.com/$discovery/rest?version=v1" ? document : body;
      response.writeHead(found === undefined ? 404 : 200).end(found);
    });
    // Maps each of Google's hosts to a folder of the local server.
    const { origin } = new URL(url);
    const toServer = new Agent().compose((dispatch) => (options, handler) => {
      const folder = `/${new URL(String(options.origin)).host}`;
      return dispatch({ ...options, origin, path: folder + options.path }, handler);
    });
    dispatchTo(toServer);
    const { text, source } = await createSources({}).load({ id: "shelves:v1" });
    expect({ text, source }).toEqual({
      text: document,
      source: "https://shelves.googleapis.com/$discovery/rest?version=v1",
    });
    expect(seen[0]?.url).toBe("/www.googleapis.com/discovery/v1/apis");
  });
});

describe("a fetched document is cached", () => {
  it("and revalidated with its etag", async () => {
    const { directoryUrl, url, seen, documents } = await serveDirectory();
    const load = () => createSources({ directoryUrl }).load({ source: `${url}rest/shelves:v1` });
    const first = await load();
    expect(await load()).toEqual(first);
    expect(seen.map(({ headers }) => headers["if-none-match"])).toEqual([undefined, first.etag]);
    documents.set("shelves:v1", { ...documents.get("shelves:v1"), revision: "20270101" });
    expect((await load()).text).toContain("20270101");
  });

  it("and used with --offline", async () => {
    const { directoryUrl, seen } = await serveDirectory();
    const first = await createSources({ directoryUrl }).load({ id: "shelves:v1" });
    const requests = seen.length;
    expect(await createSources({ directoryUrl, offline: true }).load({ id: "shelves:v1" })).toEqual(first);
    expect(seen).toHaveLength(requests);
    const other = createSources({ directoryUrl, offline: true }).load({ id: "shelves:v2" });
    expect(await errorTextOf(other)).toMatch(/^OFFLINE .*\/rest\/shelves:v2: the document is not cached$/);
  });

  it("unless the cache is off", async () => {
    const { url } = await serveDirectory();
    await createSources({ cache: false }).load({ source: `${url}rest/shelves:v1` });
    expect(await readdir(process.env["XDG_CACHE_HOME"] ?? "")).toEqual([]);
  });

  it("without keys from its URL", async () => {
    const { url } = await serve((_, response) => void response.end("{}"));
    await createSources({}).load({ source: `${url}?key=hidden` });
    const folder = join(process.env["XDG_CACHE_HOME"] ?? "", "discogen");
    const [name = ""] = await readdir(folder);
    expect(name + (await readFile(join(folder, name), "utf8"))).not.toContain("hidden");
  });

  it.each([
    ["is broken", "{"],
    ["has another format", "[]"],
  ])("and fetched again if its entry %s", async (_, text) => {
    const { url, seen } = await serve((_, response) => void response.writeHead(200, { etag: '"1"' }).end("{}"));
    await createSources({}).load({ source: url });
    const folder = join(process.env["XDG_CACHE_HOME"] ?? "", "discogen");
    for (const name of await readdir(folder)) await writeFile(join(folder, name), text);
    expect(await createSources({}).load({ source: url })).toMatchObject({ text: "{}" });
    expect(seen.map(({ headers }) => headers["if-none-match"])).toEqual([undefined, undefined]);
  });

  it("only if the cache is writable, without an error otherwise", async () => {
    const file = join(await temporaryFolder(), "file");
    await writeFile(file, "");
    const { url } = await serve((_, response) => void response.end("{}"));
    expect(await createSources({ cache: file }).load({ source: url })).toMatchObject({ text: "{}" });
  });
});

describe("a pinned document", () => {
  const text = '{\n  "kind": "discovery#restDescription"\n}\n';
  async function pinned(facts: object = {}): Promise<Lock> {
    const folder = await temporaryFolder();
    await mkdir(join(folder, "discovery"));
    await writeFile(join(folder, "discovery/shelves.v1.json"), text);
    const entry = { source: "https://x.example/rest", revision: "1", sha256: hashOf(text), ...facts };
    await writeFile(join(folder, "discogen.lock.json"), lockText(new Map([["shelves:v1", entry]])));
    return readLock(folder);
  }

  it.each([
    ["its id", { id: "shelves:v1" }],
    ["its URL", { source: "https://x.example/rest" }],
    ["both", { id: "shelves:v1", source: "https://x.example/rest" }],
  ])("is found by %s, without a network", async (_, request) => {
    const lock = await pinned();
    const file = join(lock.folder, "discovery/shelves.v1.json");
    expect(await createSources({ lock, offline: true }).load(request)).toMatchObject({ file, text });
  });

  it.each([
    ["another source", { id: "shelves:v1", source: "https://y.example/rest" }],
    ["another API", { source: "https://y.example/rest" }],
  ])("is not used for %s", async (_, request) => {
    const load = createSources({ lock: await pinned(), offline: true }).load(request);
    expect(await errorTextOf(load)).toMatch(/^OFFLINE https:\/\/y.example/);
  });

  it("is not used for a local file", async () => {
    const lock = await pinned();
    const source = join(lock.folder, "own.json");
    await writeFile(source, "{}");
    const own = await createSources({ lock }).load({ id: "shelves:v1", source });
    expect(decoded(own.text, own.file)).toBe("{}");
  });

  it("may have other line ends", async () => {
    const lock = await pinned();
    await writeFile(join(lock.folder, "discovery/shelves.v1.json"), text.replaceAll("\n", "\r\n"));
    expect(await createSources({ lock }).load({ id: "shelves:v1" })).toMatchObject({
      text: expect.stringContaining("kind"),
    });
  });

  it.each([
    ["was edited", "{}", /was edited: its hash differs from the one in .*discogen\.lock\.json/],
    ["is missing", undefined, /the pinned document is missing/],
  ])("is rejected if it %s", async (_, edited, message) => {
    const lock = await pinned();
    const file = join(lock.folder, "discovery/shelves.v1.json");
    if (edited === undefined) await rm(file);
    else await writeFile(file, edited);
    const text = await errorTextOf(createSources({ lock }).load({ id: "shelves:v1" }));
    expect(text).toMatch(/^LOCK_MISMATCH/);
    expect(text).toMatch(message);
  });
});

describe("a lock", () => {
  it("does not depend on the order in which APIs were pinned", () => {
    const a = { source: "bundled", revision: "1", sha256: "a" };
    const b = { sha256: "b", etag: '"e"', revision: "2", source: "https://x.example/" };
    const text = lockText(
      new Map([
        ["a:v1", a],
        ["b:v1", b],
      ]),
    );
    expect(
      lockText(
        new Map([
          ["b:v1", b],
          ["a:v1", a],
        ]),
      ),
    ).toBe(text);
    expect(Object.keys(JSON.parse(text).apis["b:v1"])).toEqual(["source", "revision", "etag", "sha256"]);
  });

  it("that is missing pins nothing", async () => {
    expect((await readLock(await temporaryFolder())).apis.size).toBe(0);
  });

  it.each([
    ["a truncated lock", '{"version":1,', /JSON/],
    ["a lock with merge conflicts", "<<<<<<< HEAD\n{}", /JSON/],
    ["another file", '{"name":"x"}', /`apis` is missing/],
    ["a lock of another version", '{"version":2,"apis":{}}', /unsupported lock version 2; expected 1/],
    ["an entry without its hash", '{"version":1,"apis":{"a:v1":{"source":"bundled","revision":"1"}}}', /\/apis\/a:v1/],
    ["a folder", undefined, /the path is not a file/],
    [
      "an id that is a path",
      '{"version":1,"apis":{"../a:v1":{"source":"x","revision":"1","sha256":""}}}',
      /name:version/,
    ],
  ])("is rejected: %s", async (_, text, message) => {
    const folder = await temporaryFolder();
    const file = join(folder, "discogen.lock.json");
    await (text === undefined ? mkdir(file) : writeFile(file, text));
    const error: unknown = await readLock(folder).catch((error: unknown) => error);
    expect(error).toMatchObject({ diagnostics: [{ code: "LOCK_INVALID" }] });
    expect(String(error)).toMatch(message);
  });
});
