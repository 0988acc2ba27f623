/** Builds the HTTP request from descriptor and parameters. The only place that decides what is sent. Pure. */
import { type Fault, InvalidRequestError } from "../errors.js";
import type { ApiDescriptor, MethodDescriptor } from "../method.js";
import { type EncodedBody, encodeBody } from "./body.js";
import { checkValue } from "./check.js";
import { type HeaderRecord, type HeadersInput, readHeader, readHeaders } from "./headers.js";
import { type PathTemplate, expandPath, parsePath } from "./path.js";
import { queryOf } from "./query.js";
import { ownOf } from "./value.js";

/** The common parts of all requests of one client. */
export interface RequestBase {
  readonly api: ApiDescriptor;
  /** The path of the root URL, with a slash at both ends. */
  readonly rootPath: string;
  /** Header fields of the runtime and of the client's options. */
  readonly headers: HeaderRecord;
  /** Names of the {@link headers} from the client's options. The runtime never replaces them. */
  readonly ownHeaders: ReadonlySet<string>;
}

/** The parameters of a method, as generated code passes them. */
export interface Params {
  readonly [name: string]: unknown;
}

/** The options of a call that become header fields. */
export interface RequestOptions {
  readonly headers?: HeadersInput | undefined;
  readonly quotaProject?: string | undefined;
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

/** A request without its origin, authorization and timeouts. */
export interface BuiltRequest {
  readonly path: string;
  readonly headers: HeaderRecord;
  readonly body: EncodedBody | undefined;
}

/** Derived once from a descriptor. */
interface Plan {
  readonly template: PathTemplate;
  readonly inPath: ReadonlySet<string>;
  readonly requiredInQuery: readonly string[];
}

const plans: WeakMap<MethodDescriptor, Plan> = new WeakMap();

function planOf(method: MethodDescriptor): Plan {
  let plan = plans.get(method);
  if (plan === undefined) {
    const template = parsePath(method.path);
    const inPath = new Set(template.variables.map((variable) => variable.name));
    const required = Object.entries(method.parameters ?? {}).filter(
      ([name, { required }]) => required === true && !inPath.has(name),
    );
    plan = { template, inPath, requiredInQuery: required.map(([name]) => name) };
    plans.set(method, plan);
  }
  return plan;
}

/**
 * Builds the request of one call.
 *
 * @param media Request the content instead of the resource: `alt=media`.
 * @throws InvalidRequestError with all problems found.
 */
export function buildRequest(
  base: RequestBase,
  method: MethodDescriptor,
  params: Params,
  options: RequestOptions | undefined,
  media: boolean,
): BuiltRequest {
  const faults: Fault[] = [];
  const plan = planOf(method);
  const path = pathOf(base, method, plan, params, faults);
  const query = queryString(base, method, plan, params, media, faults);
  const body = encodeBody(method, ownOf(params, "requestBody"), base.api.dataWrapper === true, faults);
  const headers = headersOf(base, method, body, options, media, faults);
  if (faults.length > 0) throw new InvalidRequestError(method.id, faults);
  return { path: query === "" ? path : `${path}?${query.slice(1)}`, headers, body };
}

function pathOf(base: RequestBase, method: MethodDescriptor, plan: Plan, params: Params, faults: Fault[]): string {
  const before = faults.length;
  const expanded = expandPath(plan.template, params, faults);
  if (faults.length === before && method.parameters !== undefined) {
    for (const { name } of plan.template.variables) {
      const descriptor = method.parameters[name];
      if (descriptor !== undefined) checkValue(name, params[name], descriptor, faults);
    }
  }
  // Strings are joined, not resolved: a URL parser would read `files:copy` as a scheme.
  return expanded.startsWith("/") ? base.rootPath + expanded.slice(1) : base.rootPath + base.api.servicePath + expanded;
}

/** Returns the query as `&a=1&b=2`. */
function queryString(
  base: RequestBase,
  method: MethodDescriptor,
  plan: Plan,
  params: Params,
  media: boolean,
  faults: Fault[],
): string {
  const { parameters } = method;
  let query = "";
  for (const name of Object.keys(params)) {
    if (name === "requestBody" || plan.inPath.has(name) || (media && name === "alt")) continue;
    const descriptor = parameters !== undefined && Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    query += queryOf(name, params[name], descriptor, faults);
  }
  for (const name of plan.requiredInQuery) {
    if (!Object.hasOwn(params, name)) faults.push({ parameter: name, message: "is required" });
  }
  if (media) return `${query}&alt=media`;
  if (base.api.altSse === true && method.response === "stream" && params["alt"] === undefined)
    return `${query}&alt=sse`;
  return base.api.altJson === true && method.response !== "media" && params["alt"] === undefined
    ? `${query}&alt=json`
    : query;
}

function headersOf(
  base: RequestBase,
  method: MethodDescriptor,
  body: EncodedBody | undefined,
  options: RequestOptions | undefined,
  media: boolean,
  faults: Fault[],
): HeaderRecord {
  const add =
    media ||
    method.response === "media" ||
    method.apiVersion !== undefined ||
    body !== undefined ||
    method.httpMethod.startsWith("P");
  if (!add && options === undefined) return base.headers;
  const headers: HeaderRecord = { ...base.headers };
  const set = (name: string, value: string): void => {
    if (!base.ownHeaders.has(name)) headers[name] = value;
  };
  if (media || method.response === "media") set("accept", "*/*");
  if (method.apiVersion !== undefined) set("x-goog-api-version", method.apiVersion);
  if (body !== undefined) set("content-type", body.contentType);
  else if (method.httpMethod === "POST" || method.httpMethod === "PUT" || method.httpMethod === "PATCH")
    headers["content-length"] = "0";
  if (options === undefined) return headers;
  const own = {
    "x-goog-user-project": readHeader("quotaProject", options.quotaProject, faults),
    "if-match": readHeader("ifMatch", options.ifMatch, faults),
    "if-none-match": readHeader("ifNoneMatch", options.ifNoneMatch, faults),
  };
  for (const [name, value] of Object.entries(own)) if (value !== undefined) headers[name] = value;
  return options.headers === undefined ? headers : Object.assign(headers, readHeaders(options.headers, faults));
}
