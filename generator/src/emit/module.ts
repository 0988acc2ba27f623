/** The model → `index.ts`: client, resources, parameters, descriptors. */
import type {
  ApiModel,
  MediaUploadModel,
  MethodModel,
  ParameterModel,
  RequestModel,
  ResourceModel,
} from "../model/types.js";
import { allResources, type Context, contextOf } from "./context.js";
import {
  classText,
  type InterfaceDeclaration,
  interfaceText,
  type MethodDeclaration,
  type PropertyDeclaration,
  typeAliasText,
} from "./declarations.js";
import { apiDescriptor, methodDescriptor, updateMasks } from "./descriptors.js";
import { docLines, inlineCode } from "./doc-comments.js";
import { layout, memberLayout } from "./layout.js";
import { type Data, literal } from "./literal.js";
import { preamble } from "./preamble.js";
import { rangeNote } from "./range-note.js";
import { methodShapes } from "./signatures.js";
import { parameterText, propertyKey, requestText, requiredMembers, typeText } from "./type-text.js";

const IMPORTS = `import * as runtime from "@discogen/runtime";
import type * as schemas from "./schemas.js";

export type * from "./schemas.js";
`;

/** For a document without schemas: nothing to refer to, but the same exports. */
const IMPORTS_WITHOUT_SCHEMAS = IMPORTS.replace(/^import type .*\n/m, "");

/** The text of `index.ts`. */
export function emitModule(model: ApiModel): string {
  const context = contextOf(model);
  return [
    preamble(model),
    model.schemas.length === 0 ? IMPORTS_WITHOUT_SCHEMAS : IMPORTS,
    constant("api", "runtime.ApiDescriptor", apiDescriptor(model)),
    ...masksConstant(model),
    ...declarations(context),
    ...Array.from(context.operations, ([name, data]) => constant(name, "runtime.OperationDescriptor", data)),
    ...allResources(model.root).flatMap((resource) => methodTable(resource, context)),
  ].join("\n");
}

function declarations(context: Context): string[] {
  const { root } = context.model;
  return [
    globalParameters(context),
    ...root.methods.flatMap((method) => methodTypes(method, context)),
    clientClass(context),
    ...root.resources.flatMap((resource) => resourceTexts(resource, context)),
  ];
}

/** Before the client, whose static property it is. No other name of the module is like that of the interface. */
function masksConstant({ updateMasks: masks }: ApiModel): string[] {
  const data = updateMasks(masks);
  if (data === undefined) return [];
  const params = masks.methods.map(
    ({ path, method }) => `  ${memberLayout(`readonly ${propertyKey(path.join("."))}: ${method.paramsName}`, 2)};\n`,
  );
  return [`interface MaskedMethods {\n${params.join("")}}\n`, constant("updateMasks", MASKS_TYPE, data)];
}

const MASKS_TYPE = "runtime.UpdateMasks<MaskedMethods>";

function clientClass(context: Context): string {
  const { model } = context;
  const hasMember = (name: string) =>
    model.root.methods.some(({ member }) => member === name) ||
    model.root.resources.some(({ member }) => member === name);
  const withOptions: MethodDeclaration = {
    docs: ["A client with these options over those of this one; both share their credentials."],
    name: "withOptions",
    typeParameter: undefined,
    parameters: ["options: runtime.ClientOptions"],
    returnType: model.clientName,
    statement: "return runtime.withOptions(this, options)",
  };
  const batch: MethodDeclaration = {
    docs: ["This client with its calls collected, and sent as one request by `send()`."],
    name: "batch",
    typeParameter: undefined,
    parameters: [],
    returnType: `runtime.Batch<${model.clientName}>`,
    statement: `return runtime.batch<${model.clientName}>(this)`,
  };
  return classText({
    docs: docLines({
      description: [model.title, model.description].filter((text) => text !== "").join(": "),
      notes: model.labels.flatMap((label) => LAUNCH_STAGES.get(label) ?? []),
      deprecated: model.deprecated,
      see: httpLink(model.documentationLink),
    }),
    name: model.clientName,
    extends: "runtime.ApiClient",
    properties: [
      {
        docs: ["Every OAuth 2.0 scope of this API."],
        line: "static readonly scopes: readonly string[] = api.scopes;",
      },
      ...(model.updateMasks.methods.length === 0
        ? []
        : [
            {
              docs: ["For {@link runtime.updateMaskOf}."],
              line: `static readonly updateMasks: ${MASKS_TYPE} = updateMasks;`,
            },
          ]),
      ...childResources(model.root),
    ],
    constructorText: "  constructor(options?: runtime.ClientOptions) {\n    super(api, options);\n  }\n",
    methods: [
      ...(hasMember("withOptions") ? [] : [withOptions]),
      ...(hasMember("batch") || model.batchPath === undefined ? [] : [batch]),
      ...model.root.methods.flatMap((method) => methodDeclarations(method, model.root, context)),
    ],
  });
}

