/** Handles API calls: routes a request to its method, checks it, and returns the response. */
import type { ApiModel } from "../model/types.js";
import { admit, notFound } from "./admission.js";
import { actionHandler } from "./resources/actions.js";
import { type ApiIndex, indexApi, type IndexedMethod } from "./api-index.js";
import { authorize } from "./authentication/authorize.js";
import { type Call, type Handler, readBody } from "./call.js";
import { collectionHandler } from "./resources/collection-handlers.js";
import { type Collection, collectionsOf, parentOf } from "./resources/collections.js";
import { guarded } from "./resources/guards.js";
import { confirmFor } from "./resources/confirm.js";
import { finalResponse } from "./requests/fields.js";
import { fixedResponses, type Fixtures, storeFixtures } from "./fixtures.js";
import { type HttpResponse, GoogleError, notModelled } from "./google-error.js";
import { handled, type MockHandlers } from "./handlers.js";
import { own } from "./json.js";
import { apiFacts, knownMethod } from "./known-apis/index.js";
import type { HttpRequest } from "./request.js";
import { contentAt, ownersOf } from "./media/contents.js";
import { checkDownload, contentResponse } from "./media/download.js";
import { createSessions } from "./media/sessions.js";
import { compileUploadRoutes } from "./media/upload-routes.js";
import { createUploads } from "./media/uploads.js";
import { createNames } from "./resources/other-names.js";
import { progressOf } from "./resources/progress.js";
import { checkParameters } from "./requests/parameters.js";
import { canMake } from "./resources/roles.js";
import { createReplay } from "./resources/replays.js";
import { isLike } from "./resources/store.js";
import { canonicalPath, compileRoutes, findRoute } from "./routes.js";
import type { TokenStore } from "./authentication/tokens.js";
import type { MockState } from "./mock-state.js";

export interface ApiOptions {
  readonly models: readonly ApiModel[];
  readonly fixtures: Fixtures;
  readonly handlers: MockHandlers;
}

export interface Api {
  /** Returns the response to a request. */
  readonly respond: (request: HttpRequest) => Promise<HttpResponse>;
  /** Checks the path and the token of a request without its body. Throws the error that its response would be. */
  readonly admit: (head: HttpRequest) => void;
}

/**
 * Indexes models, stores fixtures and compiles routes, then returns the functions that handle requests.
 *
 * @throws {FixtureError} for fixtures that do not match the models
 * @throws {RangeError} for handlers of unknown methods
 */
export function createApi(
  { models, fixtures, handlers: given }: ApiOptions,
  mockState: MockState,
  tokens: TokenStore,
): Api {
  const apis = models.map(indexApi);
  const entries = apis.flatMap(({ resources }) => resources.flatMap(({ methods }) => methods));
  const collections = apis.flatMap(collectionsOf);
  const seeded = storeFixtures(fixtures, collections, mockState.store);
  for (const { id } of models) apiFacts(id).start?.(mockState);
  const overrides = handled(entries, { ...Object.fromEntries(fixedResponses(fixtures)), ...given });
  const handlers = bind(apis, collections, seeded, mockState);
  const routes = compileRoutes(entries);
  const replay = createReplay();
  const resolveNames = createNames(collections, seeded, mockState);
  const findUpload = compileUploadRoutes(entries);
  const sessions = createSessions();
  const upload = createUploads(
    { collections, handlers, overrides, findUpload, resolveNames, sessions },
    mockState,
    tokens,
  );

  const respond = (call: Call): HttpResponse | undefined => {
    if (isDryRun(call)) return confirmFor({ entry: call.entry, collection: undefined }, mockState)(call, {}, call.path);
    return replay(call, () => handlers.get(call.entry)?.(call));
  };

  const aliases = models.flatMap(({ id }) => apiFacts(id).alias ?? []);

  /** Paths of the documents come first: a bucket can have the name of another API. */
  const aliased = (sent: HttpRequest) => {
    if (aliases.length === 0) return sent;
    const isInDocument = findUpload(sent) !== undefined || findRoute(routes, sent.verb, sent.path) !== undefined;
    return isInDocument ? sent : aliases.reduce((one, alias) => alias(one, mockState), sent);
  };

  const respondTo = async (sent: HttpRequest): Promise<HttpResponse> => {
    const request = aliased(sent);
    const { query, headers } = request;
    const uploaded = await upload(request);
    if (uploaded !== undefined) return uploaded;
    const found = findRoute(routes, request.verb, request.path);
    if (found === undefined) throw notFound(request);
    const { route, variables } = found;
    const { entry } = route;
    const isAnonymous = headers.authorization === undefined && !tokens.isOpen;
    const isPublic = isAnonymous && apiFacts(entry.api.model.id).isPublic?.(request, sent, mockState) === true;
    const grant = isPublic ? undefined : authorize(headers.authorization, entry, tokens);
    checkParameters(entry, variables, query);
    const body = readBody(entry, request);
    const path = canonicalPath(request.path);
    const call = resolveNames({ entry, path, variables, query, headers, body, caller: grant?.subject });
    const given = await overrides.get(entry)?.(call, request);
    // The meaning of the bytes is not in the document.
    if (given === undefined && entry.method.request?.kind === "bytes")
      throw notModelled(`The mock does not model ${entry.method.id}, whose request is not JSON.`);
    const response = given ?? downloaded(call, request, mockState) ?? respond(call);
    if (response === undefined) throw notModelled(`The mock does not model ${entry.method.id}.`);
    return finalResponse(response, call);
  };
  return { respond: respondTo, admit: (head) => admit(aliased(head), { routes, findUpload, sessions, tokens }) };
}

