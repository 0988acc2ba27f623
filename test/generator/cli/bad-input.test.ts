/** Invalid input: each error has a code and help, exits with 2, and changes no file. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { mkdir, mkdtemp, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serve } from "../../runtime/support/server.js";
import { DISCOGEN, discogen, discogenProcess } from "../../support/discogen.js";
import { filesOf, temporaryFolder } from "../../support/folders.js";

const HEAD = { kind: "discovery#restDescription", name: "thing", version: "v1", rootUrl: "https://thing.example/" };

const documentOf = (facts: object) => JSON.stringify({ ...HEAD, ...facts });

/** JSON that is nested 10,000 levels deep. Recursion over it would overflow the stack. */
const deep = (before: string, after: string) => before.repeat(10_000) + "{}" + after.repeat(10_000);

/** Schemas that each refer to the next one, in the way that `linkTo` returns. */
function chainOf(linkTo: (next: string) => object, last: object): object {
  const links = Array.from({ length: 10_000 }, (_, index) => [`S${index}`, linkTo(`S${index + 1}`)] as const);
  const method = { id: "thing.go", httpMethod: "POST", path: "go", request: { $ref: "S0" }, response: { $ref: "S0" } };
  return { schemas: { ...Object.fromEntries(links), S10000: last }, methods: { go: method } };
}

const inProperty = (next: string) => ({ type: "object", properties: { next: { $ref: next } } });

/** Files of the working folder. */
const FILES: Readonly<Record<string, string | Uint8Array>> = {
  "thing.json": documentOf({}),
  "THING.json": documentOf({ name: "Thing" }),
  "empty.json": "",
  "blank.json": " \n",
  "page.json": "<!doctype html><title>Sign in</title>",
  "secret.json": '{"private_key": "-----BEGIN PRIVATE KEY-----", ]',
  "bytes.json": Uint8Array.from({ length: 4096 }, (_, index) => index),
  "latin.json": Buffer.from(documentOf({ title: "\u00fc" }), "latin1"),
  "utf-16.json": Buffer.from(documentOf({}), "utf16le"),
  "list.json": "[]",
  "climbs.json": documentOf({ name: "../../out" }),
  "absolute.json": documentOf({ version: "/etc" }),
  "deep-json.json": `{"schemas": ${deep('{"x":', "}")}}`,
  "deep-schemas.json": documentOf({ schemas: { Deep: 0 } }).replace("0", deep('{"type":"array","items":', "}")),
  "deep-resources.json": documentOf({ resources: { deep: 0 } }).replace("0", deep('{"resources":{"x":', "}}")),
  "deep-aliases.json": documentOf(chainOf((next) => ({ $ref: next }), { type: "string" })),
  "broken.config.ts": "export default {",
  "throwing.config.ts": 'throw new Error("no luck");',
  "waiting.config.ts": "export default new Promise(() => {});",
  "named.config.ts": "export const config = { apis: [] };",
  "number.config.ts": "export default 7;",
  "broken.config.json": '{ "apis": ["https://thing.example/?key=SECRET" ] ]',
  "typo.config.json": '{ "apis": ["thing.json"], "outptu": "x" }',
  "apis.config.json": '{ "apis": [{ "id": "thing:v1", "exlude": [] }] }',
  "enums.config.json": '{ "apis": ["thing.json"], "enums": "opne" }',
  "ftp.config.json": '{ "apis": ["ftp://user:SECRET@x/y.json?key=SECRET"] }',
  file: "in the way",
};

/** For commands that change nothing. */
let untouched = "";
beforeAll(async () => {
  untouched = await mkdtemp(join(tmpdir(), "discogen-test-"));
  await writeFiles(untouched);
});
afterAll(() => rm(untouched, { recursive: true }));

async function folderOfFiles(): Promise<string> {
  const folder = await temporaryFolder();
  await writeFiles(folder);
  return folder;
}

async function writeFiles(folder: string): Promise<void> {
  for (const [name, content] of Object.entries(FILES)) await writeFile(join(folder, name), content);
  await mkdir(join(folder, "folder.json"));
  await mkdir(join(folder, "taken/thing/v1/schemas.ts"), { recursive: true });
}

