/** Folders of other users, and a user who runs commands there. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hashOf } from "../../../generator/src/discovery/lock.js";
import { serve } from "../../runtime/support/server.js";
import { discogen, type Outcome } from "../../support/discogen.js";
import { ROOT, temporaryFolder } from "../../support/folders.js";
import { mockFor } from "../mock/support.js";

export const SQL = "sqladmin:v1beta3";

/** The bundled document with other facts. */
export async function documentWith(facts: object): Promise<string> {
  const text = await readFile(join(ROOT, "generator/documents/sqladmin.v1beta3.json"), "utf8");
  const { rootUrl: _, baseUrl: __, servicePath: ___, basePath: ____, ...rest } = JSON.parse(text);
  return JSON.stringify({ ...rest, ...facts });
}

export interface UntrustedFolder {
  readonly folder: string;
  /** Requests for tokens. */
  readonly seen: readonly unknown[];
  readonly run: (...args: readonly string[]) => Promise<Outcome>;
}

/** A folder, and a user with a key for a token endpoint that records requests. */
export async function untrustedFolder(): Promise<UntrustedFolder> {
  const [folder, home] = [await temporaryFolder(), await temporaryFolder()];
  const { url, seen } = await serve((_, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ access_token: "a-token", token_type: "Bearer", expires_in: 3600 }));
  });
  const { key } = await mockFor();
  const file = join(home, "key.json");
  await writeFile(file, JSON.stringify({ ...key, token_uri: url }), { mode: 0o600 });
  const run = (...args: readonly string[]) => discogen(args, folder, { GOOGLE_APPLICATION_CREDENTIALS: file });
  return { folder, seen, run };
}

/** Pins a document as the document of {@link SQL}. */
export async function pin(folder: string, text: string): Promise<void> {
  await mkdir(join(folder, "discovery"));
  await writeFile(join(folder, "discovery/sqladmin.v1beta3.json"), text);
  const entry = { source: "bundled", revision: "1", sha256: hashOf(text) };
  await writeFile(join(folder, "discogen.lock.json"), JSON.stringify({ version: 1, apis: { [SQL]: entry } }));
}
