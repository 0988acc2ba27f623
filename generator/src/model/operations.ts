/**
 * Which methods start a long-running operation, and how to ask whether it is done.
 *
 * Google's APIs have several styles: google.longrunning (AIP-151), Cloud SQL (also with an operation named by a string),
 * GKE, Compute Engine, Cloud DNS and BigQuery. One rule reads them all: find the GET method that answers the operation,
 * find where each of its parameters comes from, and know the property that tells the end.
 */
import { capitalized } from "./names.js";
import type {
  HttpMethod,
  MethodModel,
  OperationModel,
  OperationPoll,
  PropertyModel,
  ResourceModel,
  SchemaModel,
  ValueSource,
} from "./types.js";

/** The tree of resources with the operation of each method that starts one. */
export function withOperations(root: ResourceModel, schema: Lookup): ResourceModel {
  const candidates = byAnswer(allMethods(root));
  const finish = (resource: ResourceModel): ResourceModel => ({
    ...resource,
    methods: resource.methods.map((method) => ({
      ...method,
      operation: operationOf({ method, resourcePath: resource.path }, candidates, schema),
    })),
    resources: resource.resources.map(finish),
  });
  return candidates.size === 0 ? root : finish(root);
}

function allMethods({ path, methods, resources }: ResourceModel): readonly OperationCandidate[] {
  return [...methods.map((method) => ({ method, resourcePath: path })), ...resources.flatMap(allMethods)];
}

/**
 * GET methods that may be polls, by the type they answer. Where many share one path template, as in APIs with an
 * operations collection under every resource, the first is enough.
 */
function byAnswer(methods: readonly OperationCandidate[]): Candidates {
  const result = new Map<string, Map<string, OperationCandidate>>();
  for (const candidate of methods) {
    const { httpMethod, response, path } = candidate.method;
    if (httpMethod !== "GET" || response?.kind !== "json" || response.type.kind !== "reference") continue;
    const { name } = response.type;
    // A job is asked for in its own collection, every other operation in one of operations.
    const key = isOperations(candidate.resourcePath) ? path : ` ${path}`;
    const ofType = result.get(name) ?? new Map<string, OperationCandidate>();
    if (!ofType.has(key)) ofType.set(key, candidate);
    result.set(name, ofType);
  }
  return new Map(Array.from(result, ([name, ofType]) => [name, [...ofType.values()]]));
}

type Candidates = ReadonlyMap<string, readonly OperationCandidate[]>;

/** A method as the rule sees it. */
interface OperationCandidate {
  readonly method: MethodModel;
  /** Names from the top of the document down. */
  readonly resourcePath: readonly string[];
}

type Lookup = (name: string) => SchemaModel | undefined;

const STARTING: ReadonlySet<HttpMethod> = new Set(["DELETE", "PATCH", "POST", "PUT"]);

/** The operation of a method, if it starts one that can be asked about. */
function operationOf(starter: OperationCandidate, candidates: Candidates, schema: Lookup): OperationModel | undefined {
  const { method, resourcePath } = starter;
  const response = method.response?.kind === "json" ? method.response.type : undefined;
  if (response?.kind !== "reference" || !STARTING.has(method.httpMethod) || isOperations(resourcePath))
    return undefined;
  return (
    answeredOperation(starter, response.name, candidates, schema) ??
    namedOperation(starter, response.name, candidates, schema)
  );
}

/** The answer is the operation itself. */
function answeredOperation(
  starter: OperationCandidate,
  name: string,
  candidates: Candidates,
  schema: Lookup,
): OperationModel | undefined {
  const properties = propertiesOf(name, schema);
  const ending = endingOf(name, properties);
  if (ending === undefined) return undefined;
  const polls = (candidates.get(name) ?? []).flatMap((candidate): OperationPoll[] => {
    if (ending.reference === undefined && !isOperations(candidate.resourcePath)) return [];
    const identifier = ending.identifier === undefined ? undefined : identifierOf(ending, ending.identifier, starter);
    const poll = pollOf(candidate, starter, identifier, ending.reference, properties, schema);
    return poll === undefined ? [] : [poll];
  });
  if (polls.length === 0) return undefined;
  return {
    type: { kind: "reference", name },
    polls: chosen(polls, starter),
    done: ending.done,
    error: ending.error,
    isAnswer: true,
  };
}

/** The answer names the operation by a string: `{ kind, operation }`. */
function namedOperation(
  starter: OperationCandidate,
  name: string,
  candidates: Candidates,
  schema: Lookup,
): OperationModel | undefined {
  const isNamed = propertiesOf(name, schema).some(
    (property) => property.name === "operation" && property.type.kind === "string",
  );
  if (!isNamed) return undefined;
  for (const candidate of [...candidates.values()].flat()) {
    const { method, resourcePath } = candidate;
    const type = method.response?.kind === "json" ? method.response.type : undefined;
    if (type?.kind !== "reference" || !isOperations(resourcePath) || !method.path.endsWith("{operation}")) continue;
    const ending = endingOf(type.name, propertiesOf(type.name, schema));
    const poll = pollOf(candidate, starter, { from: "response", path: ["operation"] }, undefined, [], schema);
    if (ending === undefined || poll === undefined) continue;
    return { type, polls: [poll], done: ending.done, error: ending.error, isAnswer: false };
  }
  return undefined;
}

