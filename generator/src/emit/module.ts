/** The model → `index.ts`: client, resources, parameters, descriptors. */
import type {
  ClassDeclarationStructure,
  InterfaceDeclarationStructure,
  MethodDeclarationStructure,
  OptionalKind,
  ParameterDeclarationStructure,
  PropertyDeclarationStructure,
  PropertySignatureStructure,
  StatementStructures,
} from "ts-morph";
import type { ApiModel, MediaUploadModel, MethodModel, ParameterModel, ResourceModel } from "../model/types.js";
import { allResources, type Context, contextOf } from "./context.js";
import { apiDescriptor, methodDescriptor, updateMasks } from "./descriptors.js";
import { docLines, inlineCode } from "./doc-comments.js";
import { type Data, literal } from "./literal.js";
import { preamble } from "./preamble.js";
import { rangeNote } from "./range-note.js";
import { methodShapes, type MethodShape, type Signature } from "./signatures.js";
import { printStructures, StructureKind } from "./structures.js";
import { parameterText, propertyKey, requestText, typeText } from "./type-text.js";

const IMPORTS = `import * as runtime from "@discogen/runtime";
import type * as schemas from "./schemas.js";

export type * from "./schemas.js";
`;

/** For a document without schemas: nothing to refer to. */
const RUNTIME_IMPORT = 'import * as runtime from "@discogen/runtime";\n';

/** The text of `index.ts`. */
export function emitModule(model: ApiModel): string {
  const context = contextOf(model);
  return [
    preamble(model),
    model.schemas.length === 0 ? RUNTIME_IMPORT : IMPORTS,
    constant("api", "runtime.ApiDescriptor", apiDescriptor(model)),
    ...masksConstant(model),
    context.comments.fill(printStructures(declarations(context))),
    ...Array.from(context.operations, ([name, data]) => constant(name, "runtime.OperationDescriptor", data)),
    ...allResources(model.root).flatMap((resource) => methodTable(resource, context)),
  ].join("\n");
}

function declarations(context: Context): StatementStructures[] {
  const { root } = context.model;
  return [
    globalParameters(context),
    ...root.methods.map((method) => paramsInterface(method, context)),
    clientClass(context),
    ...root.resources.flatMap((resource) => resourceStatements(resource, context)),
  ];
}

/** Before the client, whose static property it is. No other name of the module is like that of the interface. */
function masksConstant({ updateMasks: masks }: ApiModel): string[] {
  const data = updateMasks(masks);
  if (data === undefined) return [];
  const params = masks.methods.map(
    ({ path, method }) => `  readonly ${propertyKey(path.join("."))}: ${method.paramsName};\n`,
  );
  return [`interface MaskedMethods {\n${params.join("")}}\n`, constant("updateMasks", MASKS_TYPE, data)];
}

const MASKS_TYPE = "runtime.UpdateMasks<MaskedMethods>";

function masksProperty(context: Context): OptionalKind<PropertyDeclarationStructure> {
  return {
    name: "updateMasks",
    isStatic: true,
    isReadonly: true,
    type: MASKS_TYPE,
    initializer: "updateMasks",
    docs: docs(["For {@link runtime.updateMaskOf}."], context),
  };
}

