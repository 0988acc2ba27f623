/** One call from the shell: through the real binary, against the mock and a server that keeps what it is sent. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";
import { exampleFixtures, type MockOptions } from "../../../generator/src/mock/index.js";
import { DISCOGEN, discogen, type Outcome } from "../../support/discogen.js";
import { ROOT, temporaryFolder } from "../../support/folders.js";
import { mockFor, modelOf, sqladmin } from "../mock/support.js";

const SQL = "sqladmin:v1beta3";
const SHELVES = join(ROOT, "test/fixtures/shelves.v1.json");
const STORAGE = join(ROOT, "test/fixtures/media/storage.v1.json");
const project = ["--project", "example-123"];

interface Shell {
  readonly folder: string;
  readonly call: (...args: readonly string[]) => Promise<Outcome>;
  readonly callWith: (input: string, ...args: readonly string[]) => Promise<Outcome>;
}

/** A mock, and a shell whose Application Default Credentials are the mock's key. */
async function shell(options: Partial<MockOptions> = {}): Promise<Shell> {
  const storage = modelOf(await readFile(STORAGE, "utf8"), STORAGE);
  const models = [sqladmin, storage];
  const mock = await mockFor({ models, fixtures: exampleFixtures(models), ...options });
  const folder = await temporaryFolder();
  const key = join(folder, "key.json");
  await writeFile(key, JSON.stringify(mock.key), { mode: 0o600 });
  const callWith = (input: string, ...args: readonly string[]) =>
    discogen(
      ["call", ...args, "--root-url", mock.url],
      folder,
      { GOOGLE_APPLICATION_CREDENTIALS: key, GOOGLE_CLOUD_QUOTA_PROJECT: "" },
      input,
    );
  return { folder, call: (...args) => callWith("", ...args), callWith };
}

