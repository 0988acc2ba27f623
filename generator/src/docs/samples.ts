/** Builds a TypeScript sample for each method: how to authenticate, call the method, and use the response. */
import { isIdentifier } from "../model/names.js";
import { patternParts } from "../model/paths.js";
import type {
  ApiModel,
  MethodModel,
  ParameterModel,
  RequestModel,
  RequiredProperties,
  ResourceModel,
  SchemaModel,
  StringType,
  TypeModel,
} from "../model/types.js";

/** The sample of one method. */
export interface MethodSample {
  readonly method: MethodModel;
  /** Name of the method in code: `instances.list`. */
  readonly member: string;
  readonly source: string;
  /** The sample with an upload, if the method takes one. */
  readonly upload: string | undefined;
}

type FindSchema = (name: string) => SchemaModel | undefined;

/** Returns a sample for each method, in the order of the document. */
export function methodSamples(model: ApiModel): readonly MethodSample[] {
  const schemas = new Map(model.schemas.map((schema) => [schema.name, schema]));
  const schema: FindSchema = (name) => schemas.get(name);
  return membersOf(model.root, "").map(({ method, member }) => {
    const media = { media: { body: text("content"), mimeType: text(mediaType(method)) } };
    return {
      method,
      member,
      source: sampleOf(model, method, member, paramsOf(method, schema)),
      upload:
        method.mediaUpload === undefined
          ? undefined
          : sampleOf(model, method, member, { ...paramsOf(method, schema), ...media }),
    };
  });
}

function membersOf(
  { methods, resources }: ResourceModel,
  prefix: string,
): readonly Pick<MethodSample, "member" | "method">[] {
  return [
    ...methods.map((method) => ({ method, member: `${prefix}${method.member}` })),
    ...resources.flatMap((resource) => membersOf(resource, `${prefix}${resource.member}.`)),
  ];
}

function sampleOf({ clientName, name, version }: ApiModel, method: MethodModel, member: string, params: Code): string {
  const call = (path: string) => `client.${path}(${argumentsOf(method, params).join(", ")})`;
  const start = `import { ServiceAccountCredentials } from "@discogen/runtime/auth";
import { ${clientName} } from "./generated/${name}/${version}/index.js";

const auth = await ServiceAccountCredentials.fromFile("service-account.json", {
  scopes: ${clientName}.scopes,
});
const client = new ${clientName}({ auth });

${usage(method, call(member))}`;
  if (method.mediaDownload === undefined || method.mediaDownload.isOnly) return start;
  const twin = member.slice(0, -method.member.length) + method.mediaDownload.member;
  return `${start}

${contentUsage(call(twin))}`;
}

function contentUsage(call: string): string {
  return `const content = await ${call};\nconst bytes = await content.bytes();`;
}

function argumentsOf(method: MethodModel, params: Code): readonly string[] {
  // The column for samples is narrow, so each parameter has its own line.
  const given = codeText(params, "", 0);
  if (method.etagRequired) return [given, '{ ifMatch: "ETAG" }'];
  return given === "{}" ? [] : [given];
}

/** Returns the statements that use the response of a call. */
function usage({ mediaDownload, response, operation, paging }: MethodModel, call: string): string {
  if (mediaDownload?.isOnly === true) return contentUsage(call);
  if (response === undefined) return `await ${call};`;
  if (response.kind === "media") return `const media = await ${call};\nconsole.log(await media.text());`;
  if (response.kind === "stream") return `for await (const message of ${call}) {\n  console.log(message);\n}`;
  if (operation !== undefined) return `const operation = await ${call}.wait();\nconsole.log(operation);`;
  if (paging === undefined) return `const result = await ${call};\nconsole.log(result);`;
  if (paging.items === undefined) return `for await (const page of ${call}.pages()) {\n  console.log(page);\n}`;
  return `for await (const item of ${call}) {\n  console.log(item);\n}`;
}

/** The source text of an expression, or an object with the code of its members. */
type Code = string | { readonly [name: string]: Code };

/** Prints code, on one line if it fits into `width`. */
function codeText(code: Code, indent: string, width = 50): string {
  if (typeof code === "string") return code;
  const inner = `${indent}  `;
  const members = Object.entries(code).map(
    ([name, value]) => `${isIdentifier(name) ? name : text(name)}: ${codeText(value, inner)}`,
  );
  if (members.length === 0) return "{}";
  const line = `{ ${members.join(", ")} }`;
  if (line.length <= width && !line.includes("\n")) return line;
  return `{\n${members.map((member) => `${inner}${member},\n`).join("")}${indent}}`;
}