function resourceTexts(resource: ResourceModel, context: Context): string[] {
  const name = resource.path.map((part) => part.replaceAll(/[^\w.$-]/g, "")).join(".");
  return [
    ...resource.methods.flatMap((method) => methodTypes(method, context)),
    classText({
      docs: docLines({ notes: [inlineCode(name)], deprecated: resource.deprecated }),
      name: resource.className,
      extends: "runtime.Resource",
      properties: childResources(resource),
      constructorText: undefined,
      methods: resource.methods.flatMap((method) => methodDeclarations(method, resource, context)),
    }),
    ...resource.resources.flatMap((child) => resourceTexts(child, context)),
  ];
}

function childResources({ resources }: ResourceModel): { readonly docs: readonly string[]; readonly line: string }[] {
  return resources.map(({ member, className }) => ({
    docs: [],
    line: `readonly ${member}: ${className} = new ${className}(this);`,
  }));
}

/** The descriptors of one resource: data, which has no need of a syntax tree. */
function methodTable(resource: ResourceModel, context: Context): string[] {
  if (resource.methods.length === 0) return [];
  const members = resource.methods.map(({ member }) => JSON.stringify(member)).join(" | ");
  const table = resource.methods.map(
    (method) => [method.member, methodDescriptor(method, context.scopes, context.operation(method))] as const,
  );
  return [constant(context.table(resource), `Record<${members}, runtime.MethodDescriptor>`, Object.fromEntries(table))];
}

function constant(name: string, type: string, data: Data): string {
  const start = `const ${name}: `;
  const head = `${start}${layout(type, start.length, 0, " = {".length)} = `;
  // The semicolon is a column too.
  return `${head}${literal(data, head.length - head.lastIndexOf("\n"))};\n`;
}

function globalParameters(context: Context): string {
  const { globalParametersName, id, parameters } = context.model;
  return interfaceText({
    docs: [`What every method of ${id} takes.`],
    name: globalParametersName,
    extends: undefined,
    properties: parameters.map(parameterProperty),
  });
}

/** The parameters of a method, and its body where the method requires properties of it. */
function methodTypes(method: MethodModel, context: Context): string[] {
  const id = method.id.replaceAll(/[^\w.$-]/g, "");
  const { bodyName, request } = method;
  const params = interfaceText(paramsInterface(method, id, context));
  if (bodyName === undefined || request?.kind !== "json") return [params];
  const docs = docLines({ notes: [`Body of \`${id}\`: the schema with what the method requires.`] });
  return [params, bodyText(docs, bodyName, request, context)];
}

/** An interface where the body is one: errors then name it alone. */
function bodyText(
  docs: readonly string[],
  name: string,
  request: Extract<RequestModel, { kind: "json" }>,
  { schema }: Context,
): string {
  const { requires, type } = request;
  const shape = type.kind === "reference" ? schema(type.name)?.shape : undefined;
  if (requires === undefined || shape?.kind !== "object")
    return typeAliasText(docs, name, requestText(request, "POST", schema));
  const properties = requiredMembers(shape, requires, schema).map((member) => ({ ...member, docs: [] }));
  return interfaceText({ docs, name, extends: typeText(type), properties });
}

