/** Changes of the resources and methods that a client has. */
import { pointerTo } from "../diagnostics.js";
import type { ApiModel, MethodModel, ResourceModel } from "../model/types.js";
import { type Change, change, changedText, documentationChanges, type Place } from "./change.js";
import { bodyChanges } from "./bodies.js";
import { mediaChanges } from "./media.js";
import { type MethodContext, parameterChanges } from "./parameters.js";
import { namedTypes, typeChanges } from "./type-differences.js";

const OUTPUT = { input: false, output: true };

export function methodChanges(before: ApiModel, after: ApiModel): readonly Change[] {
  const context = { before, after, sides: { before: namedTypes(before.schemas), after: namedTypes(after.schemas) } };
  const now = membersOf(after.root, "");
  const old = membersOf(before.root, "");
  return [
    ...Array.from(old.resources).flatMap(([name, { className, pointer }]) => {
      const found = now.resources.get(name);
      return found === undefined ? [] : nameChange({ subject: "resource", name, pointer }, className, found.className);
    }),
    ...Array.from(old.methods).flatMap(([name, { method, pointer }]) => {
      const found = now.methods.get(name);
      if (found === undefined)
        return [change({ subject: "method", name, pointer }, "removed", "breaking", "is removed")];
      return oneMethod({ subject: "method", name, pointer: found.pointer }, method, found.method, context);
    }),
    ...Array.from(now.methods)
      .filter(([name]) => !old.methods.has(name))
      .map(([name, { pointer }]) => change({ subject: "method", name, pointer }, "added", "additive", "is new")),
  ];
}

interface Members {
  readonly methods: ReadonlyMap<string, { readonly method: MethodModel; readonly pointer: string }>;
  readonly resources: ReadonlyMap<string, { readonly className: string; readonly pointer: string }>;
}

/** Returns the methods and resources of a resource and its sub-resources, by their path of members. */
function membersOf(resource: ResourceModel, pointer: string, prefix = ""): Members {
  const below = resource.resources.map((child) => {
    const childPointer = pointerTo(`${pointer}/resources`, child.path.at(-1) ?? "");
    return membersOf(child, childPointer, `${prefix}${child.member}.`);
  });
  return {
    methods: new Map([
      ...resource.methods.map((method) => {
        return [
          `${prefix}${method.member}`,
          { method, pointer: pointerTo(`${pointer}/methods`, method.name) },
        ] as const;
      }),
      ...below.flatMap(({ methods }) => [...methods]),
    ]),
    resources: new Map([
      ...(prefix === "" ? [] : [[prefix.slice(0, -1), { className: resource.className, pointer }] as const]),
      ...below.flatMap(({ resources }) => [...resources]),
    ]),
  };
}

function oneMethod(place: Place, before: MethodModel, after: MethodModel, context: MethodContext): readonly Change[] {
  return [
    ...nameChange(place, before.id, after.id),
    ...nameChange(place, before.paramsName, after.paramsName),
    ...httpChanges(place, before, after),
    ...parameterChanges(place, before, after, context),
    ...bodyChanges(place, before, after, context),
    ...bodyNameChange(place, before, after),
    ...pagingChanges(place, before, after, context),
    ...operationChanges(place, before, after, context),
    ...mediaChanges(place, before, after),
    ...scopeChanges(place, before, after, context),
    ...documentationChanges(place, before, after),
  ];
}

/** Returns a change if a name changed that programs import, or that mock handlers use as a key. */
export function nameChange(place: Place, before: string, after: string): readonly Change[] {
  return before === after ? [] : [change(place, "name", "breaking", `has the name ${after}, had ${before}`)];
}

/** Returns a change of the body type's name. Other changes report if the body itself is added or removed. */
function bodyNameChange({ pointer }: Place, before: MethodModel, after: MethodModel): readonly Change[] {
  if (before.bodyName === undefined || after.request === undefined) return [];
  const place: Place = { subject: "type", name: after.bodyName ?? before.bodyName, pointer };
  return after.bodyName === undefined
    ? [change(place, "removed", "breaking", "is removed: the method no longer requires properties of its body")]
    : nameChange(place, before.bodyName, after.bodyName);
}

