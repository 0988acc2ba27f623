/** Responses to changes, by the response type of the method: the item, an operation or its name, or no body. */
import { randomBytes } from "node:crypto";
import type { TypeModel } from "../../model/types.js";
import { type IndexedMethod, propertiesOf, schemaName, type Schemas } from "../api-index.js";
import type { Call } from "../call.js";
import { responseType, type Collection } from "./collections.js";
import type { HttpResponse } from "../google-error.js";
import { factsFrom, nameAt } from "./items.js";
import { type JsonObject, own } from "../json.js";
import { withKinds } from "./kinds.js";
import { apiFacts } from "../known-apis/index.js";
import { startOperation } from "./operations.js";
import { isSecret } from "./roles.js";
import { sampleObject } from "./sample.js";
import type { MockState } from "../mock-state.js";

/** Returns the response to a change of the item at this path. */
export type Confirm = (call: Call, item: JsonObject, path: string) => HttpResponse;

export interface ConfirmFacts {
  readonly entry: IndexedMethod;
  readonly collection: Collection | undefined;
  /** Path of the item in the response to an insert. */
  readonly returned?: readonly string[];
  /** Returns further properties of an operation from the request. */
  readonly more?: (body: JsonObject | undefined) => JsonObject;
}

export function confirmFor({ entry, collection, returned = [], more }: ConfirmFacts, mockState: MockState): Confirm {
  const { api, method } = entry;
  const { schemas } = api;
  if (method.response === undefined) return () => ({ status: 204, body: undefined });
  if (method.response.kind === "media") return () => SAMPLE_CONTENT;
  const type = responseType(method);
  const name = schemaName(type, schemas);
  if (name !== undefined && name === collection?.itemName) return (_call, item) => ({ status: 200, body: item });
  if (returned.length > 0) {
    return (_call, item) => ({ status: 200, body: withKinds(around(item, returned, type, schemas), type, schemas) });
  }
  const { operation } = method;
  if (operation !== undefined) {
    const known = apiFacts(api.model.id);
    const types = known.operationTypes;
    const operationType = own(types, method.id) ?? own(types, method.name) ?? method.name.toUpperCase();
    return (call, item, path) => {
      const key: [string, string][] =
        collection?.keyVariable === undefined ? [] : [[collection.keyVariable, nameAt(collection, path)]];
      const variables = new Map([...call.variables, ...key]);
      const result = { response: responseOf(method.httpMethod === "DELETE" ? undefined : collection, item) };
      const { caller, origin } = factsFrom(call);
      const facts = { entry, operation, path, operationType, variables, caller, origin, target: item, result };
      const extra = known.operation?.(variables, origin ?? "");
      const started = startOperation({ ...facts, more: { ...extra, ...more?.(call.body) } }, mockState);
      return {
        status: 200,
        body: operation.isAnswer ? started.item : withKinds({ operation: started.name }, type, schemas),
      };
    };
  }
  const properties = propertiesOf(type, schemas);
  const holder = properties.find((property) => schemaName(property.type, schemas) === collection?.itemName)?.name;
  const isEchoed = method.request?.kind === "json" && schemaName(method.request.type, schemas) === name;
  const omit = method.paging === undefined ? [] : [method.paging.next];
  return (call, item) => ({
    status: 200,
    body: {
      ...sampleObject(type, schemas, omit),
      ...(holder === undefined || collection === undefined ? {} : { [holder]: item }),
      ...(isEchoed ? call.body : {}),
    },
  });
}

/** Returns a response that contains the new item at this path, and new secrets beside it. */
function around(
  item: JsonObject,
  [name, ...rest]: readonly string[],
  type: TypeModel | undefined,
  schemas: Schemas,
): JsonObject {
  if (name === undefined) return item;
  const properties = propertiesOf(type, schemas);
  const secrets = properties.filter(isSecret).map((one) => [one.name, randomBytes(30).toString("base64")]);
  const inner = properties.find((one) => one.name === name)?.type;
  return { ...Object.fromEntries(secrets), [name]: around(item, rest, inner, schemas) };
}

/** Returns the response of a finished operation, a google.protobuf.Any. */
function responseOf(collection: Collection | undefined, item: JsonObject): JsonObject {
  if (collection === undefined) return { "@type": "type.googleapis.com/google.protobuf.Empty" };
  const { name, version } = collection.api.model;
  return { "@type": `type.googleapis.com/google.${name}.${version}.${collection.itemName}`, ...item };
}

const SAMPLE_CONTENT: HttpResponse = {
  status: 200,
  body: undefined,
  bytes: Buffer.from("sample\n"),
  headers: { "content-type": "text/plain; charset=utf-8" },
};