function paramsInterface(method: MethodModel, id: string, context: Context): InterfaceDeclaration {
  const { globalParametersName } = context.model;
  const shadowed = method.shadowedGlobals.map((name) => JSON.stringify(name)).join(" | ");
  const { bodyName, request } = method;
  const isMask = ({ name }: ParameterModel) => method.updateMask !== undefined && name === "updateMask";
  return {
    docs: [],
    name: method.paramsName,
    extends: shadowed === "" ? globalParametersName : `Omit<${globalParametersName}, ${shadowed}>`,
    properties: [
      ...method.parameters.map((parameter) =>
        isMask(parameter) ? maskProperty(parameter, method) : parameterProperty(parameter),
      ),
      ...(request === undefined
        ? []
        : [
            property(
              "requestBody",
              bodyName ?? requestText(request, method.httpMethod, context.schema),
              request.kind === "bytes" || !request.required,
            ),
          ]),
      ...(method.mediaUpload === undefined ? [] : [mediaProperty(method.mediaUpload)]),
    ],
  };
}

function mediaProperty({ accept, maxSize }: MediaUploadModel): PropertyDeclaration {
  const types = accept.includes("*/*") ? [] : accept.map(acceptText);
  const notes = [
    ...(types.length === 0 ? [] : [`Type: ${types.join(", ")}.`]),
    ...(maxSize === undefined ? [] : [`At most ${String(maxSize)} bytes.`]),
  ];
  return property(
    "media",
    "runtime.MediaUpload",
    true,
    notes.length === 0 ? [] : docLines({ notes: [notes.join(" ")] }),
  );
}

/** `image/*` would need an escape, which readers would see. */
function acceptText(type: string): string {
  return type.endsWith("/*") ? `any ${inlineCode(type.slice(0, -2))}` : inlineCode(type);
}

function parameterProperty(parameter: ParameterModel): PropertyDeclaration {
  const { description, deprecated, minimum, maximum, type } = parameter;
  const range = rangeNote(minimum, maximum);
  const lines = docLines({
    description,
    deprecated,
    enum: type.kind === "string" ? type.enum : undefined,
    notes: range === undefined ? [] : [range],
    default: parameter.default,
  });
  return property(propertyKey(parameter.name), parameterText(parameter), !parameter.required, lines);
}

/** A mask may also be a list of paths, which the compiler knows. */
function maskProperty(parameter: ParameterModel, { request, updateMask }: MethodModel): PropertyDeclaration {
  const resource = request?.kind === "json" ? typeText(request.type) : "unknown";
  const type = `string | readonly runtime.FieldPath<${resource}>[]`;
  const lines = docLines({ description: parameter.description, deprecated: parameter.deprecated });
  return property(parameter.name, type, updateMask !== "required", lines);
}

/** An optional parameter also takes `undefined`, so that a value that may be missing can be passed on. */
function property(key: string, type: string, isOptional: boolean, docs: readonly string[] = []): PropertyDeclaration {
  return { docs, key, isOptional, type: isOptional ? `${type} | undefined` : type };
}

function methodDeclarations(method: MethodModel, resource: ResourceModel, context: Context): MethodDeclaration[] {
  const descriptor = `${context.table(resource)}.${method.member}`;
  return methodShapes(method, context.accessor(resource), context.model).map((shape) => ({
    docs: shape.doc,
    name: shape.name,
    typeParameter: shape.typeParameter,
    parameters: [
      `params${shape.paramsOptional ? "?" : ""}: ${shape.paramsType}`,
      `options?: runtime.${shape.optionsType}`,
    ],
    returnType: shape.returnType,
    statement: `return runtime.${shape.sender}(this, ${descriptor}, params, options${shape.uploads ? ", runtime.upload" : ""})`,
  }));
}

/** What a label of the document means for users. */
const LAUNCH_STAGES: ReadonlyMap<string, string> = new Map([
  ["labs", "This API is experimental: it can change or be shut down without notice."],
  ["limited_availability", "This API has limited availability: Google must enable it for your project."],
]);

function httpLink(link: string): string | undefined {
  const url = URL.canParse(link) ? new URL(link) : undefined;
  return url?.protocol === "https:" || url?.protocol === "http:" ? url.href : undefined;
}