/** Returns true for a request that must be validated without being carried out (AIP-163). */
function isDryRun({ query, body = {} }: Call): boolean {
  return query.get("validateOnly") === "true" || own(body, "validateOnly") === true;
}

/** Returns the content for a download request; `undefined` for any other request. */
function downloaded({ entry, path }: Call, request: HttpRequest, mockState: MockState): HttpResponse | undefined {
  // A known method responds to downloads itself.
  if (knownMethod(entry) !== undefined) return undefined;
  const { method } = entry;
  const { mediaDownload } = method;
  const isDownload = mediaDownload !== undefined && (mediaDownload.isOnly || request.query.get("alt") === "media");
  if (!isDownload && method.response?.kind !== "media") return undefined;
  const content = contentAt(path, mockState.contents);
  const owner = ownersOf(path).find((one) => mockState.store.get(one) !== undefined);
  const item = owner === undefined ? undefined : mockState.store.get(owner);
  if (content !== undefined) {
    checkDownload(method, request.query, content, item);
    return contentResponse(content, request, item);
  }
  if (!isDownload) return undefined;
  checkDownload(method, request.query, undefined, item);
  if (item !== undefined)
    throw notModelled("The mock has no content of this resource.", "Upload content for it first.");
  throw new GoogleError(404, "Not found: this resource has no content.");
}

/** Returns the handler of each method. */
function bind(
  apis: readonly ApiIndex[],
  collections: readonly Collection[],
  seeded: ReadonlySet<string>,
  mockState: MockState,
): ReadonlyMap<IndexedMethod, Handler> {
  const handlers = new Map<IndexedMethod, Handler>();
  // Without an insert method or operations, the mock knows only the items of fixtures, and samples elsewhere.
  const isFilled = (collection: Collection) => progressOf(collection) !== undefined || collection.roles.some(canMake);
  const filled = collections.filter(isFilled);
  const seededPaths = [...seeded];
  const all = collections.map((collection) => {
    const isSeeded = (path: string) => seededPaths.some((seed) => isLike(seed, path));
    const isOpen = (path: string) => !filled.includes(collection) && !isSeeded(path);
    return {
      collection,
      parent: parentOf(collection, filled),
      isFilled: filled.includes(collection),
      isOpen,
      isSeeded,
    };
  });
  const made = new Set(filled.flatMap(({ roles }) => roles.filter(canMake).map(({ entry }) => entry)));
  for (const facts of all) {
    for (const role of facts.collection.roles) {
      const handler = collectionHandler(role, facts, collections, mockState);
      handlers.set(role.entry, guarded(role, handler, facts, all, mockState));
    }
  }
  for (const { resources } of apis) {
    for (const { methods } of resources) {
      const isMade = methods.some((entry) => made.has(entry));
      for (const entry of methods) {
        const known = knownMethod(entry);
        if (known !== undefined) handlers.set(entry, (call) => known(call, mockState));
        if (handlers.has(entry)) continue;
        // A sample would contradict what the client made.
        const isRefused = isMade && STANDARD.test(entry.method.name);
        handlers.set(entry, isRefused ? refusal(entry) : actionHandler(entry, all, mockState));
      }
    }
  }
  return handlers;
}

/** Names of standard methods. One without a role in its collection has an unusual path or type. */
const STANDARD = /^(?:create|delete|get|insert|list|patch|update)$/;

function refusal({ method }: IndexedMethod): Handler {
  return () => {
    throw notModelled(`The mock does not model ${method.id}.`);
  };
}
