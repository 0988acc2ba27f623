/** `--include` and `--exclude`: a model with only the selected methods, and the types that they need. */
import type { DiscoveryDocument, DiscoveryResource } from "../discovery/types.js";
import type { Report } from "../diagnostics.js";
import { closure, references } from "./access.js";
import { methodsOf } from "./methods.js";
import type { ApiModel, MethodModel, ResourceModel, SchemaModel, TypeModel } from "./types.js";
import { updateMasksOf } from "./update-masks.js";

/** Globs over method ids, such as `drive.files.*`. `*` matches any characters, `?` matches one character. */
export interface Selection {
  /** Default: every method. */
  readonly include?: readonly string[];
  /** Methods to exclude from the included ones. Default: none. */
  readonly exclude?: readonly string[];
}

/** The methods of a document that `include` and `exclude` select. */
export class MethodSelection {
  readonly #included: readonly RegExp[];
  readonly #excluded: readonly RegExp[];

  /** Reports globs that match no method, and a selection without methods. */
  constructor(document: DiscoveryDocument, { include = [], exclude = [] }: Selection, report: Report) {
    this.#included = include.map(globExpression);
    this.#excluded = exclude.map(globExpression);
    if (this.isComplete) return;
    const ids = [...methodPointers(document).keys()];
    const api = `${document.name}:${document.version}`;
    // In a run over several APIs, a glob may be for another API.
    const isForThisApi = (glob: string) => ids.some((id) => globExpression(firstPart(glob)).test(firstPart(id)));
    for (const glob of [...include, ...exclude].filter(isForThisApi)) {
      const expression = globExpression(glob);
      if (!ids.some((id) => expression.test(id)))
        report("GLOB_MATCHES_NOTHING", "", `${JSON.stringify(glob)} matches no method of ${api}`);
    }
    if (!ids.some((id) => this.has(id))) report("NOTHING_SELECTED", "", `no method of ${api} is selected`);
  }

  /** True if every method is selected. */
  get isComplete(): boolean {
    return this.#included.length === 0 && this.#excluded.length === 0;
  }

  has(id: string): boolean {
    const isIncluded = this.#included.length === 0 || this.#included.some((glob) => glob.test(id));
    return isIncluded && !this.#excluded.some((glob) => glob.test(id));
  }
}

/**
 * Returns the model with only the selected methods, and the schemas that they need. Methods are the same as in the
 * complete model: an operation may be polled by a method that is not selected.
 */
export function selected(model: ApiModel, selection: MethodSelection): ApiModel {
  if (selection.isComplete) return model;
  const root = withMethods(model.root, selection);
  const byName = new Map(model.schemas.map((schema) => [schema.name, schema]));
  const twins = new Map(model.schemas.map((schema) => [schema.inputOf, schema.name]));
  const reached = closure(methodsOf(root).flatMap(typesOf).flatMap(references), (name) => {
    const twin = twins.get(name);
    // The declaration of a type extends its twin.
    return [...schemaReferences(byName.get(name)), ...(twin === undefined ? [] : [twin])];
  });
  const schemas = model.schemas.filter(({ name }) => reached.has(name));
  return { ...model, root, schemas, updateMasks: updateMasksOf(root, schemas) };
}

/** Returns whether a pointer into the document is inside a method or schema that is not selected. */
export function isLeftOut(
  pointer: string,
  document: DiscoveryDocument,
  model: ApiModel,
  selection: MethodSelection,
): boolean {
  if (selection.isComplete) return false;
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

/** Returns the JSON pointers of all methods, by id. */
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

/** Returns the types in the declaration of a method. */
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
