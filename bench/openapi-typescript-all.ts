/** Calls openapi-typescript for many OpenAPI documents in one process and writes the types. */
import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";

const [entry = "", out = "", ...files] = process.argv.slice(2);
// The part of its interface that is used here. Its own types are in the folder of peers.
const { default: openapiTS, astToString } = (await import(pathToFileURL(entry).href)) as {
  readonly default: (source: URL, options: { readonly silent: boolean }) => Promise<readonly unknown[]>;
  readonly astToString: (types: readonly unknown[]) => string;
};
for (const file of files) {
  const types = await openapiTS(pathToFileURL(file), { silent: true });
  writeFileSync(join(out, `${basename(file, ".json")}.ts`), astToString(types));
}
