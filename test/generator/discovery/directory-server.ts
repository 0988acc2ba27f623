/** A directory of APIs on a real socket, like Google's: a list, documents, etags. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../../support/folders.js";
import { type Seen, serve } from "../../runtime/support/server.js";

export interface DirectoryServer {
  /** URL of the list. */
  readonly directoryUrl: string;
  /** URL of the server, with a slash at the end. */
  readonly url: string;
  readonly seen: readonly Seen[];
  /** Documents by `name:version`. Tests may add, change, and remove documents. */
  readonly documents: Map<string, Readonly<Record<string, unknown>>>;
  /** Ids of listed APIs without a document. */
  readonly missing: Set<string>;
}

/** Starts a server with `shelves:v1` and `shelves:v2`. */
export async function serveDirectory(): Promise<DirectoryServer> {
  const text = await readFile(join(ROOT, "test/fixtures/shelves.v1.json"), "utf8");
  const shelves: Readonly<Record<string, unknown>> = JSON.parse(text);
  const documents = new Map([
    ["shelves:v1", shelves],
    ["shelves:v2", { ...shelves, version: "v2" }],
  ]);
  const missing = new Set<string>();
  const { url, seen } = await serve((request, response) => {
    const [, id] = /^\/rest\/(.+)$/.exec(request.url) ?? [];
    const document = id === undefined || missing.has(id) ? undefined : documents.get(id);
    const value = request.url === "/discovery/v1/apis" ? listOf(documents) : document;
    if (value === undefined) {
      response.writeHead(404, { "content-type": "application/json" }).end("{}");
      return;
    }
    const body = JSON.stringify(value);
    const etag = `"${body.length}-${String(Reflect.get(value, "revision"))}"`;
    const isCurrent = request.headers["if-none-match"] === etag;
    response.writeHead(isCurrent ? 304 : 200, { etag, "content-type": "application/json" }).end(isCurrent ? "" : body);
  });
  return { directoryUrl: `${url}discovery/v1/apis`, url, seen, documents, missing };
}

/** Returns a list with relative URLs, as in a mirror. */
function listOf(documents: DirectoryServer["documents"]): object {
  const items = [...documents].map(([id, { title }]) => ({
    id,
    title,
    discoveryRestUrl: `/rest/${id}`,
    preferred: true,
  }));
  return { kind: "discovery#directoryList", items: [...items, { id: 7 }, { id: "odd:v1" }, null] };
}
