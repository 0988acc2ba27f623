/** Stores uploaded content with its resource. */
import { randomBytes } from "node:crypto";
import { isStringProperty, propertiesOf } from "../api-index.js";
import type { Call, Handler } from "../call.js";
import type { PropertyModel } from "../../model/types.js";
import type { HttpResponse } from "../google-error.js";
import { isObject, type JsonObject, ownString } from "../json.js";
import type { MockState } from "../mock-state.js";
import { type Collection, responseType } from "../resources/collections.js";
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
  { contents, store }: MockState,
): HttpResponse {
  const { api, method } = call.entry;
  const responses = propertiesOf(responseType(method), api.schemas);
  const keyProperty = collection?.keyProperty ?? ["id", "name"].find((name) => isStringProperty(responses, name));
  // Cloud Storage expects the name of a new object in the query.
  const key = keyProperty === undefined ? null : call.query.get(keyProperty);
  const body = keyProperty === undefined || key === null ? call.body : { [keyProperty]: key, ...call.body };
  const made = handler === undefined ? generatedItem(body, keyProperty, responses) : handler({ ...call, body }).body;
  const madeKey = isObject(made) && keyProperty !== undefined ? ownString(made, keyProperty) : undefined;
  const isNew = method.httpMethod === "POST" && madeKey !== undefined && isOutside(call, madeKey);
  const path = isNew ? itemPath(call.path, madeKey) : call.path;
  const content = contents.set(path, uploaded);
  const complete = (item: JsonObject, properties: readonly PropertyModel[]): JsonObject => ({
    ...item,
    ...contentProperties(content, properties),
    ...typeIn(call.body),
  });
  const item = store.get(path);
  if (collection !== undefined && item !== undefined) store.set(path, complete(item, collection.properties));
  if (method.response === undefined) return { status: 204, body: undefined };
  const responseBody = isObject(made) ? withKinds(complete(made, responses), responseType(method), api.schemas) : {};
  return { status: 200, body: responseBody };
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