function paramsOf(method: MethodModel, schema: FindSchema): { readonly [name: string]: Code } {
  const required = method.parameters.filter((parameter) => parameter.required);
  const { request } = method;
  return {
    ...Object.fromEntries(required.map((parameter) => [parameter.name, parameterValue(parameter)])),
    ...(request === undefined ? {} : { requestBody: requestValue(request, schema) }),
  };
}

function parameterValue(parameter: ParameterModel): string {
  const single = singleValue(parameter);
  return parameter.repeated ? `[${single}]` : single;
}

function singleValue({ name, type, pattern, minimum }: ParameterModel): string {
  if (type.kind === "boolean") return "true";
  if (type.kind === "number") return minimum === undefined || !Number.isFinite(Number(minimum)) ? "1" : minimum;
  if (type.kind !== "string") return text(placeholder(name));
  return text(type.enum === undefined && pattern !== undefined ? patternValue(pattern, name) : stringValue(type, name));
}

function requestValue(request: RequestModel, schema: FindSchema): Code {
  if (request.kind === "bytes") return { data: text("content"), contentType: text("text/plain") };
  return valueOf(request.type, "value", { requires: request.requires, above: new Set(), schema });
}

interface ValuePlace {
  /** The properties that the method requires at this place. */
  readonly requires: RequiredProperties | undefined;
  /** Types that contain the value. A type that requires itself would never end. */
  readonly above: ReadonlySet<string>;
  readonly schema: FindSchema;
}

/** Returns a value with only the required properties. */
function valueOf(type: TypeModel, name: string, place: ValuePlace): Code {
  switch (type.kind) {
    case "string":
      return text(stringValue(type, name));
    case "number":
      return "1";
    case "boolean":
      return "true";
    case "unknown":
    case "map":
      return "{}";
    case "array":
      return "[]";
    case "union":
      return valueOf(type.members[0] ?? { kind: "unknown" }, name, { ...place, requires: undefined });
    case "reference":
      return place.above.has(type.name) ? "{}" : namedValue(type.name, name, place);
  }
}

function namedValue(typeName: string, name: string, { requires, above, schema }: ValuePlace): Code {
  const shape = schema(typeName)?.shape;
  const inside = new Set(above).add(typeName);
  if (shape === undefined) return "{}";
  if (shape.kind === "alias") return valueOf(shape.type, name, { requires, above: inside, schema });
  const wanted = shape.properties.filter(
    (property) => property.required || requires?.required.includes(property.name) === true,
  );
  return Object.fromEntries(
    wanted.map((property) => {
      const below = requires?.nested.get(property.name);
      return [property.name, valueOf(property.type, property.name, { requires: below, above: inside, schema })];
    }),
  );
}

function stringValue({ format, enum: model }: StringType, name: string): string {
  if (model !== undefined) {
    const values = model.values.map(({ value }) => value);
    return values.find((value) => !/_UNSPECIFIED$|^$/.test(value)) ?? values[0] ?? "";
  }
  return VALUES[format ?? ""] ?? placeholder(name);
}

const VALUES: { readonly [format: string]: string } = {
  byte: "Y29udGVudA==",
  date: "2026-01-31",
  "date-time": "2026-01-31T12:00:00Z",
  "google-datetime": "2026-01-31T12:00:00Z",
  "google-duration": "3.5s",
  int64: "1",
  uint64: "1",
};

/** Returns `projects/PROJECT/books/BOOK` for `^projects/[^/]+/books/[^/]+$`. */
function patternValue(pattern: string, name: string): string {
  const parts = patternParts(pattern);
  if (parts === undefined) return placeholder(name);
  return parts
    .map((part, index) => {
      if (typeof part !== "string") return part.literal;
      const before = parts[index - 1];
      const collection = typeof before === "object" ? /([A-Za-z]+)\/$/.exec(before.literal)?.[1] : undefined;
      return placeholder(collection?.replace(/ies$/, "y").replace(/s$/, "") ?? name);
    })
    .join("");
}

/** Converts `instanceId` to `INSTANCE_ID`. */
function placeholder(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").replace(/[^A-Za-z0-9]+/g, "_");
  return words.replace(/^_+|_+$/g, "").toUpperCase() || "VALUE";
}

function mediaType({ mediaUpload }: MethodModel): string {
  return mediaUpload?.accept.find((type) => /^[\w.+-]+\/[\w.+-]+$/.test(type)) ?? "application/octet-stream";
}

function text(value: string): string {
  return JSON.stringify(value);
}
