/** Builds one request for each method of a model. */
import { indexApi, type IndexedMethod } from "../../../generator/src/mock/api-index.js";
import type { Json } from "../../../generator/src/mock/index.js";
import { sampleOf } from "../../../generator/src/mock/resources/sample.js";
import type { ApiModel, ParameterModel } from "../../../generator/src/model/types.js";

export interface SampleRequest {
  readonly id: string;
  readonly verb: string;
  /** With the query, without a leading slash. */
  readonly path: string;
  readonly body: Json | undefined;
}

export function sampleRequests(model: ApiModel): readonly SampleRequest[] {
  const api = indexApi(model);
  return api.resources.flatMap(({ methods }) => methods).map(sampleRequest);
}

function sampleRequest(entry: IndexedMethod): SampleRequest {
  const { api, method, shape } = entry;
  const query = new URLSearchParams(
    method.parameters
      .filter(({ location, required }) => location === "query" && required)
      .map((parameter): [string, string] => [parameter.name, valueOf(parameter)]),
  );
  const names = method.parameters.filter(({ location }) => location === "path");
  let index = 0;
  const path = shape.replaceAll(/\{[+/]?\}/g, (gap) => {
    const parameter = names[index];
    index += 1;
    if (gap === "{/}") return "/a/b";
    return parameter === undefined || gap === "{+}" ? "a" : encodeURIComponent(valueOf(parameter));
  });
  const body = method.request?.kind === "json" ? (sampleOf(method.request.type, api.schemas) ?? {}) : undefined;
  return {
    id: method.id,
    verb: method.httpMethod,
    path: `${path.slice(1)}${query.size === 0 ? "" : `?${query}`}`,
    body: api.model.dataWrapper && body !== undefined ? { data: body } : body,
  };
}

function valueOf({ type, minimum }: ParameterModel): string {
  return minimum ?? String(sampleOf(type, new Map()) ?? "a");
}
