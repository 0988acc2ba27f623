/**
 * Which methods start or read a long-running operation, and how to poll it.
 *
 * Google's APIs have several styles: google.longrunning (AIP-151), Cloud SQL (also with a string that names the
 * operation), GKE, Compute Engine, Cloud DNS, and BigQuery. One rule covers all: recognize operations by their
 * properties, find the GET methods that return them, and find a source for each parameter of these methods.
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

/** Returns the resource tree with `operation` set for each method that starts or reads an operation. */
export function withOperations(root: ResourceModel, schema: Lookup): ResourceModel {
  const rule = new OperationRule(root, schema);
  const finish = (resource: ResourceModel): ResourceModel => ({
    ...resource,
    methods: resource.methods.map((method) => ({
      ...method,
      operation:
        rule.readBy(method, resource) ??
        // Methods of an operations collection (cancel, wait, delete) do not start another operation.
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

  /** Returns the operation that a method reads. Such an operation is polled by the method itself. */
  readBy(method: MethodModel, resource: ResourceModel): OperationModel | undefined {
    const candidate = this.#candidateOf(method, resource);
    return candidate && operation(candidate.type, candidate.style, [], true);
  }

  /** Returns the operation that a method starts, if it can be polled. */
  operationOf(starter: MethodModel): OperationModel | undefined {
    const type = responseTypeOf(starter);
    if (type === undefined) return undefined;
    const properties = this.#propertiesOf(type);
    if (!STARTING.has(starter.httpMethod)) {
      const isStarter = starter.httpMethod === "GET" && isLongRunning(styleOf(type, properties));
      return isStarter ? this.#returned(starter, type, properties) : undefined;
    }
    return this.#returned(starter, type, properties) ?? this.#named(starter, properties);
  }

  /** Handles methods whose response is the operation. */
  #returned(starter: MethodModel, responseType: string, properties: Properties): OperationModel | undefined {
    const ofType = this.#candidates.filter(
      ({ type, startedAt }) => type === responseType && (startedAt ?? starter.path) === starter.path,
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
    return style === undefined || polls.length === 0
      ? undefined
      : operation(responseType, style, byPriority(polls), true);
  }

  /** Handles methods whose response has the operation's name in a string: `{ kind, operation }`. */
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

  /** Finds the value of a path parameter in the starter's parameters, in the operation, or in the starter's body. */
  #sourceOf({ name, location }: ParameterModel, starter: MethodModel, properties: Properties): ValueSource | undefined {
    if (location !== "path") return undefined;
    if (pathParameters(starter).some((parameter) => parameter.name === name)) return { from: "params", path: [name] };
    // In Cloud SQL's operations, the project is the property `targetProject`.
    const property = [name, `target${capitalized(name)}`].find((one) => properties.get(one)?.kind === "string");
    if (property !== undefined) return { from: "response", path: [property] };
    const body = starter.request?.kind === "json" ? this.#propertiesOf(nameOf(starter.request.type)) : undefined;
    return body?.get(name)?.kind === "string" ? { from: "body", path: [name] } : undefined;
  }

  /** Finds the value of a parameter in the object that identifies the operation (BigQuery's `jobReference`). */
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

  /**
   * Returns the method as a candidate if it reads an operation: in an operations collection, or in the collection of
   * jobs. If no collection reads operations of its type, any other GET method is a candidate, too.
   */
  #candidateOf(method: MethodModel, resource: ResourceModel): Candidate | undefined {
    const type = method.httpMethod === "GET" ? responseTypeOf(method) : undefined;
    const style = type === undefined ? undefined : styleOf(type, this.#propertiesOf(type));
    if (type === undefined || style === undefined) return undefined;
    const wait = resource.methods.find((other) => isWaitOf(other, method));
    const found = { method, type, style, wait };
    if (isOperations(resource) || style.identity === "jobReference") return { ...found, startedAt: undefined };
    const startedAt = isLongRunning(style) ? /^(.*)\/\{[^{}]+\}$/.exec(method.path)?.[1] : undefined;
    return startedAt === undefined ? undefined : { ...found, startedAt };
  }
}

/** Returns whether a method reads the same operation as `read`, but only responds when the operation is done. */
function isWaitOf(other: MethodModel, read: MethodModel): boolean {
  return (
    other.httpMethod === "POST" &&
    (other.path === `${read.path}:wait` || other.path === `${read.path}/wait`) &&
    responseTypeOf(other) === responseTypeOf(read) &&
    !(other.request?.kind === "json" && other.request.required)
  );
}

/** A GET method that returns an operation. */
interface Candidate {
  readonly method: MethodModel;
  /** Name of the operation's type. */
  readonly type: string;
  readonly style: Style;
  readonly wait: MethodModel | undefined;
  /**
   * Outside operations collections (Street View's photo sequences): the path of the methods that start the operation.
   */
  readonly startedAt: string | undefined;
}

/** The properties that identify an operation, and those that show whether it is done. */
interface Style {
  /** The property with the resource name, an id, or an object with all parameters of a poll. */
  readonly identity: "id" | "jobReference" | "name";
  /** The value may be an id instead of a complete resource name. */
  readonly isShort: boolean;
  readonly done: readonly string[];
  readonly error: readonly string[];
}

/** Recognizes an operation by the properties of its type. */
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

/** Returns whether the operation is a google.longrunning.Operation, whose name is a resource name. */
function isLongRunning(style: Style | undefined): boolean {
  return style?.identity === "name" && !style.isShort;
}

/** Takes the value of a path parameter from the operation's name, which matches the path (App Engine). */
function segmentOf({ location }: ParameterModel): ValueSource | undefined {
  return location === "path" ? { from: "response", path: ["name"], isSegment: true } : undefined;
}

/** Keeps one candidate per path: many APIs have several operations collections, all with the path `v1/{+name}`. */
function distinct(candidates: readonly Candidate[]): readonly Candidate[] {
  const byPath = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const key = `${candidate.type} ${candidate.method.path}`;
    if (!byPath.has(key)) byPath.set(key, candidate);
  }
  return [...byPath.values()];
}

/** Returns undefined if a required parameter has no source. */
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
  // One method polls for all collections with the same path, so its pattern would reject names of the others.
  const anyName = (one: MethodModel): MethodModel => ({
    ...one,
    parameters: one.parameters.map((parameter) => ({ ...parameter, pattern: undefined })),
  });
  return { method: anyName(method), wait: wait && anyName(wait), sources };
}

/** If the poll needs a resource name but the operation has an id, the starter's parent completes the name (GKE). */
function identifierOf(isName: boolean, { identity, isShort }: Style, starter: MethodModel): ValueSource {
  const source: ValueSource = { from: "response", path: [identity] };
  const resource = pathParameters(starter).find(({ name }) => name === "name" || name === "parent");
  return isShort && isName && resource !== undefined ? { ...source, within: resource.name } : source;
}

/**
 * Sorts polls: first those that split the operation's name, then those that share most parameters with the starter,
 * then those that need most values. So a global poll is only used if the response has neither zone nor region.
 */
function byPriority(polls: readonly OperationPoll[]): readonly OperationPoll[] {
  const shared = ({ sources }: OperationPoll) =>
    [...sources.values()].filter(({ from, within }) => from === "params" || within !== undefined).length;
  // A name that does not match the path is not split, so these polls are safe to try first.
  const split = ({ sources }: OperationPoll) =>
    [...sources.values()].filter(({ isSegment }) => isSegment === true).length;
  return polls.toSorted(
    (a, b) =>
      split(b) - split(a) ||
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

/** Returns the name of the type of a method's JSON response. */
function responseTypeOf({ response }: MethodModel): string | undefined {
  return response?.kind === "json" ? nameOf(response.type) : undefined;
}

function nameOf(type: TypeModel | undefined): string | undefined {
  return type?.kind === "reference" ? type.name : undefined;
}

function isOperations({ path }: ResourceModel): boolean {
  return /operations$/i.test(path.at(-1) ?? "");
}
