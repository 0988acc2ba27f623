/** The directory of APIs: `/discovery/v1/apis`. */
import { type JsonObject, own } from "../json.js";
import type { ServedDocument } from "./addresses.js";

/** Returns the APIs that match `name` and `preferred` in the query, in the format of Google's directory. */
export function directoryOf(documents: readonly ServedDocument[], query: URLSearchParams, base: string): JsonObject {
  const name = query.get("name") ?? "";
  const isPreferredOnly = query.get("preferred") === "true";
  const items = documents
    .filter(({ model }) => name === "" || model.name === name)
    .map((served) => itemOf(served, preferredOf(documents, served.model.name) === served, base))
    .filter(({ preferred }) => !isPreferredOnly || preferred === true);
  return { kind: "discovery#directoryList", discoveryVersion: "v1", ...(items.length > 0 && { items }) };
}

function itemOf({ model, document }: ServedDocument, preferred: boolean, base: string): JsonObject {
  const { id, name, version, title, description, documentationLink } = model;
  const icons = own(document, "icons");
  return {
    kind: "discovery#directoryItem",
    id,
    name,
    version,
    title,
    description,
    discoveryRestUrl: `${base}discovery/v1/apis/${encodeURIComponent(name)}/${encodeURIComponent(version)}/rest`,
    ...(icons !== undefined && { icons }),
    documentationLink,
    preferred,
  };
}

/** Documents do not name the preferred version. It is the newest stable one, or else the first one. */
function preferredOf(documents: readonly ServedDocument[], name: string): ServedDocument | undefined {
  const versions = documents.filter(({ model }) => model.name === name);
  const stable = versions.filter(({ model }) => /^v\d+(?:\.\d+)*$/.test(model.version));
  const newest = stable.toSorted((a, b) => b.model.version.localeCompare(a.model.version, "en", { numeric: true }));
  return newest[0] ?? versions[0];
}
