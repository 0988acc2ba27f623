import { describe, expect, it } from "vitest";
import { requestIdOf } from "../../../generator/src/model/request-id.js";
import type { HttpMethod, ParameterModel, SchemaModel, TypeModel } from "../../../generator/src/model/types.js";

const STRING: TypeModel = { kind: "string", format: undefined, enum: undefined };
const PLAIN = { deprecated: false, default: undefined, minimum: undefined, maximum: undefined, pattern: undefined };

const inQuery = (description: string, change: Partial<ParameterModel> = {}): ParameterModel => ({
  ...PLAIN,
  name: "requestId",
  description,
  location: "query",
  type: STRING,
  required: false,
  repeated: false,
  ...change,
});

const bodyWith = (description: string, type: TypeModel = STRING): SchemaModel => ({
  name: "Request",
  id: "Request",
  pointer: "/schemas/Request",
  inputOf: undefined,
  description: "",
  deprecated: false,
  shape: {
    kind: "object",
    additional: undefined,
    properties: [{ ...PLAIN, name: "requestId", description, type, readOnly: false, required: false, requiredBy: [] }],
  },
});

describe("a request id goes", () => {
  it.each<[string, HttpMethod, ParameterModel | undefined, SchemaModel | undefined, string | undefined]>([
    ["into the query", "POST", inQuery("A unique id of the request."), undefined, "query"],
    ["into the query of any method that writes", "DELETE", inQuery("A random UUID will do."), undefined, "query"],
    ["into the body", "POST", undefined, bodyWith("Used to de-dup requests."), "body"],
    ["into the query where both have one", "PATCH", inQuery("Idempotent request UUID."), bodyWith("Unique."), "query"],
    ["nowhere on a GET", "GET", inQuery("A unique id of the request."), undefined, undefined],
    ["nowhere where it means something else", "POST", inQuery("The request to look up."), undefined, undefined],
    ["nowhere where it is no text", "POST", undefined, bodyWith("Unique.", { kind: "unknown" }), undefined],
    [
      "nowhere where it is a number",
      "POST",
      inQuery("Unique.", { type: { ...STRING, format: "int64" } }),
      undefined,
      undefined,
    ],
    ["nowhere where it is deprecated", "POST", inQuery("Unique.", { deprecated: true }), undefined, undefined],
    ["nowhere where it is of another name", "POST", inQuery("Unique.", { name: "requestKey" }), undefined, undefined],
    ["nowhere where it is part of the path", "POST", inQuery("Unique.", { location: "path" }), undefined, undefined],
    ["nowhere where there is none", "POST", undefined, undefined, undefined],
  ])("%s", (_, httpMethod, parameter, body, want) => {
    const type: TypeModel | undefined = body && { kind: "reference", name: body.name };
    expect(requestIdOf(httpMethod, parameter === undefined ? [] : [parameter], type, () => body)).toBe(want);
  });
});
