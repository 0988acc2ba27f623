/** Finds the method of an upload by its path, which differs from the path of the method without content. */
import type { IndexedMethod } from "../api-index.js";
import type { HttpRequest } from "../request.js";
import { compileRoutes, findRoute } from "../routes.js";

export interface FoundUpload {
  /** The method, with the path template for requests without content. */
  readonly entry: IndexedMethod;
  /** The values of the path parameters, decoded. */
  readonly variables: ReadonlyMap<string, string>;
}

/** Returns a function that finds the method; it returns `undefined` for a path without uploads. */
export function compileUploadRoutes(
  entries: readonly IndexedMethod[],
): (request: Pick<HttpRequest, "path" | "verb">) => FoundUpload | undefined {
  const ordinary = new Map<IndexedMethod, IndexedMethod>();
  for (const entry of entries) {
    const { mediaUpload } = entry.method;
    const root = new URL(entry.api.model.rootUrl).pathname;
    if (mediaUpload !== undefined) ordinary.set({ ...entry, template: root + mediaUpload.path.slice(1) }, entry);
  }
  const routes = compileRoutes([...ordinary.keys()]);
  return ({ verb, path }) => {
    // Documents list this second path for resumable uploads; gcloud uses it.
    const found = findRoute(routes, verb, path.replace(/^\/resumable(?=\/)/, ""));
    const entry = found === undefined ? undefined : ordinary.get(found.route.entry);
    return found === undefined || entry === undefined ? undefined : { entry, variables: found.variables };
  };
}
