/**
 * Which methods start a long-running operation, or read one, and how to ask whether it is done.
 *
 * Google's APIs have several styles: google.longrunning (AIP-151), Cloud SQL (also with an operation named by a string),
 * GKE, Compute Engine, Cloud DNS and BigQuery. One rule reads them all: know by its properties what an operation is,
 * find the GET methods that answer it, and find where each of their parameters comes from.
 */
import { capitalized } from "./names.js";
import type {
  HttpMethod,
  MethodModel,
  OperationModel,
  OperationPoll,
  ParameterModel,
  ResourceModel,
  SchemaModel,
  TypeModel,
  ValueSource,
} from "./types.js";

/** The tree of resources with the operation of each method that starts one. */
export function withOperations(root: ResourceModel, schema: Lookup): ResourceModel {
  const rule = new OperationRule(root, schema);
  const finish = (resource: ResourceModel): ResourceModel => ({
    ...resource,
    methods: resource.methods.map((method) => ({
      ...method,
      operation:
        rule.readBy(method, resource) ??
        // What operations collections do to an operation (cancel, wait, delete) starts no other one.
        (isOperations(resource) ? undefined : rule.operationOf(method)),
    })),
    resources: resource.resources.map(finish),
  });
  return finish(root);
}

type Lookup = (name: string) => SchemaModel | undefined;

/** Properties of an object, by name. */
type Properties = ReadonlyMap<string, TypeModel>;

const STARTING: ReadonlySet<HttpMethod> = new Set(["DELETE", "PATCH", "POST", "PUT"]);

class OperationRule {
  readonly #schema: Lookup;
  readonly #candidates: readonly Candidate[];

