/** Which methods know a repeated request by its id (AIP-155), and where that id goes. */
import type { HttpMethod, ParameterModel, SchemaModel, TypeModel } from "./types.js";

/** The field has one name in all APIs, but not in all of them one meaning: its text has to say that the id is unique. */
const UNIQUE = /\b(?:unique(?:ly)?|uuid|de-?dup\w*|idempoten\w*)\b/i;

export function requestIdOf(
  httpMethod: HttpMethod,
  parameters: readonly ParameterModel[],
  body: TypeModel | undefined,
  schema: (name: string) => SchemaModel | undefined,
): "body" | "query" | undefined {
  if (httpMethod === "GET" || httpMethod === "HEAD") return undefined;
  const inQuery = parameters.some(
    ({ location, repeated, ...parameter }) => location === "query" && !repeated && isRequestId(parameter),
  );
  if (inQuery) return "query";
  const shape = body?.kind === "reference" ? schema(body.name)?.shape : undefined;
  return shape?.kind === "object" && shape.properties.some(isRequestId) ? "body" : undefined;
}

function isRequestId({
  name,
  type,
  description,
  deprecated,
}: {
  readonly name: string;
  readonly type: TypeModel;
  readonly description: string;
  readonly deprecated: boolean;
}): boolean {
  const isText = type.kind === "string" && type.enum === undefined && type.format !== "int64";
  return name === "requestId" && isText && !deprecated && UNIQUE.test(description);
}