function httpChanges(place: Place, before: MethodModel, after: MethodModel): readonly Change[] {
  return [
    // The HTTP method affects which body properties are required, and whether a call is retried.
    ...(before.httpMethod === after.httpMethod
      ? []
      : [change(place, "http-method", "breaking", `is ${after.httpMethod}, was ${before.httpMethod}`)]),
    ...(before.path === after.path
      ? []
      : [change(place, "address", "documentation", `has the path ${after.path}, had ${before.path}`)]),
    ...changedText(place, "version", before.apiVersion ?? "", after.apiVersion ?? "", "version of the API"),
    ...(before.etagRequired === after.etagRequired
      ? []
      : [
          change(
            place,
            "etag",
            after.etagRequired ? "breaking" : "additive",
            after.etagRequired ? "needs `ifMatch` now" : "no longer needs `ifMatch`",
          ),
        ]),
    ...((before.requestId === undefined) === (after.requestId === undefined)
      ? []
      : [
          change(
            place,
            "request-id",
            after.requestId === undefined ? "documentation" : "additive",
            after.requestId === undefined
              ? "is no longer retried by default: it no longer takes a request id"
              : "is safe to retry: it takes a request id",
          ),
        ]),
  ];
}

function pagingChanges(
  place: Place,
  before: MethodModel,
  after: MethodModel,
  { sides }: MethodContext,
): readonly Change[] {
  const [old, now] = [pagingOf(before), pagingOf(after)];
  if (old === undefined && now === undefined) return [];
  if (now === undefined) return [change(place, "paging", "breaking", "is no longer paged")];
  if (old === undefined) return [change(place, "paging", "additive", "is paged now")];
  if (old.items === undefined && now.items === undefined) return [];
  if (old.items === undefined) return [change(place, "paging", "additive", "yields the items of its pages now")];
  if (now.items === undefined) return [change(place, "paging", "breaking", "no longer yields the items of its pages")];
  if (old.items.property !== now.items.property) {
    const message = `yields ${now.items.property} as items, yielded ${old.items.property}`;
    return [change(place, "paging", "breaking", message)];
  }
  return typeChanges(place, old.items.type, now.items.type, sides, OUTPUT).map((entry) => ({
    ...entry,
    aspect: "paging",
    message: `has changed items: ${entry.message}`,
  }));
}

/** A method that starts an operation returns an `OperationPromise`, even if it is paged. */
function pagingOf({ operation, paging }: MethodModel): MethodModel["paging"] {
  return operation === undefined ? paging : undefined;
}

function operationChanges(
  place: Place,
  { operation: before }: MethodModel,
  { operation: after }: MethodModel,
  { sides }: MethodContext,
): readonly Change[] {
  if (before === undefined && after === undefined) return [];
  if (after === undefined) return [change(place, "operation", "breaking", "can no longer be waited for")];
  if (before === undefined) return [change(place, "operation", "additive", "can be waited for")];
  return typeChanges(place, before.type, after.type, sides, OUTPUT).map((entry) => ({
    ...entry,
    aspect: "operation",
    message: `has a changed operation: ${entry.message}`,
  }));
}

/** Any one scope is enough. A scope that the API itself gained or lost is only reported there. */
function scopeChanges(
  place: Place,
  { scopes: before }: MethodModel,
  { scopes: after }: MethodModel,
  context: MethodContext,
): readonly Change[] {
  if (before.length === 0 && after.length === 0) return [];
  if (before.length === 0) return [change(place, "scopes", "breaking", "needs a scope now")];
  if (after.length === 0) return [change(place, "scopes", "additive", "no longer needs a scope")];
  const known = (model: ApiModel) => new Set(model.scopes.map(({ scope }) => scope));
  const [oldScopes, nowScopes] = [known(context.before), known(context.after)];
  return [
    ...before
      .filter((scope) => !after.includes(scope) && nowScopes.has(scope))
      .map((scope) => change(place, "scopes", "breaking", `can no longer be called with only ${scope}`)),
    ...after
      .filter((scope) => !before.includes(scope) && oldScopes.has(scope))
      .map((scope) => change(place, "scopes", "additive", `can be called with ${scope}`)),
  ];
}
