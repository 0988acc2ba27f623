/** Finds the path of a collection and of its items from the methods of a resource. */
import type { PropertyModel, TypeModel } from "../../model/types.js";
import { type ApiIndex, type IndexedMethod, isStringProperty, propertiesOf, schemaName } from "../api-index.js";
import { isPlain, listedItems, responseType, shapeOf } from "./shapes.js";

export interface Place {
  readonly item: TypeModel;
  /** Name of the schema of its items. */
  readonly itemName: string;
  /** Path template after the host: `/sql/v1beta3/projects/{project}/instances`, `/v1/projects/{}/topics`. */
  readonly template: string;
  /** Path before the item names, if these are complete paths: `/v1/` for `/v1/{+name}`. */
  readonly namesAfter: string | undefined;
  /** Last variable of the item's path: `instance`. For a collection without such a path, the parameter that names an item. */
  readonly keyVariable: string | undefined;
  /** All variables after the collection's path. More than one if only together they name an item: DNS records. */
  readonly keyVariables: readonly string[];
}

/** Finds the path of the collection from its `get` method, else from `list` or `insert` and the methods on an item. */
export function placeOf(methods: readonly IndexedMethod[], api: ApiIndex): Place | undefined {
  const find = (verb: string, names: readonly string[]) =>
    methods.find(({ method }) => method.httpMethod === verb && names.includes(method.name));
  const get = find("GET", ["get"]);
  const list = find("GET", ["list"]);
  const insert = find("POST", ["create", "insert"]);
  if (get !== undefined) {
    const item = responseType(get.method);
    const itemName = schemaName(item, api.schemas);
    const path = pathsOf(get);
    if (item === undefined || itemName === undefined || path === undefined) return undefined;
    return { item, itemName, ...(twoKeysOf(get, insert ?? list) ?? path) };
  }
  const item = (list && listedItems(list.method, api)?.type) ?? (insert && echoedType(insert, api));
  const known = schemaName(item, api.schemas) === undefined ? insert && echoedType(insert, api) : item;
  const itemName = schemaName(known, api.schemas);
  const base = list ?? insert;
  const template = base && (isPlain(base.template) ? base.template : base.shape);
  if (known === undefined || itemName === undefined || template === undefined || !isPlain(template)) return undefined;
  const key = keyWithoutGet(methods, template, propertiesOf(known, api.schemas)) ?? NO_KEY;
  return { item: known, itemName, template, ...key };
}

const NO_KEY = { keyVariable: undefined, keyVariables: [], namesAfter: undefined };

/** Returns the type that an insert method takes and returns. */
function echoedType({ method }: IndexedMethod, { schemas }: ApiIndex): TypeModel | undefined {
  const type = responseType(method);
  const name = schemaName(type, schemas);
  const isEchoed = method.request?.kind === "json" && schemaName(method.request.type, schemas) === name;
  return isEchoed && method.operation === undefined ? type : undefined;
}

type Paths = Omit<Place, "item" | "itemName">;

/** Splits the path of an item into the path of its collection and its name. */
function pathsOf({ template: path, shape }: IndexedMethod): Paths | undefined {
  const [, namesAfter, name] = /^([^{}]*\/)\{\+([^{}]+)\}$/.exec(path) ?? [];
  // A pattern such as `operations/.*` counts as one segment, because the mock never creates longer names.
  const [, template, keyVariable = name] = /^(.*)\/\{(?:\+|([^{}]+))?\}$/.exec(name === undefined ? path : shape) ?? [];
  if (template === undefined || keyVariable === undefined || !isPlain(template)) return undefined;
  return { template, keyVariable, keyVariables: [keyVariable], namesAfter };
}

