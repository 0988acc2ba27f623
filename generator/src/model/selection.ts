/** `--include` and `--exclude`: a document with some of its methods, and the schemas that these need. */
import type { DiscoveryDocument, DiscoveryMethod, DiscoveryResource, DiscoverySchema } from "../discovery/types.js";
import type { Report } from "../diagnostics.js";

/** Globs over method ids, such as `drive.files.*`: `*` is any run of characters, `?` any one. */
export interface Selection {
  /** Default: every method. */
  readonly include?: readonly string[];
  /** Taken out of what is included. Default: none. */
  readonly exclude?: readonly string[];
}

/** The document with the methods selected; whole when nothing is asked for. */
export function selected(
  document: DiscoveryDocument,
  { include = [], exclude = [] }: Selection,
  report: Report,
): DiscoveryDocument {
  if (include.length === 0 && exclude.length === 0) return document;
  const included = include.map(globExpression);
  const excluded = exclude.map(globExpression);
  const isWanted = (id: string) =>
    (included.length === 0 || included.some((glob) => glob.test(id))) && !excluded.some((glob) => glob.test(id));
  const root = withMethods(document.root, [document.name], isWanted);
  const methods = methodsOf(root);
  if (methods.length === 0) report("NOTHING_SELECTED", "", `no method of ${document.name}:${document.version} is left`);
  return { ...document, root, schemas: reachable(document.schemas, methods) };
}

function globExpression(glob: string): RegExp {
  const escaped = glob
    .replace(/[\\^$.+()[\]{}|]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${escaped}$`, "s");
}

function withMethods(
  resource: DiscoveryResource,
  path: readonly string[],
  isWanted: (id: string) => boolean,
): DiscoveryResource {
  const methods = [...resource.methods].filter(([name, { id }]) => isWanted(id ?? [...path, name].join(".")));
  const resources = [...resource.resources]
    .map(([name, child]) => [name, withMethods(child, [...path, name], isWanted)] as const)
    .filter(([, child]) => child.methods.size > 0 || child.resources.size > 0);
  return { ...resource, methods: new Map(methods), resources: new Map(resources) };
}

function methodsOf({ methods, resources }: DiscoveryResource): readonly DiscoveryMethod[] {
  return [...methods.values(), ...[...resources.values()].flatMap(methodsOf)];
}

/** Schemas that requests and responses lead to, in the order of the document. */
function reachable(
  schemas: ReadonlyMap<string, DiscoverySchema>,
  methods: readonly DiscoveryMethod[],
): ReadonlyMap<string, DiscoverySchema> {
  const reached = new Set<string>();
  const waiting = methods.flatMap(({ request, response }) => [request, response]).flatMap(references);
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    waiting.push(...references(schemas.get(id)));
  }
  return new Map([...schemas].filter(([id]) => reached.has(id)));
}

function references(schema: DiscoverySchema | undefined): string[] {
  if (schema === undefined) return [];
  const { reference, properties, additionalProperties, items, variant } = schema;
  const parts = [...(properties?.values() ?? []), additionalProperties, items];
  return [
    ...(reference === undefined ? [] : [reference]),
    ...(variant?.map ?? []).map((member) => member.reference),
    ...parts.flatMap(references),
  ];
}