/** Runs a command and checks what is true for every error. Returns standard error. */
async function errorOf(args: readonly string[], folder: string, run = discogen): Promise<string> {
  const before = await filesOf(folder);
  const { code, stderr } = await run(args, folder);
  expect(stderr).toMatch(/^error [A-Z_]+ .+\n {2}help: .+\n/);
  expect(stderr).not.toMatch(/^\s+at |INTERNAL_ERROR|SECRET|PRIVATE/m);
  expect(await filesOf(folder)).toEqual(before);
  expect(code).toBe(2);
  return stderr;
}

describe("rejects a document", () => {
  it.each([
    ["that does not exist", "nowhere.json", /FILE_UNREADABLE nowhere\.json: no such file or directory \(ENOENT\)/],
    ["that is a folder", "folder.json", /FILE_UNREADABLE folder\.json: the path is a folder/],
    ["with a scheme other than http(s)", "ftp://user:SECRET@x/y.json", /FILE_UNREADABLE ftp:\/\/x\/.*\n.*http\(s\)/],
    ["that is empty", "empty.json", /INVALID_JSON empty\.json: invalid JSON: Unexpected end/],
    ["that contains only spaces", "blank.json", /INVALID_JSON/],
    ["that is a web page", "page.json", /INVALID_JSON page\.json: invalid JSON: Unexpected token '<'$/m],
    ["that contains a secret, which is not printed", "secret.json", /INVALID_JSON/],
    ["of binary data", "bytes.json", /INVALID_JSON bytes\.json: the document is not UTF-8 text/],
    ["in Latin-1", "latin.json", /INVALID_JSON latin\.json: the document is not UTF-8 text/],
    ["in UTF-16", "utf-16.json", /INVALID_JSON/],
    ["that is an array", "list.json", /NOT_A_DISCOVERY_DOCUMENT list\.json: expected an object, found an array/],
    ["whose name is a path", "climbs.json", /UNSAFE_NAME climbs\.json#\/name: "\.\.\/\.\.\/out"/],
    ["whose version is a path", "absolute.json", /UNSAFE_NAME absolute\.json#\/version: "\/etc"/],
    ["that is nested deeply and is not a Discovery document", "deep-json.json", /NOT_A_DISCOVERY_DOCUMENT/],
    ["with deeply nested schemas", "deep-schemas.json", /TOO_DEEP deep-schemas\.json#\/schemas\/Deep\/items/],
    ["with deeply nested resources", "deep-resources.json", /TOO_DEEP deep-resources\.json#\/resources\/deep/],
    ["with a long chain of references", "deep-aliases.json", /TOO_DEEP deep-aliases\.json#\/schemas\/S\d+/],
  ])("%s", async (_, file, want) => {
    expect(await errorOf(["generate", file, "--out", "out"], untouched)).toMatch(want);
  });

  it.each([["generate"], ["openapi"], ["scopes"], ["docs", "--out", "site"], ["mock"], ["diff", "thing.json"]])(
    "with a long chain of references in %s",
    async (command, ...rest) => {
      const file = "deep-aliases.json";
      expect(await errorOf([command, file, ...rest], untouched)).toContain("TOO_DEEP");
    },
  );

  it("that is too large", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "large.json"), documentOf({ description: "x".repeat(50_000_000) }));
    expect(await errorOf(["generate", "large.json"], folder)).toMatch(
      /DOCUMENT_TOO_LARGE large\.json: the document has more than 32 MiB/,
    );
  });

  it("but not one with a byte order mark", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "mark.json"), `\uFEFF${documentOf({})}`);
    expect(await discogen(["generate", "mark.json"], folder)).toMatchObject({ code: 0, stderr: "" });
  });

  it("but not one with a chain of 10,000 types, in any command", async () => {
    const folder = await temporaryFolder();
    const last = { type: "object", properties: { id: { type: "string", readOnly: true } } };
    await writeFile(join(folder, "long.json"), documentOf(chainOf(inProperty, last)));
    await writeFile(join(folder, "other.json"), documentOf(chainOf(inProperty, { type: "object" })));
    for (const args of [
      ["generate", "long.json", "--out", "out"],
      ["openapi", "long.json", "--out", "openapi.json"],
      ["docs", "long.json", "--out", "site"],
      ["scopes", "long.json"],
      ["diff", "long.json", "other.json"],
      ["call", "long.json", "go", "--help"],
    ])
      expect(await discogen(args, folder)).toMatchObject({ code: 0, stderr: "" });
  });
});

