/** `discogen mock`. */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { quotedName, shownName } from "@discogen/runtime/names";
import { reasonOf } from "../diagnostics.js";
import { writeOutput } from "../files.js";
import { checkedOrigin } from "../mock/cors.js";
import type { Fixtures } from "../mock/fixtures.js";
import { isObject, parseJson } from "../mock/json.js";
import { isMockKey } from "../mock/authentication/key.js";
import { choice, type Command, type ExitCode, FORCE_HELP, FORCE_OPTION, parse, usage } from "./command.js";
import { printDiagnostics } from "./print.js";
import { loadNamed, openProject } from "./project.js";
import { SOURCE_HELP, SOURCE_OPTIONS } from "./sources.js";
import type { Terminal } from "./terminal.js";

export const mockCommand: Command = {
  summary: "Run a local server that mocks APIs and authentication",
  help: `
Usage: discogen mock <api…> [options]

Serve the APIs and Google's token endpoint on this machine until you press
Ctrl-C. Authenticate with the key file that it writes: the mock verifies
assertions, and rejects calls without a valid token unless you add --open.
Does not execute a config that is code: reads only discogen.config.json and the
lock.

  <api>               name:version, a path to a .json document, or its URL
  --port N            port to listen on (default: any free port)
  --key-file FILE     where to write the service-account key
                      (default: service-account.json)
${FORCE_HELP}  --fixtures FILE     JSON object: resources by the path of their collection,
                      responses by the id of their method
  --latency MS        milliseconds to wait before each response (default: 0)
  --open              accept calls without a token, as Google's emulators do;
                      tokens, scopes and API keys are not checked
  --cors ORIGIN       let web pages of this origin call the mock, such as
                      http://localhost:5173, or * for all; can be repeated
  --fault FAULT       fail one request; can be repeated: on=call, on=upload or
                      on=download, with status=N or cutAfter=BYTES, and with
                      after=N to let N requests of that kind succeed before
${SOURCE_HELP}  --reporter FORMAT   text (default), or json: one object on standard output

Example:
  discogen mock sqladmin:v1beta3 --port 8080 --fault on=call,after=2,status=503
`,
  run,
};

async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { signal } = terminal;
  const parsed = parse("mock", args, {
    ...SOURCE_OPTIONS,
    ...FORCE_OPTION,
    port: { type: "string" },
    "key-file": { type: "string" },
    fixtures: { type: "string" },
    latency: { type: "string" },
    open: { type: "boolean" },
    cors: { type: "string", multiple: true },
    fault: { type: "string", multiple: true },
    reporter: { type: "string" },
  });
  const reporter = choice("mock", parsed, "reporter", ["text", "json"]);
  const port = numberOf("port", parsed.text("port"), 65_535);
  const latency = numberOf("latency", parsed.text("latency"), 60_000);
  if (parsed.positionals.length === 0) throw usage("mock", "no API given");
  const [project, { exampleFixtures, FixtureError, readFault, startMock }] = await Promise.all([
    openProject("mock", parsed, terminal),
    import("../mock/index.js"),
  ]);
  const faults = parsed.texts("fault").map((text) => {
    try {
      return readFault(text);
    } catch (error) {
      throw usage("mock", `--fault ${quotedName(text)}: ${reasonOf(error)}`);
    }
  });
  const cors = parsed.texts("cors").map((text) => {
    try {
      return checkedOrigin(text);
    } catch (error) {
      throw usage("mock", `--cors: ${reasonOf(error)}`);
    }
  });
  const loaded = await Promise.all(parsed.positionals.map((api) => loadNamed(project, api)));
  printDiagnostics(
    terminal,
    loaded.flatMap(({ warnings }) => warnings),
  );

  const keyFile = parsed.text("key-file") ?? "service-account.json";
  const models = loaded.map(({ model }) => model);
  const documents = loaded.map(({ json }) => json);
  const fixturesFile = parsed.text("fixtures");
  const fixtures = fixturesFile === undefined ? exampleFixtures(models) : await readFixtures(fixturesFile);
  const open = parsed.flag("open");
  const served = { models, documents, fixtures };
  const mock = await startMock({ ...served, port, open, latency, cors, faults }).catch((error: unknown) => {
    const isFixtures = error instanceof FixtureError || error instanceof RangeError;
    throw usage("mock", isFixtures ? reasonOf(error) : `cannot listen on port ${port}: ${reasonOf(error)}`);
  });
  try {
    await writeOutput([{ path: keyFile, text: `${JSON.stringify(mock.key, undefined, 2)}\n` }], {
      mode: 0o600,
      ...(!parsed.flag("force") && { isOurs: (_path, content) => isMockKey(content) }),
      help: "Name a file that can be written with --key-file.",
      existsHelp: "It may be a real key. Name another file with --key-file, or add --force to replace this one.",
      signal,
    });
    const apis = models.map(({ id }) => id);
    const text = `${apis.join(", ")} at ${mock.url}\nkey file: ${shownName(keyFile)}\nPress Ctrl-C to stop.`;
    terminal.stdout.write(
      `${reporter === "json" ? JSON.stringify({ apis, url: mock.url, tokenUrl: mock.tokenUrl, keyFile }) : text}\n`,
    );
    if (!signal.aborted) await once(signal, "abort");
  } finally {
    await mock.close();
  }
  return 0;
}

function numberOf(option: string, text: string | undefined, most: number): number {
  const number = Number(text ?? "0");
  if (!/^\d+$/.test(text ?? "0") || number > most)
    throw usage("mock", `--${option} must be a number up to ${most}, not ${quotedName(text)}`);
  return number;
}

async function readFixtures(file: string): Promise<Fixtures> {
  const invalid = (error: unknown) =>
    usage("mock", `--fixtures must be a file that contains a JSON object, not ${quotedName(file)}: ${reasonOf(error)}`);
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw invalid(error);
  });
  const value = parseJson(text);
  if (!isObject(value)) throw invalid("it contains no JSON object");
  // startMock checks its content.
  return value as Fixtures;
}
