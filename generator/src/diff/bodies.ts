/** Changes of request bodies and responses. */
import type { MethodModel, RequestModel, RequiredProperties, ResponseModel } from "../model/types.js";
import { type Change, change, type Place } from "./change.js";
import { type Sides, typeChanges } from "./type-differences.js";

export function bodyChanges(
  place: Place,
  before: MethodModel,
  after: MethodModel,
  { sides }: { readonly sides: Sides },
): readonly Change[] {
  return [
    ...requestChanges(place, before.request, after.request, sides),
    ...responseChanges(place, responseOf(before), responseOf(after), sides),
  ];
}

/** A method that is a download returns bytes, as one with HttpBody does. */
function responseOf({ mediaDownload, response }: MethodModel): ResponseModel | undefined {
  return mediaDownload?.isOnly === true ? { kind: "media" } : response;
}

function requestChanges(
  place: Place,
  before: RequestModel | undefined,
  after: RequestModel | undefined,
  sides: Sides,
): readonly Change[] {
  if (before === undefined && after === undefined) return [];
  if (after === undefined) return [change(place, "request", "breaking", "no longer takes a request body")];
  if (before === undefined) {
    const isRequired = after.kind === "json" && after.required;
    const message = isRequired ? "takes a request body, and requires it" : "takes a request body";
    return [change(place, "request", isRequired ? "breaking" : "additive", message)];
  }
  if (before.kind !== "json" || after.kind !== "json") {
    if (before.kind === after.kind) return [];
    return [
      change(place, "request", "breaking", after.kind === "bytes" ? "takes bytes, not JSON" : "takes JSON, not bytes"),
    ];
  }
  return [
    ...typeChanges(place, before.type, after.type, sides, { input: true, output: false }).map((entry) => ({
      ...entry,
      aspect: "request" as const,
      message: `has a changed request body: ${entry.message}`,
    })),
    ...(before.required === after.required
      ? []
      : [
          change(
            place,
            "request",
            after.required ? "breaking" : "additive",
            after.required ? "requires its request body now" : "no longer requires its request body",
          ),
        ]),
    ...requiredPropertyChanges(place, before.requires, after.requires),
  ];
}

function requiredPropertyChanges(
  place: Place,
  before: RequiredProperties | undefined,
  after: RequiredProperties | undefined,
): readonly Change[] {
  const [old, now] = [requiredPaths(before), requiredPaths(after)];
  return [
    ...[...now]
      .filter((path) => !old.has(path))
      .map((path) => change(place, "required", "breaking", `requires ${path} in its request body now`)),
    ...[...old]
      .filter((path) => !now.has(path))
      .map((path) => change(place, "required", "additive", `no longer requires ${path} in its request body`)),
  ];
}

/** Returns the paths of required properties. A part that several paths share is only listed under the first. */
function requiredPaths(requires: RequiredProperties | undefined): ReadonlySet<string> {
  const paths = new Set<string>();
  const seen = new Set<RequiredProperties>();
  const walk = (part: RequiredProperties, prefix: string) => {
    if (seen.has(part)) return;
    seen.add(part);
    for (const name of part.required) paths.add(`${prefix}${name}`);
    for (const [name, nested] of part.nested) walk(nested, `${prefix}${name}.`);
  };
  if (requires !== undefined) walk(requires, "");
  return paths;
}

const FORMS = { json: "JSON", media: "bytes", stream: "a stream of messages" };

function responseChanges(
  place: Place,
  before: ResponseModel | undefined,
  after: ResponseModel | undefined,
  sides: Sides,
): readonly Change[] {
  if (before === undefined && after === undefined) return [];
  if (after === undefined) return [change(place, "response", "breaking", "no longer has a response body")];
  if (before === undefined) return [change(place, "response", "additive", "has a response body now")];
  if (before.kind !== after.kind)
    return [change(place, "response", "breaking", `responds with ${FORMS[after.kind]}, not ${FORMS[before.kind]}`)];
  if (before.kind === "media" || after.kind === "media") return [];
  return typeChanges(place, before.type, after.type, sides, { input: false, output: true }).map((entry) => ({
    ...entry,
    aspect: "response",
    message: `has a changed response: ${entry.message}`,
  }));
}
