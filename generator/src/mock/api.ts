/** The API calls of a mock: which method a request calls, whether it may, and what answers it. */
import type { ApiModel } from "../model/types.js";
import { actionHandler } from "./resources/actions.js";
import { type ApiIndex, indexApi, type IndexedMethod } from "./api-index.js";
import { authorize } from "./sign-in/authorize.js";
import { type Call, type Handler, readBody } from "./call.js";
import { collectionHandler } from "./resources/collection-handlers.js";
import { type Collection, collectionsOf, parentOf } from "./resources/collections.js";
import { confirmFor } from "./resources/confirm.js";
import { finished } from "./requests/fields.js";
import { answersIn, type Fixtures, storeFixtures } from "./fixtures.js";
import { type Answer, GoogleError } from "./google-error.js";
import { handled, type MockHandlers } from "./handlers.js";
import { own } from "./json.js";
import type { HttpRequest } from "./listener.js";
import { contentAt } from "./media/contents.js";
import { contentAnswer } from "./media/download.js";
import { createUploads } from "./media/uploads.js";
import { progressOf } from "./resources/progress.js";
import { checkParameters } from "./requests/parameters.js";
import { createReplay } from "./resources/replays.js";
import { canonicalPath, compileRoutes, findRoute, withoutCustomVerb } from "./routes.js";
import type { TokenStore } from "./sign-in/tokens.js";
import type { World } from "./world.js";

export interface ApiOptions {
  readonly models: readonly ApiModel[];
  readonly fixtures: Fixtures;
  readonly handlers: MockHandlers;
}

/**
 * Prepares everything that does not depend on the request.
 *
 * @throws {FixtureError} for fixtures that do not fit the models
 * @throws {RangeError} for handlers of methods that no model has
 */
export function createApi(
  { models, fixtures, handlers: given }: ApiOptions,
  world: World,
  tokens: TokenStore,
): (request: HttpRequest) => Promise<Answer> {
  const apis = models.map(indexApi);
  const entries = apis.flatMap(({ resources }) => resources.flatMap(({ methods }) => methods));
  const collections = apis.flatMap(collectionsOf);
  const seeded = storeFixtures(fixtures, collections, world.store);
  const overrides = handled(entries, { ...Object.fromEntries(answersIn(fixtures)), ...given });
  const handlers = bind(apis, collections, seeded, world);
  const routes = compileRoutes(entries);
  const replay = createReplay();
  const upload = createUploads({ entries, collections, handlers }, world, tokens);

  const answered = (call: Call): Answer | undefined => {
    if (isDryRun(call)) return confirmFor({ entry: call.entry, collection: undefined }, world)(call, {}, call.path);
    return replay(call, () => handlers.get(call.entry)?.(call));
  };

  return async (request) => {
    const { query, headers } = request;
    const uploaded = upload(request);
    if (uploaded !== undefined) return uploaded;
    const found = findRoute(routes, request.verb, request.path);
    if (found === undefined) throw new GoogleError(404, `Not found: no method answers ${request.verb} at this path.`);
    const { route, variables } = found;
    const { entry } = route;
    const grant = authorize(headers.authorization, entry, tokens);
    checkParameters(entry, variables, query);
    const body = readBody(entry, request);
    const path = resolvedPath(canonicalPath(request.path), world);
    const call = { entry, path, variables, query, headers, body, caller: grant?.subject };
    const given = await overrides.get(entry)?.(call, request);
    const answer = given ?? downloaded(call, request, world) ?? answered(call);
    if (answer === undefined) throw new GoogleError(501, `The mock has no answer for ${entry.method.id}.`);
    return finished(answer, call);
  };
}

/** Where a parent is not told (`projects/-/…`), the path of the resource that can be meant alone, its verb behind it. */
function resolvedPath(path: string, { store }: World): string {
  const item = withoutCustomVerb(path);
  return store.resolve(item) + path.slice(item.length);
}

/** Whether the request is to be checked, nothing done, and answered as it could be (AIP-163). */
function isDryRun({ query, body = {} }: Call): boolean {
  return query.get("validateOnly") === "true" || own(body, "validateOnly") === true;
}

/** Content, where it is asked for. */
function downloaded({ entry: { method }, path }: Call, request: HttpRequest, world: World): Answer | undefined {
  const { mediaDownload } = method;
  const isDownload = mediaDownload !== undefined && (mediaDownload.isOnly || request.query.get("alt") === "media");
  if (!isDownload && method.response?.kind !== "media") return undefined;
  const content = contentAt(path, world.contents);
  if (content !== undefined) return contentAnswer(content, request);
  if (isDownload) throw new GoogleError(404, "Not found: there is no content here.");
  return undefined;
}

/** What answers each method. */
function bind(
  apis: readonly ApiIndex[],
  collections: readonly Collection[],
  seeded: ReadonlySet<Collection>,
  world: World,
): ReadonlyMap<IndexedMethod, Handler> {
  const handlers = new Map<IndexedMethod, Handler>();
  // Where nothing can be made, nobody knows what there is.
  const isFilled = (collection: Collection) =>
    seeded.has(collection) ||
    progressOf(collection) !== undefined ||
    collection.roles.some(({ role }) => role === "insert");
  const filled = collections.filter(isFilled);
  const all = collections.map((collection) => {
    return { collection, parent: parentOf(collection, filled), isOpen: !filled.includes(collection) };
  });
  for (const facts of all) {
    for (const role of facts.collection.roles) handlers.set(role.entry, collectionHandler(role, facts, world));
  }
  for (const { resources } of apis) {
    for (const entry of resources.flatMap(({ methods }) => methods)) {
      if (!handlers.has(entry)) handlers.set(entry, actionHandler(entry, all, world));
    }
  }
  return handlers;
}