/** Returns the paths of a collection whose items are named by two variables: `rrsets/{name}/{type}`. */
function twoKeysOf(get: IndexedMethod, base: IndexedMethod | undefined): Paths | undefined {
  if (base === undefined || !isPlain(base.template)) return undefined;
  const rest = get.template.slice(base.template.length);
  const [, first, second] = /^\/\{([^{}+]+)\}\/\{([^{}+]+)\}$/.exec(rest) ?? [];
  if (first === undefined || second === undefined || !get.template.startsWith(base.template)) return undefined;
  return { template: base.template, keyVariable: second, keyVariables: [first, second], namesAfter: undefined };
}

/** Returns how items are named in a collection without `get`: by the path of a change or deletion, or by its query. */
function keyWithoutGet(
  methods: readonly IndexedMethod[],
  template: string,
  properties: readonly PropertyModel[],
): Omit<Paths, "template"> | undefined {
  const shape = shapeOf(template);
  for (const entry of methods) {
    const { httpMethod, name, parameters } = entry.method;
    if (!["DELETE", "PATCH", "PUT"].includes(httpMethod) || !/^(delete|patch|update)$/.test(name)) continue;
    const required = parameters.filter((parameter) => parameter.location === "query" && parameter.required);
    const path = required.length === 0 ? pathsOf(entry) : undefined;
    if (path !== undefined && shapeOf(path.template) === shape) return { ...path };
    const key = required.find((parameter) => isStringProperty(properties, parameter.name))?.name;
    if (httpMethod === "DELETE" && shapeOf(entry.template) === shape && key !== undefined)
      return { ...NO_KEY, keyVariable: key, keyVariables: [key] };
  }
  return undefined;
}

/** Returns true if the path of a method is the path of an item. */
export function isAtItem({ shape }: Pick<IndexedMethod, "shape">, { keyVariables, template }: Place): boolean {
  return keyVariables.length > 0 && shapeOf(shape) === shapeOf(template) + "/{}".repeat(keyVariables.length);
}

/**
 * Returns the property of the item that contains its key. `{instance}`: `instance` or `name`. `{fileId}`: `id`, as `name`
 * is only a title. `{calendarResourceId}`: `resourceId`.
 */
export function keyPropertyOf(place: Place, properties: readonly PropertyModel[]): string | undefined {
  const { keyVariable: variable, namesAfter } = place;
  const texts = properties.filter(({ type }) => type.kind === "string").map(({ name }) => name);
  if (properties.some(({ name, type }) => name === variable && type.kind === "number")) return variable;
  const usual = usualNames(place).find((name) => texts.includes(name));
  if (usual !== undefined || variable === undefined || namesAfter !== undefined) return usual;
  const ofVariable = stemOf(variable);
  const related = texts.filter((name) => {
    const isSuffix = name.length > 2 && variable.toLowerCase().endsWith(name.toLowerCase());
    const stem = stemOf(name);
    return isSuffix || (stem !== name.toLowerCase() && stem.length > 2 && ofVariable.endsWith(stem));
  });
  return related.find((name) => name.endsWith("Id")) ?? related[0];
}

/** `schemaKey`, `schemaId`, `schemaName` → `schema` */
function stemOf(name: string): string {
  return name.replace(/(?:Id|Key|Name)$/, "").toLowerCase();
}

function usualNames({ keyVariable: variable, namesAfter }: Place): readonly string[] {
  if (variable === undefined) return ["name", "id"];
  if (namesAfter !== undefined) return [variable, "name", "id"];
  return /(id|key)$/i.test(variable) ? [variable, "id", "name"] : [variable, "name", "id"];
}

/** Returns the property of the item whose members are the variables of its path: BigQuery's `datasetReference`. */
export function referenceOf(
  { keyVariable = "", namesAfter }: Place,
  properties: readonly PropertyModel[],
  { schemas }: ApiIndex,
): string | undefined {
  if (namesAfter !== undefined || isStringProperty(properties, keyVariable)) return undefined;
  return properties.find(
    ({ name, type }) => /reference$/i.test(name) && isStringProperty(propertiesOf(type, schemas), keyVariable),
  )?.name;
}