  constructor(root: ResourceModel, schema: Lookup) {
    this.#schema = schema;
    const found = distinct(this.#candidatesOf(root));
    const collected = new Set(found.flatMap(({ type, startedAt }) => (startedAt === undefined ? [type] : [])));
    this.#candidates = found.filter(({ type, startedAt }) => startedAt === undefined || !collected.has(type));
  }

  /** The operation that a method reads: to wait for its end is to read it again. */
  readBy(method: MethodModel, resource: ResourceModel): OperationModel | undefined {
    const candidate = this.#candidateOf(method, resource);
    return candidate && operation(candidate.type, candidate.style, [], true);
  }

  /** The operation of a method, if it starts one that can be asked about. */
  operationOf(starter: MethodModel): OperationModel | undefined {
    const answer = answerOf(starter);
    if (answer === undefined) return undefined;
    const properties = this.#propertiesOf(answer);
    if (!STARTING.has(starter.httpMethod)) {
      const isStarter = starter.httpMethod === "GET" && isLongRunning(styleOf(answer, properties));
      return isStarter ? this.#answered(starter, answer, properties) : undefined;
    }
    return this.#answered(starter, answer, properties) ?? this.#named(starter, properties);
  }

  /** The answer is the operation itself. */
  #answered(starter: MethodModel, answer: string, properties: Properties): OperationModel | undefined {
    const ofType = this.#candidates.filter(
      ({ type, startedAt }) => type === answer && (startedAt ?? starter.path) === starter.path,
    );
    const polls = ofType.flatMap(({ method, style, wait }) => {
      const poll = pollOf(method, wait, (parameter, isLast) => {
        if (style.identity === "jobReference") return this.#memberSource(parameter, style.identity, properties);
        if (isLast) return identifierOf(method.path.includes(`{+${parameter.name}}`), style, starter);
        return this.#sourceOf(parameter, starter, properties);
      });
      return poll ?? (isLongRunning(style) ? pollOf(method, wait, segmentOf) : undefined) ?? [];
    });
    const style = ofType[0]?.style;
    return style === undefined || polls.length === 0 ? undefined : operation(answer, style, inOrder(polls), true);
  }

  /** The answer names the operation by a string: `{ kind, operation }`. */
  #named(starter: MethodModel, properties: Properties): OperationModel | undefined {
    if (properties.get("operation")?.kind !== "string") return undefined;
    for (const { method, type, style, wait } of this.#candidates) {
      if (!method.path.endsWith("{operation}")) continue;
      const poll = pollOf(method, wait, (parameter, isLast) =>
        isLast ? { from: "response", path: ["operation"] } : this.#sourceOf(parameter, starter, new Map()),
      );
      if (poll !== undefined) return operation(type, style, [poll], false);
    }
    return undefined;
  }

  /** Path parameters are those of the starter, or strings of the operation or of the starter's body. */
  #sourceOf({ name, location }: ParameterModel, starter: MethodModel, properties: Properties): ValueSource | undefined {
    if (location !== "path") return undefined;
    if (pathParameters(starter).some((parameter) => parameter.name === name)) return { from: "params", path: [name] };
    // Cloud SQL's operations carry the project as that of their target.
    const property = [name, `target${capitalized(name)}`].find((one) => properties.get(one)?.kind === "string");
    if (property !== undefined) return { from: "response", path: [property] };
    const body = starter.request?.kind === "json" ? this.#propertiesOf(nameOf(starter.request.type)) : undefined;
    return body?.get(name)?.kind === "string" ? { from: "body", path: [name] } : undefined;
  }

  /** A member of the property that refers to the operation (BigQuery). */
  #memberSource({ name }: ParameterModel, reference: string, properties: Properties): ValueSource | undefined {
    const members = this.#propertiesOf(nameOf(properties.get(reference)));
    return members.has(name) ? { from: "response", path: [reference, name] } : undefined;
  }

  #propertiesOf(name: string | undefined): Properties {
    const shape = name === undefined ? undefined : this.#schema(name)?.shape;
    return new Map(shape?.kind === "object" ? shape.properties.map((property) => [property.name, property.type]) : []);
  }

  #candidatesOf(resource: ResourceModel): readonly Candidate[] {
    const own = resource.methods.flatMap((method) => this.#candidateOf(method, resource) ?? []);
    return [...own, ...resource.resources.flatMap((child) => this.#candidatesOf(child))];
  }

  /** Jobs are read in their own collection, operations in one of operations, or by name where the API has none. */
  #candidateOf(method: MethodModel, resource: ResourceModel): Candidate | undefined {
    const type = method.httpMethod === "GET" ? answerOf(method) : undefined;
    const style = type === undefined ? undefined : styleOf(type, this.#propertiesOf(type));
    if (type === undefined || style === undefined) return undefined;
    const wait = resource.methods.find((other) => isWaitOf(other, method));
    const found = { method, type, style, wait };
    if (isOperations(resource) || style.identity === "jobReference") return { ...found, startedAt: undefined };
    const startedAt = isLongRunning(style) ? /^(.*)\/\{[^{}]+\}$/.exec(method.path)?.[1] : undefined;
    return startedAt === undefined ? undefined : { ...found, startedAt };
  }
}

/** Whether a method is that of this path and answer which holds its answer back until the operation is over. */
function isWaitOf(other: MethodModel, read: MethodModel): boolean {
  return (
    other.httpMethod === "POST" &&
    (other.path === `${read.path}:wait` || other.path === `${read.path}/wait`) &&
    answerOf(other) === answerOf(read) &&
    !(other.request?.kind === "json" && other.request.required)
  );
}

/** A GET method that answers an operation. */
interface Candidate {
  readonly method: MethodModel;
  /** Name of the type of operation. */
  readonly type: string;
  readonly style: Style;
  readonly wait: MethodModel | undefined;
  /** Outside collections of operations (Street View's photo sequences): the path of the methods that start what it reads. */
  readonly startedAt: string | undefined;
}

/** How an operation tells who it is, and that it is over. */
interface Style {
  /** Its resource name, an id that may be less than that, or an object of everything that a poll needs. */
  readonly identity: "id" | "jobReference" | "name";
  readonly isShort: boolean;
  readonly done: readonly string[];
  readonly error: readonly string[];
}

/** Told by the properties a type has. */
function styleOf(type: string, properties: Properties): Style | undefined {
  const has = (...names: readonly string[]) => names.every((name) => properties.has(name));
  if (has("name", "done", "error") && (has("response") || has("metadata"))) {
    return { identity: "name", isShort: false, done: ["done"], error: ["error"] };
  }
  if (has("jobReference", "status")) {
    return { identity: "jobReference", isShort: false, done: ["status", "state"], error: ["status", "errorResult"] };
  }
  const state = has("status") ? "status" : "state";
  if (!has("operationType", state) && !(type.endsWith("Operation") && has("status"))) return undefined;
  return { identity: has("name") ? "name" : "id", isShort: true, done: [state], error: ["error"] };
}

/** Operations of google.longrunning, whose name is that of a resource. */
function isLongRunning(style: Style | undefined): boolean {
  return style?.identity === "name" && !style.isShort;
}

/** A segment of the operation's name, which has the shape of the path (App Engine). */
function segmentOf({ location }: ParameterModel): ValueSource | undefined {
  return location === "path" ? { from: "response", path: ["name"], isSegment: true } : undefined;
}

/** One of each path: many APIs have an operations collection under every resource, all with `v1/{+name}`. */
function distinct(candidates: readonly Candidate[]): readonly Candidate[] {
  const byPath = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const key = `${candidate.type} ${candidate.method.path}`;
    if (!byPath.has(key)) byPath.set(key, candidate);
  }
  return [...byPath.values()];
}

