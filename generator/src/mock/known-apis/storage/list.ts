/** Lists of objects: prefixes, delimiters, offsets and versions. */
import type { Call } from "../../call.js";
import { invalid, notModelled } from "../../google-error.js";
import { type JsonObject, ownString } from "../../json.js";
import { pageRequest } from "../../lists/paging.js";
import type { MockState } from "../../mock-state.js";
import type { KnownMethod } from "../api-facts.js";
import { shown } from "./objects.js";
import { bucketAt, bucketPath, isTrue, liveObject, noncurrentPath, variable } from "./state.js";
import { respond } from "./views.js";

/** An entry of a list: objects, or names that share a prefix up to the delimiter. */
interface Row {
  /** Bytes that order the entries. */
  readonly place: string;
  readonly object?: JsonObject;
  readonly prefix?: string;
}

/** Parameters that narrow a list. A page token belongs to a list with the same values. */
const NARROWING = [
  "delimiter",
  "endOffset",
  "includeFoldersAsPrefixes",
  "includeTrailingDelimiter",
  "matchGlob",
  "prefix",
  "startOffset",
  "versions",
] as const;

export const listObjects: KnownMethod = (call, state) => {
  const { query } = call;
  for (const name of ["softDeleted", "filter"]) {
    const value = query.get(name) ?? "";
    if (value !== "" && !/^false$/i.test(value)) throw notModelled(`The mock does not model ${name} of objects.list.`);
  }
  const bucketName = variable(call, "bucket");
  const bucket = bucketAt(bucketName, state);
  const key = JSON.stringify([bucketPath(bucketName), ...NARROWING.map((name) => query.get(name))]);
  const { size, after = "" } = pageRequest(query, "pageToken", {
    list: key,
    tokens: state.pageTokens,
    defaultSize: state.pageSize,
  });
  const rows = rowsOf(call, bucketName, state).filter(({ place }) => place > after);
  const page = rows.slice(0, size);
  const items = page.flatMap(({ object }) => (object === undefined ? [] : [shown(object, bucket, call)]));
  const prefixes = page.flatMap(({ prefix }) => prefix ?? []);
  return respond(call, {
    kind: "storage#objects",
    ...(items.length === 0 ? {} : { items }),
    ...(prefixes.length === 0 ? {} : { prefixes }),
    ...(rows.length > size ? { nextPageToken: state.pageTokens.write(key, page.at(-1)?.place ?? "") } : {}),
  });
};

function rowsOf(call: Call, bucket: string, state: MockState): readonly Row[] {
  const text = (name: (typeof NARROWING)[number]) => call.query.get(name) ?? "";
  const [prefix, delimiter, start, end] = [text("prefix"), text("delimiter"), text("startOffset"), text("endOffset")];
  const isLike = globMatcher(text("matchGlob"));
  const rows = new Map<string, Row>();
  for (const object of objectsOf(bucket, isTrue(call, "versions"), state)) {
    const name = ownString(object, "name") ?? "";
    const isBefore = start !== "" && orderOf(name) < orderOf(start);
    const isAfter = end !== "" && orderOf(name) >= orderOf(end);
    if (!name.startsWith(prefix) || isBefore || isAfter || !isLike(name)) continue;
    const at = delimiter === "" ? -1 : name.indexOf(delimiter, prefix.length);
    const shared = at === -1 ? undefined : name.slice(0, at + delimiter.length);
    if (shared !== undefined) rows.set(orderOf(shared), { place: orderOf(shared), prefix: shared });
    if (shared === undefined || (isTrue(call, "includeTrailingDelimiter") && shared === name)) {
      const place = `${orderOf(name)}\0${(ownString(object, "generation") ?? "").padStart(20, "0")}`;
      rows.set(place, { place, object });
    }
  }
  // Folders can be empty. gcloud always requests them.
  const folders = isTrue(call, "includeFoldersAsPrefixes") && delimiter === "/" ? foldersOf(bucket, state) : [];
  for (const folder of folders) {
    const at = folder.startsWith(prefix) ? folder.indexOf(delimiter, prefix.length) : -1;
    const shared = folder.slice(0, at + 1);
    if (at !== -1) rows.set(orderOf(shared), { place: orderOf(shared), prefix: shared });
  }
  return [...rows.values()].toSorted((a, b) => (a.place < b.place ? -1 : 1));
}

function objectsOf(bucket: string, hasVersions: boolean, state: MockState): readonly JsonObject[] {
  const live = state.store
    .list(`${bucketPath(bucket)}/o`)
    .flatMap(([, { name }]) => (typeof name === "string" ? [liveObject(bucket, name, state) ?? {}] : []));
  return hasVersions ? [...state.store.list(noncurrentPath(bucket)).map(([, object]) => object), ...live] : live;
}

function foldersOf(bucket: string, { store }: MockState): readonly string[] {
  const places = ["folders", "managedFolders"].map((name) => `${bucketPath(bucket)}/${name}`);
  return places.flatMap((place) => store.list(place).map(([, { name }]) => String(name)));
}

/** Cloud Storage orders names by their bytes in UTF-8. In Latin-1, each byte is one character that compares like it. */
function orderOf(name: string): string {
  return Buffer.from(name).toString("latin1");
}

const GLOB: Readonly<Record<string, string>> = { "**": ".*", "*": "[^/]*", "?": "[^/]" };

/** Returns a test for `matchGlob`: `*` stays within a folder, `**` does not; `?`, `[a-z]`, `[!a]` and `{one,two}`. */
function globMatcher(pattern: string): (name: string) => boolean {
  if (pattern === "") return () => true;
  const sourceOf = (text: string): string =>
    (text.match(/\*\*|\{[^{}]*\}|\[!?[^[\]\\^]+\]|./gsu) ?? [])
      .map((token) => {
        if (token.length > 1 && token.startsWith("{"))
          return `(?:${token.slice(1, -1).split(",").map(sourceOf).join("|")})`;
        if (token.length > 1 && token.startsWith("[")) return token.replace("[!", "[^/");
        if (/^[{}[\]]$/.test(token)) throw invalid("matchGlob", "a bracket or brace is not closed");
        return GLOB[token] ?? token.replace(/[\\^$.+()|/]/, "\\$&");
      })
      .join("");
  // Each wildcard multiplies the time that a name which does not match can take.
  if ((pattern.match(/\*+/g) ?? []).length > 4) throw notModelled("The mock evaluates at most four `*` of matchGlob.");
  const source = `^${sourceOf(pattern)}$`;
  try {
    const expression = new RegExp(source, "su");
    return (name) => expression.test(name);
  } catch {
    throw invalid("matchGlob", "a range is not valid");
  }
}
