/** Settings, which exist once at one path, and methods that concern no stored resource. */
import { type IndexedMethod, propertiesOf, schemaName } from "../api-index.js";
import type { Handler } from "../call.js";
import { isObject, type JsonObject, merge } from "../json.js";
import type { MockState } from "../mock-state.js";
import { checkedMask, maskedMerge, maskOf } from "../requests/update-mask.js";
import { responseType, shapeOf } from "./collections.js";
import { confirmFor } from "./confirm.js";
import { checkEtag } from "./etags.js";
import { withEtag } from "./items.js";
import { withKinds } from "./kinds.js";
import { advance, progressOfReader } from "./progress.js";
import { sampleOf } from "./sample.js";

/** Returns the handler of a method of which only the types are known. It returns a sample. */
export function sampleHandler(entry: IndexedMethod, mockState: MockState): Handler {
  const confirm = confirmFor({ entry, collection: undefined }, mockState);
  const progress = progressOfReader(entry);
  const type = responseType(entry.method);
  const value = type === undefined ? undefined : sampleOf(type, entry.api.schemas);
  if (value !== undefined && !isObject(value)) return () => ({ status: 200, body: value });
  return (call) => {
    const stored = mockState.store.get(call.path);
    if (entry.method.httpMethod !== "GET" || stored === undefined) return confirm(call, {}, call.path);
    if (progress !== undefined) advance(call.path, progress, mockState);
    return { status: 200, body: stored };
  };
}

/** Returns the method that reads the setting which a method reads or writes; `undefined` if it is no setting. */
export function settingReader(entry: IndexedMethod): IndexedMethod | undefined {
  const { api, method, shape } = entry;
  const siblings = api.resources
    .flatMap(({ methods }) => methods)
    .filter((one) => shapeOf(one.shape) === shapeOf(shape));
  const reader = siblings.find((one) => one.method.httpMethod === "GET" && one.method.paging === undefined);
  const type = reader === undefined ? undefined : schemaName(responseType(reader.method), api.schemas);
  if (type === undefined) return undefined;
  const writes = ({ method: { httpMethod, request } }: IndexedMethod) =>
    (httpMethod === "PATCH" || httpMethod === "PUT") &&
    request?.kind === "json" &&
    schemaName(request.type, api.schemas) === type;
  const isPart = method.httpMethod === "GET" ? siblings.some(writes) : writes(entry);
  return isPart ? reader : undefined;
}

/**
 * Returns the handler of a setting. It returns what was written last, merged into `base`: a sample, or for settings of a
 * stored item only what was written.
 */
export function settingHandler(
  entry: IndexedMethod,
  reader: IndexedMethod,
  base: (call: Parameters<Handler>[0]) => JsonObject,
  mockState: MockState,
): Handler {
  const { api, method } = entry;
  const type = responseType(reader.method);
  const properties = propertiesOf(type, api.schemas);
  const confirm = confirmFor({ entry, collection: undefined }, mockState);
  const returnsSetting = schemaName(responseType(method), api.schemas) === schemaName(type, api.schemas);
  return (call) => {
    const stored = mockState.store.get(call.path);
    if (method.httpMethod === "GET") return { status: 200, body: stored ?? base(call) };
    const body = call.body ?? {};
    const before = stored ?? base(call);
    checkEtag(call, before, { namesAfter: undefined }, body);
    const mask = maskOf(call);
    const patched =
      mask === undefined || type === undefined
        ? merge(before, body)
        : maskedMerge(before, body, checkedMask(mask, type, api.schemas));
    const written = method.httpMethod === "PUT" ? merge(stored === undefined ? before : {}, body) : patched;
    const item = withEtag(withKinds(written, type, api.schemas), { properties });
    mockState.store.set(call.path, item);
    if (returnsSetting) return { status: 200, body: item };
    const response = confirm(call, item, call.path);
    return isObject(response.body) ? response : { status: response.status, body: undefined };
  };
}
