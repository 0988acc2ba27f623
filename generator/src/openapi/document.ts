/**
 * The model → an OpenAPI 3.1 document.
 *
 * Every method is an operation with the id of the method. An upload is a second operation, because it has another path.
 * If OpenAPI cannot express a fact in the same way as Discovery, an `x-discogen-…` property has the original.
 */
import type { ApiModel, MethodModel, ResourceModel, ScopeModel } from "../model/types.js";
import { VERSION } from "../version.js";
import { type BodyContext, requestBody, responses, uploadBody } from "./bodies.js";
import { schemaComponent } from "./components.js";
import type {
  OAuth2Scheme,
  OpenApiDocument,
  Operation,
  ParameterObject,
  PathItem,
  Reference,
} from "./document-types.js";
import { annotations, choice, pathParameter, queryParameter, versionParameter } from "./parameters.js";
import { PathPlaces, type PathTemplate, pathTemplate, type PlacedPath } from "./path-templates.js";

export type { OpenApiDocument } from "./document-types.js";

const GENERATOR = "@discogen/generator";

/** Returns whether a file contains a document of {@link openapiDocument}, written by any version of this package. */
export function isGenerated(content: Uint8Array): boolean {
  try {
    const value: unknown = JSON.parse(Buffer.from(content).toString());
    const info = typeof value === "object" && value !== null && "info" in value ? value.info : undefined;
    const mark = typeof info === "object" && info !== null && "x-generator" in info ? info["x-generator"] : undefined;
    return typeof mark === "string" && mark.startsWith(`${GENERATOR} `);
  } catch {
    return false;
  }
}

export function openapiDocument(model: ApiModel): OpenApiDocument {
  const { title, description, revision, rootUrl, documentationLink, scopes } = model;
  const tagged = taggedMethods(model.root);
  const globals = new Map(componentKeys(model.parameters.map(({ name }) => name)));
  const parameters = model.parameters.map(
    (parameter) => [globals.get(parameter.name) ?? "", queryParameter(parameter)] as const,
  );
  return withSafeSchemaNames({
    openapi: "3.1.0",
    info: {
      title: title || model.id,
      version: model.version,
      ...(description === "" ? {} : { description }),
      ...(revision === "" ? {} : { "x-google-revision": revision }),
      "x-generator": `${GENERATOR} ${VERSION}`,
    },
    // Viewers of the document link to this URL: only http(s) is safe.
    ...(/^https?:/i.test(documentationLink) && URL.canParse(documentationLink)
      ? { externalDocs: { url: documentationLink } }
      : {}),
    servers: [{ url: rootUrl.replace(/\/$/, "") }],
    tags: Array.from(new Set(tagged.flatMap(({ tags }) => tags)), (name) => ({ name })),
    paths: paths(tagged, globals, model),
    components: {
      schemas: Object.fromEntries(model.schemas.map((schema) => [schema.name, schemaComponent(schema)])),
      parameters: Object.fromEntries(parameters),
      ...(scopes.length === 0 ? {} : { securitySchemes: { oauth2: oauth2(scopes) } }),
    },
  });
}

interface TaggedMethod {
  readonly method: MethodModel;
  /** The resource as a single tag; empty for a top-level method. */
  readonly tags: readonly string[];
}

function taggedMethods({ path, methods, resources }: ResourceModel): readonly TaggedMethod[] {
  const tags = path.length === 0 ? [] : [path.join(".")];
  return [...methods.map((method) => ({ method, tags })), ...resources.flatMap(taggedMethods)];
}

