/** Builds the OpenAPI document for the reference, with names and samples of the TypeScript client. */
import type { ApiModel } from "../model/types.js";
import { openapiDocument } from "../openapi/document.js";
import type { OpenApiDocument, Operation, PathItem } from "../openapi/document-types.js";
import { methodSamples } from "./samples.js";

/** An operation with additional properties for the renderer. */
interface SampledOperation extends Operation {
  /** Name of the method in code, which is the title of its section. */
  readonly summary: string;
  readonly "x-codeSamples": readonly { readonly lang: string; readonly label: string; readonly source: string }[];
}

export function referenceDocument(model: ApiModel): OpenApiDocument {
  const document = openapiDocument(model);
  const samples = new Map(methodSamples(model).map((sample) => [sample.method.id, sample]));
  const sampled = (operation: Operation): Operation | SampledOperation => {
    const own = samples.get(operation.operationId);
    // An upload is a second operation of the method. Its id is the method's with a suffix.
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
