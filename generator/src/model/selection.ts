/** `--include` and `--exclude`: a model with some of its methods, and the types that these need. */
import type { DiscoveryDocument, DiscoveryResource } from "../discovery/types.js";
import type { Report } from "../diagnostics.js";
import { closure, references } from "./access.js";
import { methodsOf } from "./methods.js";
import type { ApiModel, MethodModel, ResourceModel, SchemaModel, TypeModel } from "./types.js";
import { updateMasksOf } from "./update-masks.js";

/** Globs over method ids, such as `drive.files.*`: `*` is any run of characters, `?` any one. */
export interface Selection {
  /** Default: every method. */
  readonly include?: readonly string[];
  /** Taken out of what is included. Default: none. */
  readonly exclude?: readonly string[];
}

/** Which methods of a document are selected, and which of its problems concern them. */
export class MethodSelection {
  readonly #included: readonly RegExp[];
  readonly #excluded: readonly RegExp[];

  /** Reports globs that match no method, and a selection that leaves none. */
  constructor(document: DiscoveryDocument, { include = [], exclude = [] }: Selection, report: Report) {
    this.#included = include.map(globExpression);
    this.#excluded = exclude.map(globExpression);
    if (this.isWhole) return;
    const ids = [...methodPointers(document).keys()];
    const api = `${document.name}:${document.version}`;
    // In a run over several APIs a glob may be meant for another one.
    const isOfThis = (glob: string) => ids.some((id) => globExpression(firstPart(glob)).test(firstPart(id)));
    for (const glob of [...include, ...exclude].filter(isOfThis)) {
      const expression = globExpression(glob);
      if (!ids.some((id) => expression.test(id)))
        report("GLOB_MATCHES_NOTHING", "", `${JSON.stringify(glob)} matches no method of ${api}`);
    }
    if (!ids.some((id) => this.has(id))) report("NOTHING_SELECTED", "", `no method of ${api} is left`);
  }

  get isWhole(): boolean {
    return this.#included.length === 0 && this.#excluded.length === 0;
  }

  has(id: string): boolean {
    const isIncluded = this.#included.length === 0 || this.#included.some((glob) => glob.test(id));
    return isIncluded && !this.#excluded.some((glob) => glob.test(id));
  }
}

/**
 * The model with the selected methods and the schemas that they lead to. Each method is what it is in the complete
 * model: its operation may be polled by a method that is not selected.
 */
export function selected(model: ApiModel, selection: MethodSelection): ApiModel {
  if (selection.isWhole) return model;
  const root = withMethods(model.root, selection);
  const byName = new Map(model.schemas.map((schema) => [schema.name, schema]));
  const twins = new Map(model.schemas.map((schema) => [schema.inputOf, schema.name]));
  const reached = closure(methodsOf(root).flatMap(typesOf).flatMap(references), (name) => {
    const twin = twins.get(name);
    // A type with a twin is written as an extension of it.
    return [...schemaReferences(byName.get(name)), ...(twin === undefined ? [] : [twin])];
  });
  const schemas = model.schemas.filter(({ name }) => reached.has(name));
  return { ...model, root, schemas, updateMasks: updateMasksOf(root, schemas) };
}

/** Whether a problem at this place of the document concerns nothing but methods and schemas that are left out. */
export function isLeftOut(
  pointer: string,
  document: DiscoveryDocument,
  model: ApiModel,
  selection: MethodSelection,
): boolean {
  if (selection.isWhole) return false;
  const isAt = (place: string) => pointer === place || pointer.startsWith(`${place}/`);
  const method = [...methodPointers(document)].find(([, place]) => isAt(place));
  if (method !== undefined) return !selection.has(method[0]);
  const schema = [...document.schemas.values()].find((one) => isAt(one.pointer));
  return schema !== undefined && !model.schemas.some((kept) => kept.pointer === schema.pointer);
}

function firstPart(id: string): string {
  return id.split(".", 1).join("");
}

function globExpression(glob: string): RegExp {
  const escaped = glob
    .replace(/[\\^$.+()[\]{}|]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${escaped}$`, "s");
}

/** Places of all methods by id. */
function methodPointers(document: DiscoveryDocument): ReadonlyMap<string, string> {
  const found = (resource: DiscoveryResource, path: readonly string[]): (readonly [string, string])[] => [
    ...Array.from(resource.methods, ([name, { id, pointer }]) => [id ?? [...path, name].join("."), pointer] as const),
    ...[...resource.resources].flatMap(([name, child]) => found(child, [...path, name])),
  ];
  return new Map(found(document.root, [document.name]));
}

function withMethods(resource: ResourceModel, selection: MethodSelection): ResourceModel {
  const resources = resource.resources
    .map((child) => withMethods(child, selection))
    .filter((child) => child.methods.length > 0 || child.resources.length > 0);
  return { ...resource, methods: resource.methods.filter(({ id }) => selection.has(id)), resources };
}

/** Types that the declaration of a method names. */
function typesOf({ request, response, operation, paging }: MethodModel): readonly TypeModel[] {
  return [
    ...(request?.kind === "json" ? [request.type] : []),
    ...(response === undefined || response.kind === "media" ? [] : [response.type]),
    ...(operation === undefined ? [] : [operation.type]),
    ...(paging?.items === undefined ? [] : [paging.items.type]),
  ];
}

function schemaReferences(schema: SchemaModel | undefined): readonly string[] {
  if (schema === undefined) return [];
  const { shape } = schema;
  if (shape.kind === "alias") return references(shape.type);
  const further = shape.additional === undefined ? [] : references(shape.additional);
  return [...shape.properties.flatMap(({ type }) => references(type)), ...further];
}