function paths(
  tagged: readonly TaggedMethod[],
  globals: ReadonlyMap<string, string>,
  model: ApiModel,
): OpenApiDocument["paths"] {
  const schemas = new Map(model.schemas.map((schema) => [schema.name, schema]));
  const context: BodyContext = { model, schema: (name) => schemas.get(name) };
  const places = new PathPlaces();
  const ids = new Set(tagged.map(({ method }) => method.id));
  const items = new Map<string, { [verb in keyof PathItem]: Operation }>();
  const add = (method: MethodModel, template: PathTemplate, operationAt: (place: PlacedPath) => Operation) => {
    const verb = verbOf(method);
    const place = places.place(verb, template);
    items.set(place.path, { ...items.get(place.path), [verb]: operationAt(place) });
  };
  for (const { method, tags } of tagged) {
    const { path, mediaUpload } = method;
    const fullPath = path.startsWith("/") ? path : `/${model.servicePath}${path}`;
    const shared = (place: PlacedPath, origin: string, own: readonly ParameterObject[]) => ({
      ...(tags.length === 0 ? {} : { tags }),
      ...annotations(method),
      parameters: operationParameters(method, place, own, globals),
      ...security(method),
      ...(place.path.endsWith(origin) ? {} : { "x-discogen-path": origin }),
    });
    const alt =
      method.mediaDownload === undefined ? [] : [choice("alt", ["json", "media"], "`media` returns the content.")];
    add(method, pathTemplate(fullPath, method), (place) => ({
      operationId: method.id,
      ...shared(place, path, alt),
      ...requestBody(method.request, context),
      ...responses(method, context),
    }));
    if (mediaUpload === undefined) continue;
    const { simple, multipart, resumable } = mediaUpload;
    const types = [
      ...(simple ? ["media"] : []),
      ...(multipart ? ["multipart"] : []),
      ...(resumable ? ["resumable"] : []),
    ];
    const uploadType: ParameterObject = {
      ...choice("uploadType", types, "The protocol of the upload."),
      required: true,
    };
    const operationId = freeId(`${method.id}.upload`, ids);
    add(method, pathTemplate(mediaUpload.path, method), (place) => ({
      operationId,
      ...shared(place, mediaUpload.path, [uploadType]),
      ...uploadBody(mediaUpload, method.request, context),
      ...responses(method, context),
    }));
  }
  return Object.fromEntries(items);
}

function operationParameters(
  { parameters, shadowedGlobals, apiVersion }: MethodModel,
  { slots }: PlacedPath,
  own: readonly ParameterObject[],
  globals: ReadonlyMap<string, string>,
): readonly (ParameterObject | Reference)[] {
  const query = parameters.filter(({ location }) => location === "query");
  // The method's own parameters override global ones, and `alt` and `uploadType` of this export.
  const named = new Set([...shadowedGlobals, ...query.map(({ name }) => name)]);
  return [
    ...slots.map(pathParameter),
    ...query.map(queryParameter),
    ...own.filter(({ name }) => !named.has(name)),
    ...versionParameter(apiVersion),
    ...[...globals].flatMap(([name, key]) => (named.has(name) ? [] : [{ $ref: `#/components/parameters/${key}` }])),
  ];
}

const VERBS = {
  DELETE: "delete",
  GET: "get",
  HEAD: "head",
  OPTIONS: "options",
  PATCH: "patch",
  POST: "post",
  PUT: "put",
} as const;

function verbOf({ httpMethod }: MethodModel): keyof PathItem {
  return VERBS[httpMethod];
}

function freeId(wanted: string, ids: Set<string>): string {
  let id = wanted;
  while (ids.has(id)) id += "_";
  ids.add(id);
  return id;
}

function security({ scopes }: MethodModel): Pick<Operation, "security"> {
  return scopes.length === 0 ? {} : { security: scopes.map((scope) => ({ oauth2: [scope] })) };
}

function oauth2(scopes: readonly ScopeModel[]): OAuth2Scheme {
  return {
    type: "oauth2",
    flows: {
      authorizationCode: {
        authorizationUrl: "https://accounts.google.com/o/oauth2/v2/auth",
        tokenUrl: "https://oauth2.googleapis.com/token",
        scopes: Object.fromEntries(scopes.map(({ scope, description }) => [scope, description])),
      },
    },
  };
}

/** Returns a unique key for each name, with only characters that `components` allows. */
function componentKeys(names: readonly string[]): readonly (readonly [name: string, key: string])[] {
  const taken = new Set<string>();
  return names.map((name) => [name, freeId(name.replace(/[^\w.-]/g, "_"), taken)] as const);
}

/** Replaces `$` in schema names, which `components` does not allow, by `-`, which no name of the model contains. */
function withSafeSchemaNames(document: OpenApiDocument): OpenApiDocument {
  const names = Object.keys(document.components.schemas);
  if (!names.some((name) => name.includes("$"))) return document;
  const safe = (name: string) => name.replaceAll("$", "-");
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key,
        key === "$ref" && typeof inner === "string" ? safe(inner) : walk(inner),
      ]),
    );
  };
  const schemas = Object.entries(document.components.schemas).map(([name, schema]) => [safe(name), schema] as const);
  const renamed = { ...document, components: { ...document.components, schemas: Object.fromEntries(schemas) } };
  // Safe: the walk only changes the text of references.
  return walk(renamed) as OpenApiDocument;
}