interface Kept {
  readonly line: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A server that keeps what it is sent, and answers each request so. */
async function keeper(
  answer: (response: ServerResponse) => void = (response) => response.end("{}"),
): Promise<{ readonly url: string; readonly kept: readonly Kept[] }> {
  const kept: Kept[] = [];
  const server = createServer(async (request, response) => {
    const { method, url, headers } = request;
    kept.push({ line: `${method} ${url}`, headers, body: await text(request) });
    response.setHeader("content-type", "application/json");
    answer(response);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("no port");
  return { url: `http://127.0.0.1:${address.port}/`, kept };
}

describe("discogen call", () => {
  it.each(["instances.list", "sql.instances.list"])("prints the answer of %s as JSON", async (method) => {
    const { call } = await shell();
    const { code, stdout, stderr } = await call(SQL, method, ...project, "--maxResults", "3");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const page = JSON.parse(stdout);
    expect(page).toMatchObject({ kind: "sql#instancesList", nextPageToken: expect.any(String) });
    expect(page.items).toHaveLength(3);
  });

  it("prints the items of all pages as one list", async () => {
    const { call } = await shell();
    const { code, stdout } = await call(SQL, "instances.list", ...project, "--all");
    expect(code).toBe(0);
    const names = JSON.parse(stdout).map(({ instance }: { readonly instance: string }) => instance);
    expect(names).toHaveLength(5);
    expect(new Set(names).size).toBe(5);
  });

  it("prints an empty list where there is nothing", async () => {
    const { call } = await shell();
    expect(await call(SQL, "instances.list", "--project", "nobody", "--all")).toMatchObject({
      code: 0,
      stdout: "[]\n",
    });
  });

  it("sends a body from a file, and waits for the operation", async () => {
    const { call, folder } = await shell();
    await writeFile(join(folder, "new.json"), JSON.stringify({ instance: "new-one", project: "example-123" }));
    const done = await call(SQL, "instances.insert", ...project, "--body", "new.json", "--wait");
    expect(done).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(done.stdout)).toMatchObject({ instance: "new-one", operationType: "CREATE", state: "DONE" });
  });

  it("sends a body from standard input", async () => {
    const { call, callWith } = await shell();
    const body = JSON.stringify({ instance: "piped", project: "example-123" });
    expect(await callWith(body, SQL, "instances.insert", ...project, "--body", "-")).toMatchObject({ code: 0 });
    expect(await call(SQL, "instances.get", ...project, "--instance", "piped")).toMatchObject({ code: 0 });
  });

  it("uploads content, and downloads it to a file or to standard output", async () => {
    const { call, callWith, folder } = await shell();
    await callWith('{"name":"shop"}', STORAGE, "buckets.insert", "--project", "p", "--body", "-");
    await writeFile(join(folder, "a.txt"), "apples\n");
    const up = await call(STORAGE, "objects.insert", "--bucket", "shop", "--name", "a.txt", "--media", "a.txt");
    expect(up).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(up.stdout)).toMatchObject({ name: "a.txt", size: "7" });
    const down = [STORAGE, "objects.getMedia", "--bucket", "shop", "--object", "a.txt"];
    expect(await call(...down)).toEqual({ code: 0, stdout: "apples\n", stderr: "" });
    expect(await call(...down, "--out", "copy.txt")).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(await readFile(join(folder, "copy.txt"), "utf8")).toBe("apples\n");
  });

  it("sends parameters under their own names: lists, flags, odd names, and those given as JSON", async () => {
    const { url, kept } = await keeper();
    const listed = await discogen([
      "call",
      SHELVES,
      "rooms.shelves.list",
      "--parent",
      "rooms/1",
      "--root-url",
      url,
      "--key",
      "api-key-1",
      "--order.by",
      "NAME",
      "--order.by",
      "AGE",
      "--since=9007199254740993",
      "--$.xgafv",
      "2",
      "--params",
      '{"pageSize":7}',
      "--prettyPrint",
    ]);
    expect(listed).toMatchObject({ code: 0, stdout: "{}\n" });
    const [path, query] = kept[0]?.line.split("?") ?? [];
    expect(path).toBe("GET /v1/rooms/1/shelves");
    expect(
      Array.from(new URLSearchParams(query))
        .map(([name, value]) => `${name}=${value}`)
        .sort(),
    ).toEqual([
      "$.xgafv=2",
      "order.by=AGE",
      "order.by=NAME",
      "pageSize=7",
      "prettyPrint=true",
      "since=9007199254740993",
    ]);
    expect(kept[0]?.headers).toMatchObject({ "x-goog-api-key": "api-key-1" });
  });

  it("takes a method's own parameter called key for what it is", async () => {
    const token = { access_token: "a-token", token_type: "Bearer", expires_in: 3600 };
    const { url, kept } = await keeper((response) => response.end(JSON.stringify(token)));
    const folder = await temporaryFolder();
    await writeFile(join(folder, "key.json"), await keyText({ token_uri: url }), { mode: 0o600 });
    const args = ["call", SHELVES, "rooms.shelves.move", "--name", "rooms/1/shelves/2", "--key", "brass"];
    await discogen([...args, "--root-url", url], folder, { GOOGLE_APPLICATION_CREDENTIALS: "key.json" });
    expect(kept[1]?.line).toBe("POST /v1/rooms/1/shelves/2:move?key=brass");
    expect(kept[1]?.headers).toMatchObject({ authorization: "Bearer a-token" });
  });

  it("sends bytes as they are where a method takes them", async () => {
    const { url, kept } = await keeper();
    const args = ["call", SHELVES, "rooms.shelves.BinaryCreate", "--name", "rooms/1/shelves/2", "--key", "api-key-1"];
    const outcome = await discogen([...args, "--body", "-", "--root-url", url], ROOT, {}, "no { JSON");
    // It answers bytes too, and they are printed as they came.
    expect(outcome).toMatchObject({ code: 0, stdout: "{}" });
    expect(kept[0]?.body).toBe("no { JSON");
  });

  it("prints the messages of a stream as they arrive, as one array", async () => {
    let writeNext = (): void => undefined;
    const { url } = await keeper((response) => {
      response.write('[{"name":"a"}');
      writeNext = () => response.end(',{"name":"b"}]');
    });
    const args = ["call", SHELVES, "rooms.shelves.streamQuery", "--parent", "rooms/1", "--root-url", url];
    const child = spawn(process.execPath, [DISCOGEN, ...args]);
    let stdout = "";
    for await (const chunk of child.stdout) {
      stdout += String(chunk);
      // The second message is sent when the first is printed.
      if (stdout.includes('"a"') && !stdout.includes('"b"')) writeNext();
    }
    expect(JSON.parse(stdout)).toEqual([{ name: "a" }, { name: "b" }]);
  });

  it("prints nothing that a terminal would obey", async () => {
    const { url } = await keeper((response) => response.end('{"a":"\u009b31m\u202e\\u001b[2J"}'));
    const { stdout } = await discogen(["call", SHELVES, "ping", "--root-url", url]);
    expect(stdout).toMatch(/^[\n\x20-\x7e]*$/);
    expect(JSON.parse(stdout)).toEqual({ a: "\u009b31m\u202e\u001b[2J" });
  });

  it("ends quietly when its reader has seen enough", async () => {
    const { url } = await keeper();
    const child = spawn(process.execPath, [DISCOGEN, "call", SHELVES, "ping", "--root-url", url]);
    const closed = once(child, "close");
    child.stdout.destroy();
    expect(await text(child.stderr)).toBe("");
    expect(await closed).toEqual([0, null]);
  });

  it("is interrupted by Ctrl-C", async () => {
    const { url, kept } = await keeper(() => {});
    const child = spawn(process.execPath, [DISCOGEN, "call", SHELVES, "ping", "--root-url", url]);
    onTestFinished(() => void child.kill("SIGKILL"));
    const closed = once(child, "close");
    const stderr = text(child.stderr);
    await expect.poll(() => kept.length, { timeout: 30_000 }).toBe(1);
    child.kill("SIGINT");
    expect(await closed).toEqual([130, null]);
    expect(await stderr).toMatch(/interrupted/);
  });
});

describe("what cannot be called", () => {
  const list = [SQL, "instances.list"];
  it.each([
    ["no API", [], /USAGE .*no API is named/],
    ["no method", [SQL], /USAGE .*no method is named.*discogen call sqladmin:v1beta3 --help/],
    ["a method with a slip", [SQL, "instances.lst"], /did you mean instances\.list\?/],
    ["a method that is elsewhere", [SQL, "q.clone"], /; there is sql\.instances\.clone/],
    ["a parameter with a slip", [...list, "--projct", "a"], /--projct.*did you mean --project\?/],
    ["a parameter before the names", ["--project", "a", ...list], /--project comes before/],
    ["a required parameter that is missing", list, /sql\.instances\.list needs --project;/],
    [
      "a number that is none",
      [...list, ...project, "--maxResults", "many"],
      /--maxResults takes a .*number, not "many"/,
    ],
    ["a flag that is none", [...list, ...project, "--prettyPrint=yes"], /--prettyPrint takes true or false/],
    ["one value given twice", [...list, ...project, ...project], /--project takes one value, and is given 2/],
    ["a word too many", [...list, ...project, "more"], /"more" belongs to no option/],
    [
      "a word that is none of its words",
      [SHELVES, "rooms.shelves.list", "--order.by", "NAM"],
      /NAME, AGE; did you mean NAME/,
    ],
    ["parameters that are no JSON", [...list, "--params", "{"], /--params takes a JSON object/],
    [
      "a body that is not taken",
      [...list, ...project, "--body", "b.json"],
      /--body is of no use: sql\.instances\.list/,
    ],
    ["content that is not taken", [...list, ...project, "--media", "b"], /--media is of no use/],
    ["pages that are not there", [SQL, "tiers.get", "--all"], /has no method "tiers\.get"/],
    ["waiting for nothing", [...list, ...project, "--wait"], /--wait is of no use.*starts no operation/],
    ["a file for no content", [...list, ...project, "--out", "x"], /--out is of no use/],
    ["standard input twice", [STORAGE, "objects.insert", "--bucket", "b", "--body", "-", "--media", "-"], /both/],
    [
      "a body that is not there",
      [SQL, "instances.insert", ...project, "--body", "none.json"],
      /FILE_UNREADABLE none\.json/,
    ],
    ["an address that is none", [SHELVES, "ping", "--root-url", "nowhere"], /USAGE .*rootUrl/],
    [
      "tokens over plain http",
      [...list, ...project, "--root-url", "http://192.0.2.1/"],
      /rootUrl is http:.*only over https/,
    ],
    [
      "a server that is not there",
      [SHELVES, "ping", "--root-url", "http://127.0.0.1:1/"],
      /CALL_FAILED .*ECONNREFUSED/,
    ],
  ] as const)("%s", async (_, args, message) => {
    const folder = await temporaryFolder();
    const key = join(folder, "key.json");
    await writeFile(key, await keyText(), { mode: 0o600 });
    const outcome = await discogen(["call", ...args], folder, { GOOGLE_APPLICATION_CREDENTIALS: key });
    expect(outcome).toMatchObject({ code: 2, stdout: "" });
    expect(outcome.stderr).toMatch(/^error [A-Z_]+ .*\n {2}help: /);
    expect(outcome.stderr).toMatch(message);
  });

  it("tells what the API says, once", async () => {
    const { call } = await shell();
    const outcome = await call(SQL, "instances.get", ...project, "--instance", "nope");
    expect(outcome).toMatchObject({ code: 2, stdout: "" });
    expect(outcome.stderr).toMatch(/^error CALL_FAILED .*sql\.instances\.get failed with status 404 \(notFound\)/);
  });

  it("tells of credentials that are not there", async () => {
    const args = ["call", SQL, "instances.list", ...project];
    const { code, stderr } = await discogen(args, ROOT, { GOOGLE_APPLICATION_CREDENTIALS: "/nowhere/key.json" });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error SIGN_IN_FAILED .*\/nowhere\/key\.json[\s\S]*gcloud auth application-default login/);
  });

  it("shows neither a key nor a body", async () => {
    const { url } = await keeper((response) => response.writeHead(400).end("the key api-key-1 is not known"));
    const refused = await discogen([
      "call",
      SHELVES,
      "rooms.shelves.list",
      "--parent",
      "rooms/1",
      "--key",
      "api-key-1",
      "--root-url",
      url,
    ]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).not.toContain("api-key-1");
    const { callWith } = await shell();
    const broken = await callWith('{"rootPassword": hunter2', SQL, "instances.insert", ...project, "--body", "-");
    expect(broken.stderr).toMatch(/^error INVALID_JSON standard input: /);
    expect(broken.stderr).not.toContain("hunter2");
  });
});

