/** Which methods recognize a repeated request by its id (AIP-155), and where the id is sent. */
import type { HttpMethod, ParameterModel, SchemaModel, TypeModel } from "./types.js";

/** Descriptions of such ids state what happens if a request is sent again. */
const REPETITION =
  /\b(?:idempoten\w+|de-?dup\w*|duplicate[ds]?|retr(?:y|ying|ies|ied)|repeat\w*|(?:same|existing) (?:request[ _])?ids?|requests? (?:is|are|will be) ignored|ignores? the (?:second )?request|(?:only|most|exactly|just) once)\b/i;

/** Descriptions of ids that a client must not generate. */
const REJECTED: readonly RegExp[] = [
  // The id must not be set, or has no effect.
  /\b(?:must|sh(?:all|ould)|can|may)(?: ?not|n't) be (?:set|specified|provided|given|supplied|populated|used)\b/i,
  /\bdo(?: not|n't) (?:set|specify|provide|supply|populate|use)\b/i,
  /\b(?:must be|leave|left)(?: \w+)? (?:empty|unset|blank|omitted)\b/i,
  /\b(?:deprecated|no effect|(?:field|parameter|value) is (?:\w+ )?(?:ignored|unused|not used))\b/i,
  // The server generates the id.
  /\boutput only\b|\bresponse ?metadata\b|\bgenerated (?:in|by|from) (?:the|an?) (?:\w+ )?(?:responses?|servers?|services?|backend)\b/i,
  /\b(?:found|returned|received|obtained|taken) (?:in|from|by) (?:the|an?) (?:\w+ ){0,3}(?:responses?|calls?|methods?|servers?)\b/i,
  // The id is a name that the caller chooses.
  /\b(?:chosen|assigned|picked|selected) by\b|\b(?:partner|merchant|reseller)s?\b|\b(?:your|caller's|client's|user's) own\b/i,
  // A repeated request is not safe even with the id.
  /\bnot idempotent\b|\b(?:not|never) (?:be )?(?:retr(?:y|ied)|repeat(?:ed)?)\b/i,
];

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
  return shape?.kind === "object" && shape.properties.some((property) => !property.readOnly && isRequestId(property))
    ? "body"
    : undefined;
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
  const isText = type.kind === "string" && type.enum === undefined && type.format?.includes("int") !== true;
  return name === "requestId" && isText && !deprecated && isKeyForRepetitions(description);
}

/** Returns whether the description states that a repeated request with the same id has no further effect. */
export function isKeyForRepetitions(description: string): boolean {
  const text = description.replaceAll(/[`"*]/g, "").replaceAll(/\s+/g, " ");
  return REPETITION.test(text) && !REJECTED.some((reason) => reason.test(text));
}
