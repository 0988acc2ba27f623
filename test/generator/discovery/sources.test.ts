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

async function faultOf(run: Promise<unknown>): Promise<string> {
  const error: unknown = await run.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(error instanceof InputError)) throw error;
  return error.diagnostics.map(({ code, file, message }) => `${code} ${file}: ${message}`).join("\n");
}

describe("an id", () => {
  it("is looked up in the directory, whose addresses may be relative", async () => {
    const { directoryUrl, url } = await serveDirectory();
    const found = await createSources({ directoryUrl }).load({ id: "shelves:v2" });
    expect(found).toMatchObject({
      file: `${url}rest/shelves:v2`,
      source: `${url}rest/shelves:v2`,
      etag: expect.stringMatching(/"/),
    });
    expect(JSON.parse(decoded(found.text, found.file))).toMatchObject({ version: "v2" });
  });

  it("is looked up where the environment says", async () => {
    const { directoryUrl } = await serveDirectory();
    vi.stubEnv("DISCOGEN_DIRECTORY_URL", directoryUrl);
    expect(await createSources().load({ id: "shelves:v1" })).toMatchObject({
      text: expect.stringContaining("shelves"),
    });
  });

  it("that is bundled asks no directory", async () => {
    const { directoryUrl, seen } = await serveDirectory();
    expect(await createSources({ directoryUrl }).load({ id: "sqladmin:v1beta3" })).toMatchObject({ source: "bundled" });
    expect(seen).toEqual([]);
  });

  it("has the list fetched once for many", async () => {
    const { directoryUrl, seen } = await serveDirectory();
    const sources = createSources({ directoryUrl });
    await Promise.all(["shelves:v1", "shelves:v2"].map((id) => sources.load({ id })));
    expect(seen.map(({ url }) => url).sort()).toEqual(["/discovery/v1/apis", "/rest/shelves:v1", "/rest/shelves:v2"]);
  });

  it.each([
    ["of another version", "shelves:v3", "; did you mean shelves:v1 or shelves:v2?"],
    ["with a typo", "shelvs:v1", "; did you mean shelves:v1?"],
    ["of a bundled API's other version", "sqladmin:v1beta2", "; did you mean sqladmin:v1 or sqladmin:v1beta3?"],
    ["like no other", "frobnicate:v1", ""],
  ])("%s is not known", async (_, id, near) => {
    const { directoryUrl } = await serveDirectory();
    expect(await faultOf(createSources({ directoryUrl }).load({ id }))).toBe(
      `UNKNOWN_API ${id}: it is neither bundled nor in the directory${near}`,
    );
  });

  it("that is listed, and whose document is gone", async () => {
    const { directoryUrl, gone, url } = await serveDirectory();
    gone.add("shelves:v1");
    expect(await faultOf(createSources({ directoryUrl }).load({ id: "shelves:v1" }))).toBe(
      `DOCUMENT_GONE ${url}rest/shelves:v1: the server answered 404 Not Found`,
    );
  });

  it.each([
    ["is down", "http://127.0.0.1:1/apis", /cannot be had: http:\/\/127.0.0.1:1\/apis: connect ECONNREFUSED/],
    ["is no address", "ftp://x.example/", /no http\(s\) URL/],
  ])("of a directory that %s", async (_, directoryUrl, message) => {
    const fault = await faultOf(createSources({ directoryUrl }).load({ id: "shelves:v1" }));
    expect(fault).toMatch(/^UNKNOWN_API shelves:v1: it is not bundled/);
    expect(fault).toMatch(message);
  });

  it.each([
    ["a web page", "<html>"],
    ["a document", '{"kind":"discovery#restDescription"}'],
    ["a list of nothing", "[]"],
  ])("of a directory that is %s", async (_, body) => {
    const { url } = await serve((_, response) => void response.end(body));
    expect(await faultOf(fetchDirectory({ directoryUrl: url }))).toMatch(/^FETCH_FAILED .*: it is no directory/);
  });
});

describe("keys and tokens of the environment", () => {
  /** A directory whose document is on another host, and what both hosts are sent. */
  async function twoHosts() {
    vi.stubEnv("DISCOGEN_TOKEN", "the-token");
    const other = await serve((_, response) => void response.end("{}"));
    const list = JSON.stringify({ items: [{ id: "shelves:v1", discoveryRestUrl: other.url }] });
    const { url, seen } = await serve((_, response) => void response.end(list));
    const sent = () => [...seen, ...other.seen].map(({ headers }) => headers.authorization);
    return { url, other: other.url, sent };
  }

  it("go to the directory that the caller names, not to where it lists a document", async () => {
    const { url, sent } = await twoHosts();
    await createSources({ directoryUrl: url, lock: false }).load({ id: "shelves:v1" });
    expect(sent()).toEqual(["Bearer the-token", undefined]);
  });

  it("go to the directory that the environment names", async () => {
    const { url, sent } = await twoHosts();
    vi.stubEnv("DISCOGEN_DIRECTORY_URL", url);
    await createSources({ lock: false }).load({ id: "shelves:v1" });
    expect(sent()).toEqual(["Bearer the-token", undefined]);
  });

  it("go to the document that the caller names", async () => {
    const { other, sent } = await twoHosts();
    await createSources({ lock: false }).load({ source: other });
    expect(sent()).toEqual(["Bearer the-token"]);
  });

  it("go nowhere else, if hosts are listed", async () => {
    const { url, other, sent } = await twoHosts();
    const sources = createSources({ directoryUrl: url, lock: false, credentialHosts: [] });
    await sources.load({ id: "shelves:v1" });
    await sources.load({ source: `${other}again` });
    expect(sent()).toEqual([undefined, undefined, undefined]);
  });
});

describe("Google serves a document also", () => {
  const document = '{"kind":"discovery#restDescription"}';
  it.each([
    [
      "when its listed address is gone",
      { items: [{ id: "shelves:v1", discoveryRestUrl: "https://gone.googleapis.com/" }] },
    ],
    ["when it is not listed", { items: [] }],
    ["when there is no directory", undefined],
  ])("%s", async (_, list) => {
    const { url, seen } = await serve((request, response) => {
      const body = request.url.startsWith("/www.") ? list && JSON.stringify(list) : undefined;
      const found = request.url === "/shelves.googleapis.com/$discovery/rest?version=v1" ? document : body;
      response.writeHead(found === undefined ? 404 : 200).end(found);
    });
    // Google's hosts, as folders of a server that is here.
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

describe("what was fetched is kept", () => {
  it("and asked for by its etag, which saves the answer", async () => {
    const { directoryUrl, url, seen, documents } = await serveDirectory();
    const load = () => createSources({ directoryUrl }).load({ source: `${url}rest/shelves:v1` });
    const first = await load();
    expect(await load()).toEqual(first);
    expect(seen.map(({ headers }) => headers["if-none-match"])).toEqual([undefined, first.etag]);
    documents.set("shelves:v1", { ...documents.get("shelves:v1"), revision: "20270101" });
    expect((await load()).text).toContain("20270101");
  });

  it("for work without a network", async () => {
    const { directoryUrl, seen } = await serveDirectory();
    const first = await createSources({ directoryUrl }).load({ id: "shelves:v1" });
    const requests = seen.length;
    expect(await createSources({ directoryUrl, offline: true }).load({ id: "shelves:v1" })).toEqual(first);
    expect(seen).toHaveLength(requests);
    const other = createSources({ directoryUrl, offline: true }).load({ id: "shelves:v2" });
    expect(await faultOf(other)).toMatch(/^OFFLINE .*\/rest\/shelves:v2: it was not fetched before$/);
  });

  it("unless that is not wanted", async () => {
    const { url } = await serveDirectory();
    await createSources({ cache: false }).load({ source: `${url}rest/shelves:v1` });
    expect(await readdir(process.env["XDG_CACHE_HOME"] ?? "")).toEqual([]);
  });

  it("for nobody else to read, keys in addresses left out", async () => {
    const { url } = await serve((_, response) => void response.end("{}"));
    await createSources({}).load({ source: `${url}?key=hidden` });
    const folder = join(process.env["XDG_CACHE_HOME"] ?? "", "discogen");
    const [name = ""] = await readdir(folder);
    expect(name + (await readFile(join(folder, name), "utf8"))).not.toContain("hidden");
  });

  it.each([
    ["is broken", "{"],
    ["is of another shape", "[]"],
  ])("and fetched anew when it %s", async (_, text) => {
    const { url, seen } = await serve((_, response) => void response.writeHead(200, { etag: '"1"' }).end("{}"));
    await createSources({}).load({ source: url });
    const folder = join(process.env["XDG_CACHE_HOME"] ?? "", "discogen");
    for (const name of await readdir(folder)) await writeFile(join(folder, name), text);
    expect(await createSources({}).load({ source: url })).toMatchObject({ text: "{}" });
    expect(seen.map(({ headers }) => headers["if-none-match"])).toEqual([undefined, undefined]);
  });

  it("where that is possible, and no fault where it is not", async () => {
    const file = join(await temporaryFolder(), "file");
    await writeFile(file, "");
    const { url } = await serve((_, response) => void response.end("{}"));
    expect(await createSources({ cache: file }).load({ source: url })).toMatchObject({ text: "{}" });
  });
});

describe("what is pinned", () => {
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
    ["another source is asked for", { id: "shelves:v1", source: "https://y.example/rest" }],
    ["another API is asked for", { source: "https://y.example/rest" }],
  ])("does not answer when %s", async (_, request) => {
    const load = createSources({ lock: await pinned(), offline: true }).load(request);
    expect(await faultOf(load)).toMatch(/^OFFLINE https:\/\/y.example/);
  });

  it("does not stand for a file of one's own", async () => {
    const lock = await pinned();
    const source = join(lock.folder, "own.json");
    await writeFile(source, "{}");
    const own = await createSources({ lock }).load({ id: "shelves:v1", source });
    expect(decoded(own.text, own.file)).toBe("{}");
  });

  it("is the same with the line ends of another system", async () => {
    const lock = await pinned();
    await writeFile(join(lock.folder, "discovery/shelves.v1.json"), text.replaceAll("\n", "\r\n"));
    expect(await createSources({ lock }).load({ id: "shelves:v1" })).toMatchObject({
      text: expect.stringContaining("kind"),
    });
  });

  it.each([
    ["was edited", "{}", /was edited: its hash is not the one in .*discogen\.lock\.json/],
    ["is gone", undefined, /it is gone/],
  ])("is refused when it %s", async (_, edited, message) => {
    const lock = await pinned();
    const file = join(lock.folder, "discovery/shelves.v1.json");
    if (edited === undefined) await rm(file);
    else await writeFile(file, edited);
    const fault = await faultOf(createSources({ lock }).load({ id: "shelves:v1" }));
    expect(fault).toMatch(/^LOCK_MISMATCH/);
    expect(fault).toMatch(message);
  });
});

describe("a lock", () => {
  it("is the same text in whatever order its APIs were pinned", () => {
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

  it("that is not there pins nothing", async () => {
    expect((await readLock(await temporaryFolder())).apis.size).toBe(0);
  });

  it.each([
    ["half of one", '{"version":1,', /JSON/],
    ["one after a merge", "<<<<<<< HEAD\n{}", /JSON/],
    ["another file", '{"name":"x"}', /it has no apis/],
    ["one of another version", '{"version":2,"apis":{}}', /of version 2; 1 is expected/],
    ["an entry without its hash", '{"version":1,"apis":{"a:v1":{"source":"bundled","revision":"1"}}}', /\/apis\/a:v1/],
    ["a folder", undefined, /it is no file/],
    ["an id that climbs", '{"version":1,"apis":{"../a:v1":{"source":"x","revision":"1","sha256":""}}}', /name:version/],
  ])("is refused: %s", async (_, text, message) => {
    const folder = await temporaryFolder();
    const file = join(folder, "discogen.lock.json");
    await (text === undefined ? mkdir(file) : writeFile(file, text));
    const error: unknown = await readLock(folder).catch((error: unknown) => error);
    expect(error).toMatchObject({ diagnostics: [{ code: "LOCK_INVALID" }] });
    expect(String(error)).toMatch(message);
  });
});
