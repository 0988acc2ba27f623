/** The API calls of a mock: which method a request calls, whether it may, and what answers it. */
import type { ApiModel } from "../model/types.js";
import { actionHandler } from "./actions.js";
import { indexApi, type IndexedMethod } from "./api-index.js";
import { authorize } from "./authorize.js";
import { checkQuery, type Handler, readBody } from "./call.js";
import { collectionHandler } from "./collection-handlers.js";
import { type Collection, collectionsOf, parentOf } from "./collections.js";
import { confirmFor } from "./confirm.js";
import { type Fixtures, storeFixtures } from "./fixtures.js";
import { type Answer, GoogleError } from "./google-error.js";
import type { HttpRequest } from "./listener.js";
import { contentAt } from "./media/contents.js";
import { contentAnswer } from "./media/download.js";
import { createUploads } from "./media/uploads.js";
import { isOperations } from "./operations.js";
import { canonicalPath, compileRoutes, findRoute } from "./routes.js";
import type { TokenStore } from "./tokens.js";
import type { World } from "./world.js";

/**
 * Prepares everything that does not depend on the request.
 *
 * @throws {FixtureError} for fixtures that do not fit the models
 */
export function createApi(
  models: readonly ApiModel[],
  fixtures: Fixtures,
  world: World,
  tokens: TokenStore,
): (request: HttpRequest) => Answer {
  const apis = models.map(indexApi);
  const entries = apis.flatMap(({ resources }) => resources.flatMap(({ methods }) => methods));
  const collections = apis.flatMap(collectionsOf);
  const seeded = storeFixtures(fixtures, collections, world.store);
  const handlers = bind(entries, collections, seeded, world);
  const routes = compileRoutes(entries);
  const upload = createUploads({ entries, collections, handlers }, world, tokens);

  return (request) => {
    const uploaded = upload(request);
    if (uploaded !== undefined) return uploaded;
    const found = findRoute(routes, request.verb, request.path);
    if (found === undefined) throw new GoogleError(404, `Not found: no method answers ${request.verb} at this path.`);
    const { route, variables } = found;
    const { entry } = route;
    const grant = authorize(request.headers.authorization, entry, tokens);
    checkQuery(entry, request.query);
    const isDownload = entry.method.mediaDownload !== undefined && request.query.get("alt") === "media";
    if (isDownload || entry.method.response?.kind === "media") {
      const content = contentAt(canonicalPath(request.path), world.contents);
      if (content !== undefined) return contentAnswer(content, request);
      if (isDownload) throw new GoogleError(404, "Not found: there is no content here.");
    }
    const body = readBody(entry, request);
    const handler = handlers.get(entry);
    if (handler === undefined) throw unimplemented(entry);
    const answer = handler({
      entry,
      path: canonicalPath(request.path),
      variables,
      query: request.query,
      body,
      caller: grant?.subject,
    });
    const isWrapped = entry.api.model.dataWrapper && answer.body !== undefined;
    return isWrapped ? { ...answer, body: { data: answer.body } } : answer;
  };
}

/** What answers each method; those that are not in it nothing does. */
function bind(
  entries: readonly IndexedMethod[],
  collections: readonly Collection[],
  seeded: ReadonlySet<Collection>,
  world: World,
): ReadonlyMap<IndexedMethod, Handler> {
  const handlers = new Map<IndexedMethod, Handler>();
  // What nothing can fill would answer with empty lists, as if somebody knew that there is nothing.
  const isFilled = (collection: Collection) =>
    seeded.has(collection) ||
    isOperations(collection) ||
    collection.roles.some(({ role, entry }) => role === "insert" && confirmOf(entry, collection) !== undefined);
  const confirmOf = (entry: IndexedMethod, collection: Collection) =>
    confirmFor({ entry, collection, all: collections }, world);
  const filled = collections.filter(isFilled);
  for (const collection of filled) {
    const parent = parentOf(collection, filled);
    for (const roleOf of collection.roles) {
      const confirm = confirmOf(roleOf.entry, collection);
      const handler = collectionHandler(roleOf, { collection, parent, confirm }, world);
      if (handler !== undefined) handlers.set(roleOf.entry, handler);
    }
  }
  for (const entry of entries) {
    const handler = handlers.has(entry) ? undefined : actionHandler(entry, collections, world);
    if (handler !== undefined) handlers.set(entry, handler);
  }
  return handlers;
}

function unimplemented({ method }: IndexedMethod): GoogleError {
  return new GoogleError(501, `The mock does not know what ${method.id} does, and makes nothing up.`);
}
