/** The first call of a program: what goes wrong is told as by undici, and undici is not there yet. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sections } from "../../../scripts/faults/cases/index.js";
import { observe } from "../../../scripts/faults/observe.js";
import { requests, whatIsSeen } from "../../../scripts/faults/table.js";
import { type ClientOptions, type Dispatcher, undiciTransport } from "../../../runtime/src/index.js";
import { sendByNode } from "../../../runtime/src/transport/first-call.js";
import { node } from "../../support/discogen.js";
import { ROOT } from "../../support/folders.js";
import { keyFor, tokenServer } from "../support/keys.js";
import { json, serve, statuses } from "../support/server.js";

const table = await readFile(join(ROOT, "docs/faults.md"), "utf8");

describe("over Node's client a fault looks like in docs/faults.md", () => {
  /** Node has its own words for what ended a connection. */
  const beginning = (cell: string): string => cell.replace(/(the connection failed): .*/, "$1");
  const overNode = (dispatcher: Dispatcher): ClientOptions => {
    const undici = undiciTransport(dispatcher);
    return { transport: { send: (request) => sendByNode(request) ?? undici.send(request) } };
  };
  const faults = sections
    .flatMap((section) => section.faults)
    // These two are faults of the dispatcher.
    .filter(({ network }) => network !== "no name" && network !== "refused once");

  it.each(faults.map((fault) => [fault.name, fault.call.name, fault] as const))(
    "%s (%s)",
    async (name, call, fault) => {
      const row = table.split("\n").find((line) => line.startsWith(`| ${name} | ${call} |`));
      const [, , sees = "", asked] = row?.split(" | ") ?? [];
      const seen = await observe(fault, overNode);
      expect([beginning(whatIsSeen(seen)), requests(seen)]).toEqual([beginning(sees), asked]);
      expect(seen.leaks).toEqual([]);
    },
  );
});

describe("in a program of its own", () => {
  /** Runs a program that may call `list`; tells what it gave, and whether undici was loaded. */
  async function run(program: string, url: string, env: Record<string, string> = {}): Promise<unknown> {
    const text = `
      import { SQLAdminClient } from "@discogen/generated/sqladmin/v1beta3";
      import { AnonymousCredentials, ServiceAccountCredentials } from "@discogen/runtime/auth";
      const url = ${JSON.stringify(url)};
      const list = (options) =>
        new SQLAdminClient({ auth: new AnonymousCredentials(), rootUrl: url, retry: { maxDelay: 1 }, ...options })
          .instances.list({ project: "p" });
      const gave = await (async () => { ${program} })();
      const isLoaded = Reflect.has(globalThis, Symbol.for("undici.globalDispatcher.1"));
      console.log(JSON.stringify([gave, isLoaded ? "undici" : "no undici"]));
    `;
    const { code, stdout, stderr } = await node(["--input-type=module", "--eval", text], ROOT, env);
    expect([code, stderr]).toEqual([0, ""]);
    return JSON.parse(stdout);
  }

  const page = { items: [] };

  it.each<[string, string, unknown, string]>([
    ["one call", "return list()", page, "no undici"],
    ["several at once", "return (await Promise.all([list(), list(), list()])).length", 3, "no undici"],
    ["one after another", "await list(); return list()", page, "undici"],
    [
      "a dispatcher of the caller's",
      `const dispatcher = { dispatch: (_options, handler) => handler.onError(new Error("it was asked")) };
       return list({ dispatcher, retry: false }).catch(({ message }) => message)`,
      "sql.instances.list: no connection: it was asked",
      "undici",
    ],
    [
      "a global dispatcher",
      `const { MockAgent, setGlobalDispatcher } = await import("undici");
       const agent = new MockAgent();
       agent.get(new URL(url).origin).intercept({ path: () => true }).reply(200, { kind: "mocked" });
       setGlobalDispatcher(agent);
       return list()`,
      { kind: "mocked" },
      "undici",
    ],
    [
      "somebody who watches undici",
      `const { subscribe } = await import("node:diagnostics_channel");
       let count = 0;
       subscribe("undici:request:create", () => { count++; });
       await list();
       return count`,
      1,
      "undici",
    ],
  ])("%s", async (_name, program, gave, undici) => {
    const { url } = await serve((_request, response) => json(response, 200, page));
    expect(await run(program, url)).toEqual([gave, undici]);
  });

  it("sign-in belongs to the first call", async () => {
    const tokens = await tokenServer();
    const { seen, url } = await serve((_request, response) => json(response, 200, page));
    const key = JSON.stringify(keyFor(tokens.url));
    const program = `return list({ auth: ServiceAccountCredentials.fromJSON(${key}) })`;
    expect(await run(program, url)).toEqual([page, "no undici"]);
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(["Bearer token-1"]);
  });

  it("a second attempt goes by undici", async () => {
    const { seen, url } = await serve(statuses(503, 200));
    expect(await run("await list()", url)).toEqual([null, "undici"]);
    expect(seen).toHaveLength(2);
  });

  it("so does all where the environment names a proxy", async () => {
    const { url } = await serve((_request, response) => json(response, 200, page));
    expect(await run("return list()", url, { HTTPS_PROXY: "http://127.0.0.1:1" })).toEqual([page, "undici"]);
  });
});