interface Reply {
  readonly status?: number;
  readonly type?: string;
  readonly body?: string;
  /** A content-length; the body is not sent. */
  readonly length?: number;
}

describe("reports a server", () => {
  it.each<[string, Reply | undefined, RegExp]>([
    ["that is down", undefined, /FETCH_FAILED \S+\/x\?key=REDACTED: connect ECONNREFUSED/],
    ["that responds with 404", { status: 404 }, /DOCUMENT_GONE \S+\/x\?key=REDACTED: the server responded with 404/],
    [
      "that sends a web page",
      { type: "text/html", body: "<html>" },
      /FETCH_FAILED \S+\/x\?key=REDACTED: .* web page instead of JSON/,
    ],
    [
      "that sends a web page as application/json",
      { body: "<html>" },
      /INVALID_JSON \S+\/x\?key=REDACTED: invalid JSON: .* '<'$/m,
    ],
    ["that requires authentication", { status: 401 }, /FETCH_FAILED [\s\S]*help: .*DISCOGEN_API_KEY/],
    [
      "that announces a body that is too large",
      { length: 10 ** 12 },
      /DOCUMENT_TOO_LARGE \S+\/x\?key=REDACTED: the document has more than 32 MiB/,
    ],
    ["that sends an empty body", { status: 204 }, /INVALID_JSON/],
  ])("%s", async (_, reply, want) => {
    const { url, server } = await serve((_, response) => {
      const { status = 200, type = "application/json", body = "", length } = reply ?? {};
      response.writeHead(status, { "content-type": type, ...(length !== undefined && { "content-length": length }) });
      if (length === undefined) response.end(body);
      else response.write("{");
    });
    if (reply === undefined) await new Promise((resolve) => server.close(resolve));
    const folder = await temporaryFolder();
    const address = `${url.replace("http://", "http://user:SECRET@")}x?key=SECRET`;
    expect(await errorOf(["generate", address, "--no-cache"], folder)).toMatch(want);
  });

  it("behind an invalid proxy, without its password", async () => {
    const folder = await temporaryFolder();
    for (const HTTPS_PROXY of ["ftp://user:SECRET@proxy.example", "http://user:SECRET@not a host"]) {
      const { code, stderr } = await discogen(["generate", "https://api.invalid/x"], folder, { HTTPS_PROXY });
      expect(stderr).toMatch(/^error FETCH_FAILED https:\/\/api\.invalid\/x: the proxy setting is invalid/);
      expect(stderr).not.toContain("SECRET");
      expect(code).toBe(2);
    }
  });

  it.each([
    ["that is down", undefined],
    ["that is a web page", "<html>"],
    ["that sends other JSON", '{"apis":[]}'],
  ])("that should be a directory, %s", async (_, body) => {
    const { url, server } = await serve((_, response) => void response.end(body));
    if (body === undefined) await new Promise((resolve) => server.close(resolve));
    const args = ["generate", "thing:v1", "--no-cache", "--directory-url", url];
    expect(await errorOf(args, await temporaryFolder())).toMatch(
      /UNKNOWN_API thing:v1: .*the directory is unavailable: http/,
    );
  });
});

