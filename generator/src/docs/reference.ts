/** The OpenAPI document of an API, with names and samples of the TypeScript client. */
import type { ApiModel } from "../model/types.js";
import { openapiDocument } from "../openapi/document.js";
import type { OpenApiDocument, Operation, PathItem } from "../openapi/document-types.js";
import { methodSamples } from "./samples.js";

/** What the renderer takes beside what OpenAPI has. */
interface SampledOperation extends Operation {
  /** How a program names the method: the title of its section. */
  readonly summary: string;
  readonly "x-codeSamples": readonly { readonly lang: string; readonly label: string; readonly source: string }[];
}

export function referenceDocument(model: ApiModel): OpenApiDocument {
  const document = openapiDocument(model);
  const samples = new Map(methodSamples(model).map((sample) => [sample.method.id, sample]));
  const sampled = (operation: Operation): Operation | SampledOperation => {
    const own = samples.get(operation.operationId);
    // An upload is an operation beside that of its method, with more to its id.
    const sample = own ?? samples.get(operation.operationId.replace(/\.upload_*$/, ""));
    if (sample === undefined) return operation;
    const source = own === undefined ? (sample.upload ?? sample.source) : sample.source;
    return {
      ...operation,
      summary: own === undefined ? `${sample.member} (upload)` : sample.member,
      "x-codeSamples": [{ lang: "TypeScript", label: "TypeScript", source }],
    };
  };
  const paths = Object.entries(document.paths).map(([path, item]) => {
    const operations = Object.entries(item).map(([verb, operation]) => [verb, sampled(operation)] as const);
    return [path, Object.fromEntries(operations) as PathItem] as const;
  });
  return { ...document, paths: Object.fromEntries(paths) };
}
