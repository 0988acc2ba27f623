/** Stores uploaded content with its resource. */
import { randomBytes } from "node:crypto";
import { isStringProperty, propertiesOf, schemaName } from "../api-index.js";
import type { Call, Handler } from "../call.js";
import type { PropertyModel } from "../../model/types.js";
import type { HttpResponse } from "../google-error.js";
import { isObject, type JsonObject, own, ownString } from "../json.js";
import type { MockState } from "../mock-state.js";
import { type Collection, responseType } from "../resources/collections.js";
import { withEtag } from "../resources/items.js";
import { withKinds } from "../resources/kinds.js";
import { itemPath } from "../routes.js";
import { contentProperties, type UploadedContent } from "./contents.js";

export interface Storing {
  readonly call: Call;
  readonly collection: Collection | undefined;
  /** Handler of the method for requests without content, if the mock has one. */
  readonly handler: Handler | undefined;
  readonly content: UploadedContent;
}

/** Stores the content and adds its properties to the resource. */
export function storeUpload(
  { call, collection, handler, content: uploaded }: Storing,
  mockState: MockState,
): HttpResponse {
  const { contents, store } = mockState;
  const { api, method } = call.entry;
  const type = responseType(method);
  const responses = propertiesOf(type, api.schemas);
  const keyProperty = collection?.keyProperty ?? ["id", "name"].find((name) => isStringProperty(responses, name));
  const body = bodyOf(call, keyProperty, mockState);
  const made = handler === undefined ? generatedItem(body, keyProperty, responses) : handler({ ...call, body }).body;
  const madeKey = isObject(made) && keyProperty !== undefined ? ownString(made, keyProperty) : undefined;
  const isNew = method.httpMethod === "POST" && madeKey !== undefined && isOutside(call, madeKey);
  const path = isNew ? itemPath(call.path, madeKey) : call.path;
  const content = contents.set(path, uploaded);
  const complete = (item: JsonObject, properties: readonly PropertyModel[]): JsonObject =>
    withEtag({ ...item, ...contentProperties(content, properties), ...typeIn(body) }, { properties });
  const item = store.get(path);
  const stored = collection === undefined || item === undefined ? undefined : complete(item, collection.properties);
  if (stored !== undefined) store.set(path, stored);
  if (method.response === undefined) return { status: 204, body: undefined };
  if (stored !== undefined && schemaName(type, api.schemas) === collection?.itemName)
    return { status: 200, body: stored };
  return { status: 200, body: isObject(made) ? withKinds(complete(made, responses), type, api.schemas) : {} };
}

/** Returns the metadata as the method without content expects it. */
function bodyOf(
  { body = {}, entry, query, path, content }: Call,
  keyProperty: string | undefined,
  { store }: MockState,
) {
  // Content alone replaces only the content.
  const before = entry.method.httpMethod === "PUT" && Object.keys(body).length === 0 ? store.get(path) : undefined;
  // Cloud Storage expects the name of a new object in the query.
  const key = keyProperty === undefined ? null : query.get(keyProperty);
  const named = keyProperty === undefined || key === null ? {} : { [keyProperty]: key };
  return { ...before, ...named, ...withRaw(body, entry, content) };
}

/** Adds the content to the metadata, if requests without an upload contain it there (Gmail's messages). */
function withRaw(metadata: JsonObject, { api, method }: Call["entry"], content: Call["content"]): JsonObject {
  if (method.request?.kind !== "json" || content === undefined) return metadata;
  const raw = content.bytes.toString("base64url");
  const hasRaw = (properties: readonly PropertyModel[]) =>
    properties.some(({ name, type }) => name === "raw" && type.kind === "string" && type.format === "byte");
  const properties = propertiesOf(method.request.type, api.schemas);
  if (hasRaw(properties)) return { ...metadata, raw };
  const holder = properties.find(({ type }) => hasRaw(propertiesOf(type, api.schemas)))?.name;
  const inner = holder === undefined ? undefined : own(metadata, holder);
  return holder === undefined ? metadata : { ...metadata, [holder]: { ...(isObject(inner) ? inner : {}), raw } };
}

/** Returns true if the path is that of the collection instead of the item. */
function isOutside({ path }: Call, key: string): boolean {
  return !path.endsWith(`/${encodeURIComponent(key)}`);
}

/** Returns the media type in the metadata, which takes precedence over that of the content. */
function typeIn(metadata: JsonObject = {}): JsonObject {
  const types = Object.entries(metadata).filter(([name]) => name === "contentType" || name === "mimeType");
  return Object.fromEntries(types);
}

/** Builds the response of an unknown method: the properties that the client sent, if the response has them, and a key. */
function generatedItem(
  body: JsonObject = {},
  keyProperty: string | undefined,
  properties: readonly PropertyModel[],
): JsonObject {
  const known = Object.entries(body).filter(([name]) => properties.some((property) => property.name === name));
  const key = keyProperty === undefined ? {} : { [keyProperty]: randomBytes(8).toString("hex") };
  return { ...key, ...Object.fromEntries(known) };
}