/** Undefined when it cannot be told where a required parameter comes from. */
function pollOf(
  method: MethodModel,
  wait: MethodModel | undefined,
  sourceOf: (parameter: ParameterModel, isLast: boolean) => ValueSource | undefined,
): OperationPoll | undefined {
  const last = pathParameters(method).at(-1);
  const sources = new Map<string, ValueSource>();
  for (const parameter of method.parameters) {
    const source = sourceOf(parameter, parameter === last);
    if (source !== undefined) sources.set(parameter.name, source);
    else if (parameter.required) return undefined;
  }
  // Of collections that share a path only one is asked, and its pattern does not fit the names of the others.
  const anyName = (one: MethodModel): MethodModel => ({
    ...one,
    parameters: one.parameters.map((parameter) => ({ ...parameter, pattern: undefined })),
  });
  return { method: anyName(method), wait: wait && anyName(wait), sources };
}

/** A short id where a resource name is wanted lies in the collection that the starter's own resource lies in (GKE). */
function identifierOf(isName: boolean, { identity, isShort }: Style, starter: MethodModel): ValueSource {
  const source: ValueSource = { from: "response", path: [identity] };
  const resource = pathParameters(starter).find(({ name }) => name === "name" || name === "parent");
  return isShort && isName && resource !== undefined ? { ...source, within: resource.name } : source;
}

/**
 * Those that take the name apart come first, then those that share most with the starter, then those that need most of
 * the response: a global poll is right
 * only where the answer tells neither zone nor region.
 */
function inOrder(polls: readonly OperationPoll[]): readonly OperationPoll[] {
  const shared = ({ sources }: OperationPoll) =>
    [...sources.values()].filter(({ from, within }) => from === "params" || within !== undefined).length;
  // A name that does not fit the path is not taken apart, so these cannot be wrong.
  const taken = ({ sources }: OperationPoll) =>
    [...sources.values()].filter(({ isSegment }) => isSegment === true).length;
  return polls.toSorted(
    (a, b) =>
      taken(b) - taken(a) ||
      shared(b) - shared(a) ||
      b.sources.size - a.sources.size ||
      a.method.path.length - b.method.path.length,
  );
}

function operation(
  type: string,
  { done, error }: Style,
  polls: readonly OperationPoll[],
  isAnswer: boolean,
): OperationModel {
  return { type: { kind: "reference", name: type }, polls, done, error, isAnswer };
}

function pathParameters({ parameters }: MethodModel): readonly ParameterModel[] {
  return parameters.filter(({ location }) => location === "path");
}

/** Name of the type that a method answers. */
function answerOf({ response }: MethodModel): string | undefined {
  return response?.kind === "json" ? nameOf(response.type) : undefined;
}

function nameOf(type: TypeModel | undefined): string | undefined {
  return type?.kind === "reference" ? type.name : undefined;
}

function isOperations({ path }: ResourceModel): boolean {
  return /operations$/i.test(path.at(-1) ?? "");
}