describe("discogen call --help", () => {
  it.each([
    ["the command", [], /Usage: discogen call <api> <method>[\s\S]*Examples:/],
    ["the methods of an API", [SQL], /\n {2}instances\.list {2,}Lists the instances/],
    ["parameters", [SQL, "instances.list"], /--project TEXT\n {6}Required\./],
    ["numbers", [SQL, "instances.list"], /--maxResults N\n/],
    ["words", [SHELVES, "rooms.shelves.list"], /--order\.by WORD\n {6}May be given again\. One of NAME, AGE\./],
    ["bounds", [SHELVES, "rooms.shelves.list"], /--pageSize N\n {6}From 1 to 100\./],
    ["the body", [SQL, "instances.insert"], /--body FILE\|- {2}DatabaseInstance/],
    ["waiting", [SQL, "instances.insert"], /--wait/],
    ["pages", [SQL, "instances.list"], /--all/],
    ["content", [STORAGE, "objects.getMedia"], /--out FILE/],
    ["uploads", [STORAGE, "objects.insert"], /--media FILE\|-/],
    ["scopes", [SQL, "sql.instances.list"], /Scopes, one of: https:/],
  ] as const)("tells %s", async (_, args, want) => {
    const { code, stdout, stderr } = await discogen(["call", ...args, "--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(want);
  });
});

/** A key that no server knows: enough for what fails before sign-in. */
async function keyText(facts: object = {}): Promise<string> {
  const { key } = await mockFor();
  return JSON.stringify({ ...key, ...facts });
}
