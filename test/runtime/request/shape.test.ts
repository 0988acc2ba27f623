/** Names without the documented shape are sent. The error explains them if the server rejects the request. */
import { describe, expect, it } from "vitest";
import { ApiError, type MethodDescriptor, call, content, download, upload } from "../../../runtime/src/index.js";
import { shapeHint } from "../../../runtime/src/request/shape.js";
import { serveBatches } from "../batch/server.js";
import { clientOf, failureOf } from "../support/library.js";
import { json, serve } from "../support/server.js";

const method: MethodDescriptor = {
  id: "library.topics.get",
  httpMethod: "POST",
  path: "{+name}",
  parameters: {
    name: { required: true, pattern: "^projects/[^/]+/topics/[^/]+$" },
    ids: { repeated: true, pattern: "ga:[0-9]+" },
  },
  request: "json",
  response: "json",
  upload: { path: "/upload/{+name}", multipart: true, resumable: true },
};
const shape = "`name` does not have the documented shape `projects/*/topics/*`";
const name = "topics/t";

describe("after a 400 or 404", () => {
  it.each<[number, string, boolean]>([
    [400, name, true],
    [404, name, true],
    [404, "projects/p/topics/t", false],
    [403, name, false],
    [500, name, false],
  ])("%i for %s: the error has a hint: %s", async (status, value, isHinted) => {
    const { seen, url } = await serve((_request, response) =>
      json(response, status, { error: { message: "No such topic.", status: "NOPE" } }),
    );
    const client = clientOf(url, { retry: false });
    const error = await failureOf(call(client, method, { name: value, requestBody: {} }, undefined));
    expect(error).toBeInstanceOf(ApiError);
    expect(seen[0]?.url).toBe(`/v1/${value}`);
    expect((error as ApiError).message).toContain("No such topic.");
    expect((error as ApiError).message.endsWith(` (${shape})`)).toBe(isHinted);
  });

  const plain: MethodDescriptor = { ...method, httpMethod: "GET", path: "{+name}", upload: undefined as never };
  const params = { name };
  const media = { body: "x" };
  it.each<[string, (client: ReturnType<typeof clientOf>) => PromiseLike<unknown>]>([
    ["of content", (client) => content(client, { ...plain, response: "media" }, params, undefined)],
    ["of a download", (client) => download(client, plain, params, undefined)],
    ["of an upload in one request", (client) => call(client, method, { name, media }, undefined, upload)],
    [
      "of a resumable upload",
      (client) => call(client, method, { name, media: { ...media, resumable: true } }, undefined, upload),
    ],
  ])("the hint is part of the error %s", async (_name, run) => {
    const { seen, url } = await serve((_request, response) => json(response, 404, {}));
    expect(String(await failureOf(run(clientOf(url))))).toContain(shape);
    expect(seen).toHaveLength(1);
  });

  it("the hint is part of the error of a call in a batch", async () => {
    const { url } = await serveBatches(() => ({ status: 404, body: {} }));
    const batch = clientOf(url).batch();
    const failure = failureOf(call(batch, plain, params, undefined));
    await batch.send();
    expect(String(await failure)).toContain(shape);
  });
});

describe("the hint", () => {
  const of = (pattern: string, value: unknown) =>
    shapeHint({ ...method, parameters: { x: { pattern } } }, { x: value });
  it.each<[string, string, unknown, string | undefined]>([
    ["nothing for the documented shape", "^a/[^/]+$", "a/b", undefined],
    ["nothing for a missing parameter", "^a/[^/]+$", undefined, undefined],
    ["segments", "^a/[^/]+/b$", "x", "`a/*/b`"],
    ["any remaining segments", "^a/[^/]+/.*$", "x", "`a/*/**`"],
    ["escaped dots", "^a\\.b/[^/]+$", "x", "`a.b/*`"],
    ["other patterns unchanged", "ga:[0-9]+", "x", "`ga:[0-9]+`"],
    ["patterns without anchors, which apply to the complete value", "[0-9]+", "1x", "`[0-9]+`"],
    ["a pattern for elements of an array", "ga:[0-9]+", ["ga:1", "x"], "`ga:[0-9]+`"],
    ["long values", "^a/[^/]+$", `a/${"x".repeat(3000)}`, "`a/*`"],
  ])("shows %s", (_name, pattern, value, want) => {
    expect(of(pattern, value)).toBe(want && `\`x\` does not have the documented shape ${want}`);
  });

  it("names all parameters, but no value", () => {
    const hint = shapeHint(method, { name: "s3cret", ids: ["s3cret"] });
    expect(hint).toBe(`${shape}; \`ids\` does not have the documented shape \`ga:[0-9]+\``);
  });
});
