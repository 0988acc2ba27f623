/** `discogen call` against the mock, and against a server that records requests. */
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

/** A mock, and a shell with its key as Application Default Credentials. */
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

interface Recorded {
  readonly line: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A server that records requests, and responds with `respond`. */
async function recorder(
  respond: (response: ServerResponse) => void = (response) => response.end("{}"),
): Promise<{ readonly url: string; readonly recorded: readonly Recorded[] }> {
  const recorded: Recorded[] = [];
  const server = createServer(async (request, response) => {
    const { method, url, headers } = request;
    recorded.push({ line: `${method} ${url}`, headers, body: await text(request) });
    response.setHeader("content-type", "application/json");
    respond(response);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("no port");
  return { url: `http://127.0.0.1:${address.port}/`, recorded };
}

describe("discogen call", () => {
  it.each(["instances.list", "sql.instances.list"])("prints the response of %s as JSON", async (method) => {
    const { call } = await shell();
    const { code, stdout, stderr } = await call(SQL, method, ...project, "--maxResults", "3");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const page = JSON.parse(stdout);
    expect(page).toMatchObject({ kind: "sql#instancesList", nextPageToken: expect.any(String) });
    expect(page.items).toHaveLength(3);
  });

  it("prints the items of all pages as one array", async () => {
    const { call } = await shell();
    const { code, stdout } = await call(SQL, "instances.list", ...project, "--all");
    expect(code).toBe(0);
    const names = JSON.parse(stdout).map(({ instance }: { readonly instance: string }) => instance);
    expect(names).toHaveLength(5);
    expect(new Set(names).size).toBe(5);
  });

  it("prints an empty array if there are no items", async () => {
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

  it("sends parameters by name: lists, flags, unusual names, and JSON", async () => {
    const { url, recorded } = await recorder();
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
    const [path, query] = recorded[0]?.line.split("?") ?? [];
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
    expect(recorded[0]?.headers).toMatchObject({ "x-goog-api-key": "api-key-1" });
  });

  it("sends a parameter of the method that is named key as a parameter", async () => {
    const token = { access_token: "a-token", token_type: "Bearer", expires_in: 3600 };
    const { url, recorded } = await recorder((response) => response.end(JSON.stringify(token)));
    const folder = await temporaryFolder();
    await writeFile(join(folder, "key.json"), await keyText({ token_uri: url }), { mode: 0o600 });
    const args = ["call", SHELVES, "rooms.shelves.move", "--name", "rooms/1/shelves/2", "--key", "brass"];
    await discogen([...args, "--root-url", url], folder, { GOOGLE_APPLICATION_CREDENTIALS: "key.json" });
    expect(recorded[1]?.line).toBe("POST /v1/rooms/1/shelves/2:move?key=brass");
    expect(recorded[1]?.headers).toMatchObject({ authorization: "Bearer a-token" });
  });

  it("sends bytes unchanged if the method accepts bytes", async () => {
    const { url, recorded } = await recorder();
    const args = ["call", SHELVES, "rooms.shelves.BinaryCreate", "--name", "rooms/1/shelves/2", "--key", "api-key-1"];
    const outcome = await discogen([...args, "--body", "-", "--root-url", url], ROOT, {}, "no { JSON");
    // The response is bytes, too, and is printed unchanged.
    expect(outcome).toMatchObject({ code: 0, stdout: "{}" });
    expect(recorded[0]?.body).toBe("no { JSON");
  });

  it("prints the messages of a stream as they arrive, as one array", async () => {
    let writeNext = (): void => undefined;
    const { url } = await recorder((response) => {
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

  it("prints no control characters", async () => {
    const { url } = await recorder((response) => response.end('{"a":"\u009b31m\u202e\\u001b[2J"}'));
    const { stdout } = await discogen(["call", SHELVES, "ping", "--root-url", url]);
    expect(stdout).toMatch(/^[\n\x20-\x7e]*$/);
    expect(JSON.parse(stdout)).toEqual({ a: "\u009b31m\u202e\u001b[2J" });
  });

  it("exits with 0 if the reader closes the pipe", async () => {
    const { url } = await recorder();
    const child = spawn(process.execPath, [DISCOGEN, "call", SHELVES, "ping", "--root-url", url]);
    const closed = once(child, "close");
    child.stdout.destroy();
    expect(await text(child.stderr)).toBe("");
    expect(await closed).toEqual([0, null]);
  });

  it("exits with 130 on Ctrl-C", async () => {
    const { url, recorded } = await recorder(() => {});
    const child = spawn(process.execPath, [DISCOGEN, "call", SHELVES, "ping", "--root-url", url]);
    onTestFinished(() => void child.kill("SIGKILL"));
    const closed = once(child, "close");
    const stderr = text(child.stderr);
    await expect.poll(() => recorded.length, { timeout: 30_000 }).toBe(1);
    child.kill("SIGINT");
    expect(await closed).toEqual([130, null]);
    expect(await stderr).toMatch(/interrupted/);
  });
});

describe("discogen call rejects", () => {
  const list = [SQL, "instances.list"];
  it.each([
    ["no API", [], /USAGE .*no API given/],
    ["no method", [SQL], /USAGE .*no method given; `discogen call sqladmin:v1beta3 --help/],
    ["a misspelled method", [SQL, "instances.lst"], /did you mean instances\.list\?/],
    ["a method of another resource", [SQL, "q.clone"], /; similar methods: sql\.instances\.clone/],
    ["a misspelled parameter", [...list, "--projct", "a"], /--projct.*did you mean --project\?/],
    ["a parameter before the API", ["--project", "a", ...list], /--project must come after/],
    ["a missing required parameter", [SQL, "instances.get"], /sql\.instances\.get requires --instance;/],
    ["an invalid number", [...list, ...project, "--maxResults", "many"], /--maxResults must be a number, not "many"/],
    ["an invalid boolean", [...list, ...project, "--prettyPrint=yes"], /--prettyPrint must be true or false/],
    ["a value that is repeated", [...list, ...project, ...project], /--project takes one value, not 2/],
    ["an argument without an option", [...list, ...project, "more"], /unexpected argument "more"/],
    ["an unknown enum value", [SHELVES, "rooms.shelves.list", "--order.by", "NAM"], /NAME, AGE; did you mean NAME/],
    ["--params that are not JSON", [...list, "--params", "{"], /--params must be a JSON object/],
    [
      "a body that the method does not have",
      [...list, ...project, "--body", "b.json"],
      /--body cannot be used: sql\.instances\.list/,
    ],
    ["content that the method does not accept", [...list, ...project, "--media", "b"], /--media cannot be used/],
    ["pages of an unknown method", [SQL, "tiers.get", "--all"], /has no method "tiers\.get"/],
    [
      "waiting without an operation",
      [...list, ...project, "--wait"],
      /--wait cannot be used.*does not start an operation/,
    ],
    ["an output file for JSON", [...list, ...project, "--out", "x"], /--out cannot be used/],
    ["two uses of standard input", [STORAGE, "objects.insert", "--bucket", "b", "--body", "-", "--media", "-"], /both/],
    [
      "a body file that does not exist",
      [SQL, "instances.insert", ...project, "--body", "none.json"],
      /FILE_UNREADABLE none\.json/,
    ],
    ["an invalid root URL", [SHELVES, "ping", "--root-url", "nowhere"], /USAGE .*rootUrl/],
    [
      "tokens over plain http",
      [...list, ...project, "--root-url", "http://192.0.2.1/"],
      /rootUrl is http:.*only over https/,
    ],
    ["a server that is down", [SHELVES, "ping", "--root-url", "http://127.0.0.1:1/"], /CALL_FAILED .*ECONNREFUSED/],
  ] as const)("%s", async (_, args, message) => {
    const folder = await temporaryFolder();
    const key = join(folder, "key.json");
    await writeFile(key, await keyText(), { mode: 0o600 });
    const outcome = await discogen(["call", ...args], folder, { GOOGLE_APPLICATION_CREDENTIALS: key });
    expect(outcome).toMatchObject({ code: 2, stdout: "" });
    expect(outcome.stderr).toMatch(/^error [A-Z_]+ .*\n {2}help: /);
    expect(outcome.stderr).toMatch(message);
  });

  it("prints the error of the API once", async () => {
    const { call } = await shell();
    const outcome = await call(SQL, "instances.get", ...project, "--instance", "nope");
    expect(outcome).toMatchObject({ code: 4, stdout: "" });
    expect(outcome.stderr).toMatch(/^error CALL_FAILED .*sql\.instances\.get failed with status 404 \(notFound\)/);
  });

  it("reports a key file that does not exist", async () => {
    const args = ["call", SQL, "instances.list", ...project];
    const { code, stderr } = await discogen(args, ROOT, { GOOGLE_APPLICATION_CREDENTIALS: "/nowhere/key.json" });
    expect(code).toBe(3);
    expect(stderr).toMatch(/^error SIGN_IN_FAILED .*\/nowhere\/key\.json[\s\S]*gcloud auth application-default login/);
  });

  it("prints neither keys nor bodies in errors", async () => {
    const { url } = await recorder((response) => response.writeHead(400).end("the key api-key-1 is not known"));
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
    expect(refused.code).toBe(4);
    expect(refused.stderr).not.toContain("api-key-1");
    const { callWith } = await shell();
    const broken = await callWith('{"rootPassword": hunter2', SQL, "instances.insert", ...project, "--body", "-");
    expect(broken.stderr).toMatch(/^error INVALID_JSON standard input: /);
    expect(broken.stderr).not.toContain("hunter2");
  });
});

describe("discogen call --help", () => {
  it.each([
    ["the command", [], /Usage: discogen call <api> <method>[\s\S]*Example:/],
    ["the methods of an API", [SQL], /\n {2}instances\.list {2,}Lists the instances/],
    ["parameters", [SQL, "instances.list"], /--project TEXT\n {6}Required\./],
    ["numbers", [SQL, "instances.list"], /--maxResults N\n/],
    ["enums", [SHELVES, "rooms.shelves.list"], /--order\.by VALUE\n {6}Can be repeated\. One of NAME, AGE\./],
    ["bounds", [SHELVES, "rooms.shelves.list"], /--pageSize N\n {6}From 1 to 100\./],
    ["the body", [SQL, "instances.insert"], /--body FILE\|- {2}DatabaseInstance/],
    ["waiting", [SQL, "instances.insert"], /--wait/],
    ["pages", [SQL, "instances.list"], /--all/],
    ["content", [STORAGE, "objects.getMedia"], /--out FILE/],
    ["uploads", [STORAGE, "objects.insert"], /--media FILE\|-/],
    ["scopes", [SQL, "sql.instances.list"], /Scopes, one of: https:/],
  ] as const)("describes %s", async (_, args, want) => {
    const { code, stdout, stderr } = await discogen(["call", ...args, "--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(want);
  });
});

/** A key that no server accepts. It is enough for calls that fail before authentication. */
async function keyText(facts: object = {}): Promise<string> {
  const { key } = await mockFor();
  return JSON.stringify({ ...key, ...facts });
}
