/** Request and response bodies of the model → content by media type. */
import type {
  ApiModel,
  MediaUploadModel,
  MethodModel,
  RequestModel,
  RequiredProperties,
  SchemaModel,
  TypeModel,
} from "../model/types.js";
import { typeSchema } from "./components.js";
import type { BodySchema, Content, Operation } from "./document-types.js";

/** The parts of the model that bodies depend on, in addition to the method. */
export interface BodyContext {
  readonly model: Pick<ApiModel, "dataWrapper">;
  readonly schema: (name: string) => SchemaModel | undefined;
}

/** Bytes of any media type. In OpenAPI 3.1, such content has no schema. */
const BYTES: Content = { "*/*": {} };

export function requestBody(request: RequestModel | undefined, context: BodyContext): Pick<Operation, "requestBody"> {
  if (request === undefined) return {};
  if (request.kind === "bytes") return { requestBody: { content: BYTES } };
  const content = json(wrapped(requestSchema(request, context), context));
  return { requestBody: { ...(request.required ? { required: true } : {}), content } };
}

/** Returns the body of an upload: only the content, or resource and content, depending on `uploadType`. */
export function uploadBody(
  { accept, multipart }: MediaUploadModel,
  request: RequestModel | undefined,
  context: BodyContext,
): Pick<Operation, "requestBody"> {
  const metadata = request?.kind === "json" ? wrapped(requestSchema(request, context), context) : {};
  const both: Content = { "multipart/related": { schema: { type: "object", properties: { metadata, media: {} } } } };
  const types = accept.filter((type) => /^[\w*.+-]+\/[\w*.+-]+$/.test(type));
  const bare: Content = types.length === 0 ? BYTES : Object.fromEntries(types.map((type) => [type, {}]));
  return { requestBody: { required: true, content: { ...bare, ...(multipart ? both : {}) } } };
}

export function responses(
  { response, mediaDownload }: Pick<MethodModel, "mediaDownload" | "response">,
  context: BodyContext,
): Pick<Operation, "responses"> {
  const content: Content = {
    ...(response?.kind === "json" ? json(wrapped(typeSchema(response.type), context)) : {}),
    ...(response?.kind === "stream" ? json({ type: "array", items: wrapped(typeSchema(response.type), context) }) : {}),
    ...(response?.kind === "media" || mediaDownload !== undefined ? BYTES : {}),
  };
  return {
    responses: { "200": { description: "Success", ...(Object.keys(content).length === 0 ? {} : { content }) } },
  };
}

function json(schema: BodySchema): Content {
  return { "application/json": { schema } };
}

function wrapped(data: BodySchema, { model }: BodyContext): BodySchema {
  return model.dataWrapper ? { type: "object", properties: { data } } : data;
}

function requestSchema(
  { type, requires }: Extract<RequestModel, { kind: "json" }>,
  { schema }: BodyContext,
): BodySchema {
  return requires === undefined ? typeSchema(type) : { allOf: [typeSchema(type), requiring(type, requires, schema)] };
}

/** Returns a schema with the properties that the method requires, in the type and in nested types. */
function requiring(type: TypeModel, requires: RequiredProperties, schema: BodyContext["schema"]): BodySchema {
  if (type.kind === "array") return { type: "array", items: requiring(type.items, requires, schema) };
  if (type.kind === "map") return { type: "object", additionalProperties: requiring(type.values, requires, schema) };
  const shape = type.kind === "reference" ? schema(type.name)?.shape : undefined;
  if (shape?.kind === "alias") return requiring(shape.type, requires, schema);
  const nested = (shape?.properties ?? []).flatMap((property) => {
    const below = requires.nested.get(property.name);
    return below === undefined ? [] : [[property.name, requiring(property.type, below, schema)] as const];
  });
  return {
    type: "object",
    ...(nested.length === 0 ? {} : { properties: Object.fromEntries(nested) }),
    ...(requires.required.length === 0 ? {} : { required: requires.required }),
  };
}