function clientClass(context: Context): ClassDeclarationStructure {
  const { model } = context;
  const hasMember = (name: string) =>
    model.root.methods.some(({ member }) => member === name) ||
    model.root.resources.some(({ member }) => member === name);
  const options = { name: "options", type: "runtime.ClientOptions" };
  const withOptions: OptionalKind<MethodDeclarationStructure> = {
    name: "withOptions",
    docs: docs(["A client with these options over those of this one; both share their credentials."], context),
    parameters: [options],
    returnType: model.clientName,
    statements: ["return runtime.withOptions(this, options);"],
  };
  const batch: OptionalKind<MethodDeclarationStructure> = {
    name: "batch",
    docs: docs(["This client with its calls collected, and sent as one request by `send()`."], context),
    returnType: `runtime.Batch<${model.clientName}>`,
    statements: [`return runtime.batch<${model.clientName}>(this);`],
  };
  return {
    kind: StructureKind.Class,
    name: model.clientName,
    isExported: true,
    extends: "runtime.ApiClient",
    docs: docs(
      docLines({
        description: [model.title, model.description].filter((text) => text !== "").join(": "),
        deprecated: model.deprecated,
        see: httpLink(model.documentationLink),
      }),
      context,
    ),
    properties: [
      {
        name: "scopes",
        isStatic: true,
        isReadonly: true,
        type: "readonly string[]",
        initializer: "api.scopes",
        docs: docs(["Every OAuth 2.0 scope of this API."], context),
      },
      ...(model.updateMasks.methods.length === 0 ? [] : [masksProperty(context)]),
      ...childResources(model.root),
    ],
    ctors: [{ parameters: [{ ...options, hasQuestionToken: true }], statements: ["super(api, options);"] }],
    methods: [
      ...(hasMember("withOptions") ? [] : [withOptions]),
      ...(hasMember("batch") || model.batchPath === undefined ? [] : [batch]),
      ...model.root.methods.flatMap((method) => methodDeclarations(method, model.root, context)),
    ],
  };
}

function resourceStatements(resource: ResourceModel, context: Context): StatementStructures[] {
  const name = resource.path.map((part) => part.replaceAll(/[^\w.$-]/g, "")).join(".");
  const declaration: ClassDeclarationStructure = {
    kind: StructureKind.Class,
    name: resource.className,
    isExported: true,
    extends: "runtime.Resource",
    docs: docs(docLines({ notes: [`\`${name}\` of ${context.model.id}.`], deprecated: resource.deprecated }), context),
    properties: childResources(resource),
    methods: resource.methods.flatMap((method) => methodDeclarations(method, resource, context)),
  };
  const children = resource.resources.flatMap((child) => resourceStatements(child, context));
  return [...resource.methods.map((method) => paramsInterface(method, context)), declaration, ...children];
}