describe("rejects a config", () => {
  it.each([
    ["that does not exist", "none.config.ts", /CONFIG_UNLOADABLE none\.config\.ts: file not found\n.*init/],
    ["that is a folder", "folder.json", /CONFIG_UNLOADABLE folder\.json: the path is not a file/],
    ["with a syntax error", "broken.config.ts", /CONFIG_UNLOADABLE broken\.config\.ts: .*broken\.config\.ts:1:\d+/],
    ["that throws", "throwing.config.ts", /CONFIG_UNLOADABLE throwing\.config\.ts: no luck/],
    ["without a default export", "named.config.ts", /CONFIG_UNLOADABLE .* the module has no default export/],
    ["that is not an object", "number.config.ts", /CONFIG_INVALID .* expected an object, found a number/],
    ["that is not JSON", "broken.config.json", /CONFIG_UNLOADABLE broken\.config\.json: invalid JSON/],
    ["with a typo in a key", "typo.config.json", /CONFIG_INVALID .* unknown option "outptu"; did you mean output\?/],
    [
      "with a typo in a key of an API",
      "apis.config.json",
      /#\/apis\/0: unknown option "exlude"; did you mean exclude\?/,
    ],
    ["with a source that cannot be fetched", "ftp.config.json", /FILE_UNREADABLE ftp:\/\/x\/y\.json\?key=REDACTED: /],
    ["with a typo in a value", "enums.config.json", /#\/enums: .*not "opne"; did you mean open\?/],
  ])("%s", async (_, file, want) => {
    expect(await errorOf(["generate", "--config", file], untouched)).toMatch(want);
  });

  // Discogen notices that the process has nothing left to do. The process of a test always has.
  it("that never settles", async () => {
    expect(await errorOf(["generate", "--config", "waiting.config.ts"], untouched, discogenProcess)).toMatch(
      /CONFIG_UNLOADABLE .* the config waits for a promise that never settles/,
    );
  });
});

describe("rejects a command line", () => {
  it.each([
    ["with --check and --watch", ["generate", "--check", "--watch"], /--check and --watch cannot be combined/],
    [
      "with --offline and --no-cache",
      ["list", "--offline", "--no-cache"],
      /--offline and --no-cache cannot be combined/,
    ],
    ["with an unknown command", ["genrate"], /unknown command "genrate"; did you mean generate\?/],
    ["with an unknown option and no command", ["--versoin"], /unknown option "--versoin"; did you mean --version\?/],
    ["for help on an unknown command", ["help", "moc"], /unknown command "moc"; did you mean mock\?/],
    ["with an unknown option", ["docs", "x:v1", "--exlude", "x"], /did you mean --exclude\?/],
    ["with an unknown reporter", ["update", "--reporter", "jsn"], /text or json, not "jsn"; did you mean json\?/],
    ["with an unknown value of --enums", ["generate", "x:v1", "--enums", "closd"], /did you mean closed\?/],
    ["with an unknown value of --fail-on", ["diff", "x:v1", "x:v2", "--fail-on", "braking"], /did you mean breaking\?/],
    [
      "with an unknown version of an API",
      ["scopes", "sqladmin:v1beta4"],
      /did you mean sqladmin:v1 or sqladmin:v1beta3\?/,
    ],
    [
      "with an API without its version",
      ["generate", "sqladmin"],
      /UNKNOWN_API .*did you mean sqladmin:v1 or sqladmin:v1beta3\?/,
    ],
    [
      "with an unknown name of an API",
      ["openapi", "sqladmn"],
      /UNKNOWN_API .*did you mean sqladmin:v1 or sqladmin:v1beta3\?/,
    ],
    ["with an unknown method", ["scopes", "sqladmin:v1beta3", "instances.lst"], /did you mean instances\.list\?/],
    [
      "with an unknown parameter",
      ["call", "sqladmin:v1beta3", "instances.list", "--projct", "x"],
      /did you mean --project\?/,
    ],
  ])("%s", async (_, args, want) => {
    const folder = await temporaryFolder();
    // An empty directory, so that no test needs the network.
    const { url } = await serve((_, response) => void response.end('{"items":[]}'));
    const directory = args[0] === "scopes" || /sqladm/.test(args[1] ?? "") ? ["--directory-url", url] : [];
    expect(await errorOf([...args, ...directory], folder)).toMatch(want);
  });
});

describe("rejects output", () => {
  it.each([
    ["into a file", ["generate", "thing.json", "--out", "file"], /OUTPUT_UNWRITABLE file\/thing\/v1\/index\.ts: /],
    ["below a file", ["generate", "thing.json", "--out", "file/below"], /OUTPUT_UNWRITABLE .*not a directory/],
    ["over a folder", ["generate", "thing.json", "--out", "taken"], /taken\/thing\/v1\/schemas\.ts: it is a folder/],
    ["of a file over a folder", ["openapi", "thing.json", "--out", "folder.json"], /folder\.json: it is a folder/],
    ["of a site into a file", ["docs", "thing.json", "--out", "file"], /OUTPUT_UNWRITABLE file\/\S+: /],
    ["of a key below a file", ["mock", "thing.json", "--key-file", "file/key"], /OUTPUT_UNWRITABLE file\/key: /],
  ])("%s", async (_, args, want) => {
    expect(await errorOf(args, untouched)).toMatch(want);
  });

  it("of two APIs into one folder: reports the second, and writes the first", async () => {
    const folder = await folderOfFiles();
    const outcome = await discogen(["generate", "thing.json", "THING.json", "--out", "out"], folder);
    expect(outcome).toMatchObject({
      code: 2,
      stdout: expect.stringMatching(/^thing:v1 .*\(2 written\)\n1 API, 1 error/),
      stderr: expect.stringMatching(/^error DUPLICATE_API THING\.json: Thing:v1 .* from thing\.json\n {2}help: .+\n$/),
    });
    expect((await filesOf(folder)).filter((file) => file.startsWith("out/"))).toEqual([
      "out/.discogen.json",
      "out/thing/v1/index.ts",
      "out/thing/v1/schemas.ts",
    ]);
  });

  it("through a link out of its folder", async () => {
    const folder = await folderOfFiles();
    const outside = await temporaryFolder();
    await mkdir(join(folder, "out"));
    await symlink(outside, join(folder, "out/thing"), "dir");
    expect(await errorOf(["generate", "thing.json", "--out", "out"], folder)).toMatch(
      /OUTPUT_UNWRITABLE out\/thing\/v1\/index\.ts: thing is a link that points outside out/,
    );
    expect(await filesOf(outside)).toEqual([]);
  });

  it("but not into a folder that is a link", async () => {
    const folder = await folderOfFiles();
    const outside = await temporaryFolder();
    await symlink(outside, join(folder, "out"), "dir");
    expect(await discogen(["generate", "thing.json", "--out", "out"], folder)).toMatchObject({ code: 0, stderr: "" });
    expect(await filesOf(outside)).toContain("thing/v1/index.ts");
    expect(await readlink(join(folder, "out"))).toBe(outside);
  });

  // A limit for the size of files makes writes fail like a full disk, even for root.
  it.skipIf(process.platform === "win32")("to a full disk", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "small.json"), documentOf({}));
    await discogen(["generate", "small.json", "--out", "out"], folder);
    const before = await filesOf(folder);
    const command = `ulimit -f 16; exec "$0" "$@"`;
    const child = spawn(
      "sh",
      ["-c", command, process.execPath, DISCOGEN, "generate", "sqladmin:v1beta3", "--out", "out"],
      {
        cwd: folder,
        env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: "1" },
      },
    );
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, "close")]);
    expect(stderr).toMatch(/^error OUTPUT_UNWRITABLE out\/sqladmin\/v1beta3\/\w+\.ts: file too large \(EFBIG\)\n/);
    expect(code).toBe(2);
    expect(await filesOf(folder)).toEqual(before);
    expect(await readFile(join(folder, "out/thing/v1/index.ts"), "utf8")).toContain("ThingClient");
  });

  it.skipIf(!existsSync("/dev/full"))("to a standard output that is full", async () => {
    const full = openSync("/dev/full", "w");
    for (const args of [["--help"], ["list", "--offline"], ["openapi", "sqladmin:v1beta3"]]) {
      const child = spawn(process.execPath, [DISCOGEN, ...args], { stdio: ["ignore", full, "pipe"] });
      const [stderr, [code]] = await Promise.all([text(child.stderr ?? Readable.from([])), once(child, "close")]);
      expect(stderr).toMatch(
        /^error OUTPUT_UNWRITABLE standard output: no space left on device \(ENOSPC\)\n {2}help: /,
      );
      expect(code).toBe(2);
    }
    closeSync(full);
  });
});

describe("--reporter json prints errors as one object", () => {
  it.each([
    ["generate", ["generate", "nowhere.json"], "FILE_UNREADABLE"],
    ["check", ["check", "nowhere.json"], "FILE_UNREADABLE"],
    ["list", ["list", "a", "b"], "USAGE"],
    ["update", ["update"], "CONFIG_MISSING"],
    ["diff", ["diff", "nowhere.json", "sqladmin:v1beta3"], "FILE_UNREADABLE"],
    ["scopes", ["scopes", "sqladmin:v1beta3", "nothing"], "USAGE"],
    ["mock", ["mock"], "USAGE"],
    ["init", ["init", "--yes", "nothing"], "USAGE"],
    ["an unknown command", ["genrate"], "USAGE"],
    ["an unknown option", ["generate", "--sped"], "USAGE"],
  ])("%s", async (_, args, code) => {
    const outcome = await discogen([...args, "--reporter", "json"], await temporaryFolder());
    expect(JSON.parse(outcome.stdout)).toMatchObject({ ok: false, diagnostics: [{ severity: "error", code }] });
    expect(outcome.code).toBe(2);
  });
});
