/** Which methods recognize a repeated request by its id (AIP-155), and where that id goes. */
import type { HttpMethod, ParameterModel, SchemaModel, TypeModel } from "./types.js";

/** What descriptions of such ids have in common: they say what happens to a request that is sent again. */
const REPETITION =
  /\b(?:idempoten\w+|de-?dup\w*|duplicate[ds]?|retr(?:y|ying|ies|ied)|repeat\w*|(?:same|existing) (?:request[ _])?ids?|requests? (?:is|are|will be) ignored|ignores? the (?:second )?request|(?:only|most|exactly|just) once)\b/i;

/** Ids that a client may not make up, whatever else the description says. */
const REJECTED: readonly RegExp[] = [
  // It must stay away, or means nothing.
  /\b(?:must|should|shall|can|may)(?: ?not|n't) be (?:set|specified|provided|given|supplied|populated|used)\b/i,
  /\bdo(?: not|n't) (?:set|specify|provide|supply|populate|use)\b/i,
  /\b(?:must be|leave|left)(?: \w+)? (?:empty|unset|blank|omitted)\b/i,
  /\b(?:deprecated|no effect|(?:field|parameter|value) is (?:\w+ )?(?:ignored|unused|not used))\b/i,
  // The server makes it.
  /\boutput only\b|\bresponse ?metadata\b|\bgenerated (?:in|by|from) (?:the|an?) (?:\w+ )?(?:responses?|servers?|services?|backend)\b/i,
  /\b(?:found|returned|received|obtained|taken) (?:in|from|by) (?:the|an?) (?:\w+ ){0,3}(?:responses?|calls?|methods?|servers?)\b/i,
  // It is a name of the caller's own.
  /\b(?:chosen|assigned|picked|selected) by\b|\b(?:partner|merchant|reseller)s?\b|\b(?:your|caller's|client's|user's) own\b/i,
  // The repetition does harm all the same.
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

/** Whether sending the request again with the same id does no more than sending it once. */
export function isKeyForRepetitions(description: string): boolean {
  const text = description.replaceAll(/[`"*]/g, "").replaceAll(/\s+/g, " ");
  return REPETITION.test(text) && !REJECTED.some((reason) => reason.test(text));
}