function childResources({ resources }: ResourceModel): OptionalKind<PropertyDeclarationStructure>[] {
  return resources.map(({ member, className }) => ({
    name: member,
    isReadonly: true,
    type: className,
    initializer: `new ${className}(this)`,
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
  const start = `const ${name}: ${type} = `;
  return `${start}${literal(data, start.length)};\n`;
}

function globalParameters(context: Context): InterfaceDeclarationStructure {
  const { globalParametersName, id, parameters } = context.model;
  return {
    kind: StructureKind.Interface,
    name: globalParametersName,
    isExported: true,
    docs: docs([`What every method of ${id} takes.`], context),
    properties: parameters.map((parameter) => parameterProperty(parameter, context)),
  };
}

function paramsInterface(method: MethodModel, context: Context): InterfaceDeclarationStructure {
  const { globalParametersName } = context.model;
  const shadowed = method.shadowedGlobals.map((name) => JSON.stringify(name)).join(" | ");
  const { request } = method;
  const isMask = ({ name }: ParameterModel) => method.updateMask !== undefined && name === "updateMask";
  const body: OptionalKind<PropertySignatureStructure>[] =
    request === undefined
      ? []
      : [
          optional(
            "requestBody",
            requestText(request, method.httpMethod, context.schema),
            request.kind === "bytes" || !request.required,
          ),
        ];
  return {
    kind: StructureKind.Interface,
    name: method.paramsName,
    isExported: true,
    docs: docs([`Parameters of \`${method.id.replaceAll(/[^\w.$-]/g, "")}\`.`], context),
    extends: [shadowed === "" ? globalParametersName : `Omit<${globalParametersName}, ${shadowed}>`],
    properties: [
      ...method.parameters.map((parameter) =>
        isMask(parameter) ? maskProperty(parameter, method, context) : parameterProperty(parameter, context),
      ),
      ...body,
      ...(method.mediaUpload === undefined ? [] : [mediaProperty(method.mediaUpload, context)]),
    ],
  };
}

function mediaProperty(
  { accept, maxSize }: MediaUploadModel,
  context: Context,
): OptionalKind<PropertySignatureStructure> {
  const types = accept.includes("*/*") ? [] : accept.map(acceptText);
  const notes = [
    ...(types.length === 0 ? [] : [`Type: ${types.join(", ")}.`]),
    ...(maxSize === undefined ? [] : [`At most ${String(maxSize)} bytes.`]),
  ];
  return {
    ...optional("media", "runtime.MediaUpload", true),
    docs: docs(notes.length === 0 ? [] : [notes.join(" ")], context),
  };
}

/** `image/*` would need an escape, which readers would see. */
function acceptText(type: string): string {
  return type.endsWith("/*") ? `any ${inlineCode(type.slice(0, -2))}` : inlineCode(type);
}

function parameterProperty(parameter: ParameterModel, context: Context): OptionalKind<PropertySignatureStructure> {
  const { description, deprecated, minimum, maximum, type } = parameter;
  const range = rangeNote(minimum, maximum);
  const lines = docLines({
    description,
    deprecated,
    enum: type.kind === "string" ? type.enum : undefined,
    notes: range === undefined ? [] : [range],
    default: parameter.default,
  });
  return {
    ...optional(propertyKey(parameter.name), parameterText(parameter), !parameter.required),
    docs: docs(lines, context),
  };
}

/** A mask may also be a list of paths, which the compiler knows. */
function maskProperty(
  parameter: ParameterModel,
  { request, updateMask }: MethodModel,
  context: Context,
): OptionalKind<PropertySignatureStructure> {
  const resource = request?.kind === "json" ? typeText(request.type) : "unknown";
  const type = `string | readonly runtime.FieldPath<${resource}>[]`;
  const lines = docLines({ description: parameter.description, deprecated: parameter.deprecated });
  return { ...optional(parameter.name, type, updateMask !== "required"), docs: docs(lines, context) };
}

/** An optional parameter takes undefined too, so that what may be missing can be passed on. */
function optional(name: string, type: string, isOptional: boolean): OptionalKind<PropertySignatureStructure> {
  return isOptional ? { name, hasQuestionToken: true, type: `${type} | undefined` } : { name, type };
}

function methodDeclarations(
  method: MethodModel,
  resource: ResourceModel,
  context: Context,
): OptionalKind<MethodDeclarationStructure>[] {
  const descriptor = `${context.table(resource)}.${method.member}`;
  return methodShapes(method, context.model).map(({ name, doc, signatures, sender, optionsType, uploads }) => {
    const [plain] = signatures;
    const isOverloaded = signatures.length > 1;
    return {
      name,
      // Of an overloaded method the last one is the implementation, which nobody sees.
      ...(isOverloaded
        ? {
            ...declared({ ...plain, paramsType: method.paramsName, paramsOptional: true }, optionsType),
            overloads: signatures.map((signature, index) => ({
              ...declared(signature, optionsType),
              docs: index === 0 ? docs(doc, context) : [],
            })),
          }
        : { ...declared(plain, optionsType), docs: docs(doc, context) }),
      statements: [
        `return runtime.${sender}(this, ${descriptor}, params, options${uploads ? ", runtime.upload" : ""});`,
      ],
    };
  });
}

function declared(
  { typeParameter, paramsType, paramsOptional, returnType }: Signature,
  optionsType: MethodShape["optionsType"],
): {
  readonly typeParameters: string[];
  readonly parameters: OptionalKind<ParameterDeclarationStructure>[];
  readonly returnType: string;
} {
  return {
    typeParameters: typeParameter === undefined ? [] : [typeParameter],
    parameters: [
      { name: "params", type: paramsType, hasQuestionToken: paramsOptional },
      { name: "options", type: `runtime.${optionsType}`, hasQuestionToken: true },
    ],
    returnType,
  };
}

/** As text: the description of a structure would be printed twice. */
function docs(lines: readonly string[], { comments }: Context): string[] {
  return lines.length === 0 ? [] : [comments.keep(lines)];
}

function httpLink(link: string): string | undefined {
  const url = URL.canParse(link) ? new URL(link) : undefined;
  return url?.protocol === "https:" || url?.protocol === "http:" ? url.href : undefined;
}
