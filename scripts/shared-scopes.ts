/**
 * Writes `generator/src/model/shared-scopes.ts`: how many APIs list each OAuth scope.
 *
 *   npm run shared-scopes [DIR]      DIR: a folder of Discovery documents (default: ../shared/discovery)
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = join(import.meta.dirname, "..");

/** The path of the table. */
export const tablePath: string = join(root, "generator/src/model/shared-scopes.ts");

/** Returns the source of the table for the documents in a folder. Versions of an API count as one. */
export function sharedScopesOf(folder: string): string {
  const apis = new Map<string, Set<string>>();
  for (const { name, scopes } of documentsIn(folder))
    for (const scope of scopes) apis.set(scope, (apis.get(scope) ?? new Set()).add(name));
  const rows = [...apis]
    .filter(([, names]) => names.size > 1)
    .map(([scope, names]) => `  ${JSON.stringify(scope)}: ${String(names.size)},\n`)
    .toSorted();
  return `/** How many APIs list each scope that several list. Written by \`npm run shared-scopes\`; do not edit. */
export const sharedScopes: Readonly<Record<string, number>> = {
${rows.join("")}};
`;
}

interface Listed {
  /** The name of the API. */
  readonly name: string;
  readonly scopes: readonly string[];
}

function documentsIn(folder: string): readonly Listed[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".json"));
  return files.flatMap((file) => {
    const document: unknown = JSON.parse(readFileSync(join(folder, file), "utf8"));
    const { auth, kind, name } = Object(document) as Partial<Document>; // any JSON; checked below
    if (kind !== "discovery#restDescription" || typeof name !== "string") return [];
    return [{ name, scopes: Object.keys(auth?.oauth2?.scopes ?? {}) }];
  });
}

interface Document {
  readonly kind: string;
  readonly name: string;
  readonly auth: { readonly oauth2?: { readonly scopes?: object } };
}

if (process.argv[1] === import.meta.filename)
  writeFileSync(tablePath, sharedScopesOf(resolve(process.argv[2] ?? join(root, "../shared/discovery"))));