/** How an operation tells that it is over, and who it is. */
interface Ending {
  readonly done: readonly string[];
  readonly error: readonly string[];
  /** The property that identifies the operation to the poll's last parameter. */
  readonly identifier: string | undefined;
  /** The identifier may be less than the resource name that a poll wants. */
  readonly isShort: boolean;
  /** The property whose members identify it instead. */
  readonly reference: string | undefined;
}

/** Told by the properties a schema has. */
function endingOf(name: string, properties: readonly PropertyModel[]): Ending | undefined {
  const has = (...names: readonly string[]) =>
    names.every((wanted) => properties.some((property) => property.name === wanted));
  const error = ["error"];
  if (has("name", "done", "error") && (has("response") || has("metadata"))) {
    return { done: ["done"], error, identifier: "name", isShort: false, reference: undefined };
  }
  if (has("jobReference", "status")) {
    return {
      done: ["status", "state"],
      error: ["status", "errorResult"],
      identifier: undefined,
      isShort: false,
      reference: "jobReference",
    };
  }
  const state = has("status") ? "status" : "state";
  const isOperation = has("operationType", state) || (name.endsWith("Operation") && has("status"));
  if (!isOperation) return undefined;
  return { done: [state], error, identifier: has("name") ? "name" : "id", isShort: true, reference: undefined };
}

/** Where each parameter of the poll comes from; undefined when one cannot be told. */
function pollOf(
  { method }: OperationCandidate,
  starter: OperationCandidate,
  identifier: ValueSource | undefined,
  reference: string | undefined,
  properties: readonly PropertyModel[],
  schema: Lookup,
): OperationPoll | undefined {
  const inPath = method.parameters.filter(({ location }) => location === "path");
  const last = inPath.at(-1);
  const members = reference === undefined ? [] : referencedProperties(properties, reference, schema);
  const sources = new Map<string, ValueSource>();
  for (const parameter of method.parameters) {
    const { name, location, required } = parameter;
    const isMember = members.some((member) => member.name === name);
    let source: ValueSource | undefined;
    if (reference !== undefined) source = isMember ? { from: "response", path: [reference, name] } : undefined;
    else if (parameter === last) source = method.path.includes(`{+${name}}`) ? identifier : withoutParent(identifier);
    else source = location === "path" ? sourceOf(name, starter, properties, schema) : undefined;
    if (source !== undefined) sources.set(name, source);
    else if (required) return undefined;
  }
  return { method, sources };
}

/** A short operation id also needs the collection that the starter's own resource name lies in (GKE). */
function identifierOf({ isShort }: Ending, property: string, { method }: OperationCandidate): ValueSource {
  const parent = method.parameters.find(
    ({ name, location }) => location === "path" && (name === "name" || name === "parent"),
  );
  const source: ValueSource = { from: "response", path: [property] };
  return isShort && parent !== undefined ? { ...source, within: parent.name } : source;
}

/** One segment is an id, however short. */
function withoutParent(source: ValueSource | undefined): ValueSource | undefined {
  return source && { from: source.from, path: source.path };
}

function sourceOf(
  name: string,
  { method }: OperationCandidate,
  properties: readonly PropertyModel[],
  schema: Lookup,
): ValueSource | undefined {
  if (method.parameters.some((parameter) => parameter.name === name && parameter.location === "path")) {
    return { from: "params", path: [name] };
  }
  // Cloud SQL's operations carry the project as that of their target.
  for (const path of [name, `target${capitalized(name)}`]) {
    if (properties.some((property) => property.name === path && property.type.kind === "string")) {
      return { from: "response", path: [path] };
    }
  }
  const body =
    method.request?.kind === "json" && method.request.type.kind === "reference" ? method.request.type.name : undefined;
  const inBody = propertiesOf(body, schema).some(
    (property) => property.name === name && property.type.kind === "string",
  );
  return inBody ? { from: "body", path: [name] } : undefined;
}

/**
 * Polls that need something of the answer come first, the rest is a fallback.
 */
function chosen(polls: readonly OperationPoll[], { method }: OperationCandidate): readonly OperationPoll[] {
  const version = method.path.split("/")[0] ?? "";
  const distance = (poll: OperationPoll) => (poll.method.path.startsWith(version) ? 0 : 1);
  const fixed = (poll: OperationPoll) => [...poll.sources.values()].filter(({ from }) => from === "params").length;
  const needs = (poll: OperationPoll) => [...poll.sources.values()].filter(({ from }) => from !== "params").length;
  return polls
    .toSorted(
      (a, b) =>
        distance(a) - distance(b) ||
        fixed(b) - fixed(a) ||
        needs(b) - needs(a) ||
        a.method.path.length - b.method.path.length,
    )
    .slice(0, 3);
}

function referencedProperties(
  properties: readonly PropertyModel[],
  name: string,
  schema: Lookup,
): readonly PropertyModel[] {
  const type = properties.find((property) => property.name === name)?.type;
  return type?.kind === "reference" ? propertiesOf(type.name, schema) : [];
}

function propertiesOf(name: string | undefined, schema: Lookup): readonly PropertyModel[] {
  const shape = name === undefined ? undefined : schema(name)?.shape;
  return shape?.kind === "object" ? shape.properties : [];
}

function isOperations(path: readonly string[]): boolean {
  return /operations$/i.test(path.at(-1) ?? "");
}
