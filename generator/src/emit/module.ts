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
  type FieldDeclaration,
  type InterfaceDeclaration,
  interfaceText,
  type MethodDeclaration,
  type PropertyDeclaration,
  typeAliasText,
} from "./declarations.js";
import { apiDescriptor, methodDescriptor, updateMasks } from "./descriptors.js";
import { docLines, inlineCode } from "./doc-comments.js";
import { type Data, literal } from "./literal.js";
import { parameterNode, requestNode, requiredMembers, typeNode } from "./model-types.js";
import { preamble } from "./preamble.js";
import { rangeNote } from "./range-note.js";
import { methodShapes } from "./signatures.js";
import { array, keyword, name, propertyKey, stringLiteral, type TypeNode, union } from "./type-nodes.js";
import { memberLayout, typeLayout, typeText } from "./type-printer.js";

const IMPORTS = `import * as runtime from "@discogen/runtime";
import type * as schemas from "./schemas.js";

export type * from "./schemas.js";
`;

/** For a document without schemas: the same exports, no import of types. */
const IMPORTS_WITHOUT_SCHEMAS = IMPORTS.replace(/^import type .*\n/m, "");

/** The text of `index.ts`. */
export function emitModule(model: ApiModel): string {
  const context = contextOf(model);
  return [
    preamble(model),
    model.schemas.length === 0 ? IMPORTS_WITHOUT_SCHEMAS : IMPORTS,
    constant("api", name("runtime.ApiDescriptor"), apiDescriptor(model)),
    ...masksConstant(model),
    ...declarations(context),
    ...Array.from(context.operations, ([constantName, data]) =>
      constant(constantName, name("runtime.OperationDescriptor"), data),
    ),
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

/** Precedes the client, which has it as a static property. No other name in the module equals the interface's. */
function masksConstant({ updateMasks: masks }: ApiModel): string[] {
  const data = updateMasks(masks);
  if (data === undefined) return [];
  const params = masks.methods.map(({ path, method }) => {
    const member = { key: `readonly ${propertyKey(path.join("."))}`, isOptional: false, type: name(method.paramsName) };
    return `  ${memberLayout(member, 2)};\n`;
  });
  return [`interface MaskedMethods {\n${params.join("")}}\n`, constant("updateMasks", MASKS_TYPE, data)];
}

const MASKS_TYPE = name("runtime.UpdateMasks", name("MaskedMethods"));

const CLIENT_OPTIONS = name("runtime.ClientOptions");

function clientClass(context: Context): string {
  const { model } = context;
  const hasMember = (wanted: string) =>
    model.root.methods.some(({ member }) => member === wanted) ||
    model.root.resources.some(({ member }) => member === wanted);
  const client = name(model.clientName);
  const withOptions: MethodDeclaration = {
    docs: ["Returns a client with these options over those of this one. Both share their credentials."],
    name: "withOptions",
    typeParameter: undefined,
    parameters: [{ key: "options", isOptional: false, type: CLIENT_OPTIONS }],
    returnType: client,
    callee: "runtime.withOptions",
    arguments: ["this", "options"],
  };
  const batch: MethodDeclaration = {
    docs: ["Returns a client that collects its calls. `send()` sends them as one request."],
    name: "batch",
    typeParameter: undefined,
    parameters: [],
    returnType: name("runtime.Batch", client),
    callee: `runtime.batch<${model.clientName}>`,
    arguments: ["this"],
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
    fields: [
      {
        docs: ["All OAuth 2.0 scopes of this API."],
        name: "static readonly scopes",
        type: typeText(array(keyword("string"), true)),
        value: "api.scopes",
      },
      ...(model.updateMasks.methods.length === 0
        ? []
        : [
            {
              docs: ["Used by {@link runtime.updateMaskOf}."],
              name: "static readonly updateMasks",
              type: typeText(MASKS_TYPE),
              value: "updateMasks",
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
  const path = resource.path.map((part) => part.replaceAll(/[^\w.$-]/g, "")).join(".");
  return [
    ...resource.methods.flatMap((method) => methodTypes(method, context)),
    classText({
      docs: docLines({ notes: [inlineCode(path)], deprecated: resource.deprecated }),
      name: resource.className,
      extends: "runtime.Resource",
      fields: childResources(resource),
      constructorText: undefined,
      methods: resource.methods.flatMap((method) => methodDeclarations(method, resource, context)),
    }),
    ...resource.resources.flatMap((child) => resourceTexts(child, context)),
  ];
}

function childResources({ resources }: ResourceModel): FieldDeclaration[] {
  return resources.map(({ member, className }) => ({
    docs: [],
    name: `readonly ${member}`,
    type: className,
    value: `new ${className}(this)`,
  }));
}

/** The method descriptors of one resource. */
function methodTable(resource: ResourceModel, context: Context): string[] {
  if (resource.methods.length === 0) return [];
  const members = union(resource.methods.map(({ member }) => stringLiteral(member)));
  const table = resource.methods.map(
    (method) => [method.member, methodDescriptor(method, context.scopes, context.operation(method))] as const,
  );
  const type = name("Record", members, name("runtime.MethodDescriptor"));
  return [constant(context.table(resource), type, Object.fromEntries(table))];
}

function constant(constantName: string, type: TypeNode, data: Data): string {
  const start = `const ${constantName}: `;
  const head = `${start}${typeLayout(type, start.length, 0, " = {".length)} = `;
  // Without a line break, lastIndexOf() is -1, which reserves one column for the semicolon.
  return `${head}${literal(data, head.length - head.lastIndexOf("\n"))};\n`;
}

function globalParameters(context: Context): string {
  const { globalParametersName, id, parameters } = context.model;
  return interfaceText({
    docs: [`Parameters of every method of ${id}.`],
    name: globalParametersName,
    extends: undefined,
    properties: parameters.map(parameterProperty),
  });
}

/** The parameters of a method, and its request body if the method requires properties of it. */
function methodTypes(method: MethodModel, context: Context): string[] {
  const id = method.id.replaceAll(/[^\w.$-]/g, "");
  const { bodyName, request } = method;
  const params = interfaceText(paramsInterface(method, id, context));
  if (bodyName === undefined || request?.kind !== "json") return [params];
  const docs = docLines({
    notes: [`Request body of \`${id}\`: the schema with the properties that the method requires.`],
  });
  return [params, bodyText(docs, bodyName, request, context)];
}

/** An interface if the body is an object, so that compile errors show one name. */
function bodyText(
  docs: readonly string[],
  bodyName: string,
  request: Extract<RequestModel, { kind: "json" }>,
  { schema }: Context,
): string {
  const { requires, type } = request;
  const shape = type.kind === "reference" ? schema(type.name)?.shape : undefined;
  if (requires === undefined || shape?.kind !== "object")
    return typeAliasText(docs, bodyName, requestNode(request, "POST", schema));
  const properties = requiredMembers(shape, requires, schema).map((member) => ({ ...member, docs: [] }));
  return interfaceText({ docs, name: bodyName, extends: typeText(typeNode(type)), properties });
}

function paramsInterface(method: MethodModel, id: string, context: Context): InterfaceDeclaration {
  const { globalParametersName } = context.model;
  const shadowed = method.shadowedGlobals.map((name) => JSON.stringify(name)).join(" | ");
  const { bodyName, request } = method;
  const isMask = (parameter: ParameterModel) => method.updateMask !== undefined && parameter.name === "updateMask";
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
              bodyName === undefined ? requestNode(request, method.httpMethod, context.schema) : name(bodyName),
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
    name("runtime.MediaUpload"),
    true,
    notes.length === 0 ? [] : docLines({ notes: [notes.join(" ")] }),
  );
}

/** `image/*` would need an escape that editors show. */
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
  return property(propertyKey(parameter.name), parameterNode(parameter), !parameter.required, lines);
}

/** A mask may also be a list of paths, which the compiler checks. */
function maskProperty(parameter: ParameterModel, { request, updateMask }: MethodModel): PropertyDeclaration {
  const resource = request?.kind === "json" ? typeNode(request.type) : keyword("unknown");
  const type = union([keyword("string"), array(name("runtime.FieldPath", resource), true)]);
  const lines = docLines({ description: parameter.description, deprecated: parameter.deprecated });
  return property(parameter.name, type, updateMask !== "required", lines);
}

/** An optional parameter also accepts `undefined`: callers can pass on a value that may be missing. */
function property(key: string, type: TypeNode, isOptional: boolean, docs: readonly string[] = []): PropertyDeclaration {
  return { docs, key, isOptional, type: isOptional ? union([type, keyword("undefined")]) : type };
}

function methodDeclarations(method: MethodModel, resource: ResourceModel, context: Context): MethodDeclaration[] {
  const descriptor = `${context.table(resource)}.${method.member}`;
  return methodShapes(method, resource, context).map((shape) => ({
    docs: shape.doc,
    name: shape.name,
    typeParameter: shape.typeParameter,
    parameters: [
      { key: "params", isOptional: shape.paramsOptional, type: shape.paramsType },
      { key: "options", isOptional: true, type: name(`runtime.${shape.optionsType}`) },
    ],
    returnType: shape.returnType,
    callee: `runtime.${shape.sender}`,
    arguments: ["this", descriptor, "params", "options", ...(shape.uploads ? ["runtime.upload"] : [])],
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
