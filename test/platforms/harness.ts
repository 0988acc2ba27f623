/** The servers of one row: the mock, and one that receives the report and serves pages. */
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { json, text } from "node:stream/consumers";
import { loadModel } from "@discogen/generator";
import { exampleFixtures, type Fault, type Mock, startMock } from "@discogen/generator/mock";
import type { Build, Input, Result } from "./program/platform.js";

/** Long after the timeouts of the checks. */
const SLOW = 5_000;

export interface Harness extends AsyncDisposable {
  readonly input: Input;
  /** The environment of the program. */
  readonly env: Readonly<Record<string, string>>;
  /** Resolves with the report of the program. */
  readonly report: Promise<readonly Result[]>;
  /** Serves a page with this script and its chunks, and returns its URL. */
  readonly page: (folder: string, file: string) => string;
}

/**
 * Starts the servers.
 *
 * @param document The API that the mock serves in addition to `sqladmin:v1beta3`.
 * @param folder An empty folder for the program; `undefined` for platforms without files.
 */
export async function startHarness(document: string, build: Build, folder: string | undefined): Promise<Harness> {
  const models = await Promise.all(["sqladmin:v1beta3", document].map(async (api) => (await loadModel(api)).model));
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A server that listens on a port always has this type of address.
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const mock = await startMock({
    models,
    cors: origin,
    fixtures: { ...exampleFixtures(models), "/storage/v1/b": [{ name: "shop" }] },
    handlers: { "sql.instances.get": ({ params }) => (params["instance"] === "slow" ? later() : undefined) },
  });
  if (folder !== undefined) await writeFile(join(folder, "key.json"), JSON.stringify(mock.key), { mode: 0o600 });

  const state: { mock: Mock; script?: Script } = { mock };
  const report = new Promise<readonly Result[]>((resolve) => {
    server.on("request", (request, response) => {
      respond(request, response, { ...state, resolve }).catch(() => response.destroy());
    });
  });
  return {
    input: {
      build,
      rootUrl: mock.url,
      harnessUrl: `${origin}/`,
      key: { ...mock.key },
      ...(folder !== undefined && { folder }),
    },
    env: folder === undefined ? {} : { GOOGLE_APPLICATION_CREDENTIALS: join(folder, "key.json") },
    report,
    page: (from, file) => {
      state.script = { folder: from, file };
      return `${origin}/page`;
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([mock.close(), close(server)]);
    },
  };
}

async function later(): Promise<undefined> {
  await new Promise((resolve) => setTimeout(resolve, SLOW).unref());
}

interface Script {
  readonly folder: string;
  readonly file: string;
}

interface State {
  readonly mock: Mock;
  readonly resolve: (results: readonly Result[]) => void;
  readonly script?: Script;
}

async function respond(request: IncomingMessage, response: ServerResponse, state: State): Promise<void> {
  const path = (request.url ?? "").replace(/\?.*/, "");
  // Workers and tests of browsers come from other origins.
  response.setHeader("access-control-allow-origin", "*");
  switch (path) {
    case "/report":
      // The program is ours.
      state.resolve((await json(request)) as readonly Result[]);
      break;
    case "/faults":
      state.mock.faults.push((await json(request)) as Fault);
      break;
    case "/revoke":
      await text(request);
      state.mock.revokeTokens();
      break;
    case "/page":
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end(`<!doctype html><title>checks</title><script type="module" src="/${state.script?.file}"></script>`);
      return;
    default:
      if (path.endsWith(".js") && state.script !== undefined) {
        response.setHeader("content-type", "text/javascript; charset=utf-8");
        response.end(await readFile(join(state.script.folder, basename(path))));
        return;
      }
      // Below `/cut/`, where every connection breaks, and what browsers look for.
      request.socket.destroy();
      return;
  }
  response.end("done");
}

/** A proxy that responds to every request itself, be it plain or in a tunnel. */
export async function startProxy(): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ items: [{ instance: "proxied" }] }));
  });
  server.on("connect", (_request, socket) => {
    socket.write("HTTP/1.1 200 OK\r\n\r\n");
    server.emit("connection", socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A server that listens on a port always has this type of address.
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: () => close(server) };
}

async function close(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, "close");
}
