/** Downscoped tokens: requests to the STS, caching, and invalid boundaries. */
import { inspect } from "node:util";
import { describe, expect, it, vi } from "vitest";
import {
  AccessTokenCredentials,
  type Credentials,
  type CredentialAccessBoundary,
  DownscopedCredentials,
  ServiceAccountCredentials,
} from "../../../../runtime/src/auth.js";
import { InvalidRequestError, type Transport, undiciTransport } from "../../../../runtime/src/index.js";
import { keyFor, tokenServer } from "../../support/keys.js";
import { failureOf } from "../../support/library.js";
import { type Handler, type TestServer, json, serve } from "../../support/server.js";
import { cloudPlatform, formOf, refusalOf } from "./support.js";

const rule = {
  availableResource: "//storage.googleapis.com/projects/_/buckets/books",
  availablePermissions: ["inRole:roles/storage.objectViewer"],
  availabilityCondition: { expression: "resource.name.startsWith('projects/_/buckets/books/objects/a')", title: "a" },
};
const boundary: CredentialAccessBoundary = { accessBoundary: { accessBoundaryRules: [rule] } };

/** A local STS, and a transport that sends requests for Google's STS to it. */
async function sts(
  handler: Handler,
): Promise<TestServer & { readonly transport: Transport; readonly origins: string[] }> {
  const server = await serve(handler);
  const real = undiciTransport();
  const origins: string[] = [];
  const send: Transport["send"] = (request) => {
    if (!request.origin.startsWith("https://sts.")) return real.send(request);
    origins.push(request.origin);
    return real.send({ ...request, origin: server.url.slice(0, -1) });
  };
  return { ...server, origins, transport: { send } };
}

const numbered: Handler = (_request, response, index) =>
  json(response, 200, { access_token: `narrow-${String(index + 1)}`, token_type: "Bearer", expires_in: 3600 });

describe("the token request", () => {
  it("contains the source's token and the boundary", async () => {
    const { origins, seen, transport } = await sts(numbered);
    const auth = new DownscopedCredentials(new AccessTokenCredentials("wide"), boundary, {
      transport,
      quotaProject: "payer",
    });
    expect(await auth.getRequestHeaders()).toEqual({
      authorization: "Bearer narrow-1",
      "x-goog-user-project": "payer",
    });
    await auth.getRequestHeaders();
    expect(seen.map(({ url }) => url)).toEqual(["/v1/token"]);
    expect(origins).toEqual(["https://sts.googleapis.com"]);
    const { options, ...form } = formOf(seen[0]);
    expect(form).toEqual({
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      requested_token_type: "urn:ietf:params:oauth:token-type:access_token",
      subject_token: "wide",
      subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
    });
    expect(JSON.parse(options ?? "")).toEqual(boundary);
  });

  it("uses the scope cloud-platform for a source without scopes", async () => {
    const { assertions, url } = await tokenServer();
    const { seen, transport } = await sts(numbered);
    await new DownscopedCredentials(ServiceAccountCredentials.fromJSON(keyFor(url)), boundary, {
      transport,
    }).getRequestHeaders();
    expect(assertions[0]?.claims.scope).toBe(cloudPlatform);
    expect(formOf(seen[0])["subject_token"]).toBe("token-1");
  });

  it("is sent to the STS of the source's universe", async () => {
    const { origins, transport } = await sts(numbered);
    const source: Credentials = {
      universeDomain: "example.cloud",
      getRequestHeaders: () => Promise.resolve(new Headers({ Authorization: "Bearer wide" })),
    };
    const auth = new DownscopedCredentials(source, boundary, { transport });
    await auth.getRequestHeaders();
    expect([origins, auth.universeDomain]).toEqual([["https://sts.example.cloud"], "example.cloud"]);
  });

  it("is repeated once with a new token of the source if the STS rejects the first", async () => {
    const { url } = await tokenServer();
    const { seen, transport } = await sts((request, response, index) =>
      formOf(request)["subject_token"] === "token-1"
        ? json(response, 400, { error: "invalid_grant", error_description: "revoked token-1" })
        : numbered(request, response, index),
    );
    const source = ServiceAccountCredentials.fromJSON(keyFor(url));
    expect(await new DownscopedCredentials(source, boundary, { transport }).getRequestHeaders()).toEqual({
      authorization: "Bearer narrow-2",
    });
    expect(seen).toHaveLength(2);
  });

  it.each<[string, Credentials]>([
    ["that has no other token", new AccessTokenCredentials("wide-hush")],
    [
      "that returns the same token again",
      { getRequestHeaders: () => Promise.resolve({ authorization: "Bearer wide-hush" }), invalidate: () => undefined },
    ],
  ])("is not repeated for a source %s", async (_name, source) => {
    const { seen, transport } = await sts((_request, response) => json(response, 400, { error: "invalid_grant" }));
    const auth = new DownscopedCredentials(source, boundary, { transport });
    const error = await refusalOf(auth.getRequestHeaders());
    expect([error.code, seen.length]).toEqual(["TOKEN_REFUSED", 1]);
    expect(inspect([error, auth], { depth: null, showHidden: true })).not.toContain("wide-hush");
  });

  it("needs a token of the source", async () => {
    const source: Credentials = { getRequestHeaders: () => Promise.resolve({ "x-goog-api-key": "k" }) };
    expect((await refusalOf(new DownscopedCredentials(source, boundary).getRequestHeaders())).code).toBe(
      "NO_CREDENTIALS",
    );
  });

  it("caches a token without expires_in for a short time", async () => {
    const { seen, transport } = await sts((_request, response) => json(response, 200, { access_token: "a" }));
    const auth = new DownscopedCredentials(new AccessTokenCredentials("wide"), boundary, { transport });
    await auth.getRequestHeaders();
    vi.useFakeTimers({ now: Date.now() + 3 * 60_000, toFake: ["Date"] });
    await auth.getRequestHeaders();
    expect(seen).toHaveLength(1);
    vi.setSystemTime(Date.now() + 3 * 60_000);
    await auth.getRequestHeaders();
    vi.useRealTimers();
    expect(seen).toHaveLength(2);
  });
});

describe("a boundary", () => {
  const of = (...rules: unknown[]): unknown => ({ accessBoundary: { accessBoundaryRules: rules } });
  const path = "accessBoundary.accessBoundaryRules";
  it.each<[string, unknown, string]>([
    ["that is missing", undefined, path],
    ["without rules", of(), path],
    ["with more than ten rules", of(...Array.from({ length: 11 }, () => rule)), path],
    ["for no resource", of({ ...rule, availableResource: "" }), `${path}[0].availableResource`],
    ["without permissions", of(rule, { ...rule, availablePermissions: [] }), `${path}[1].availablePermissions`],
    ["with an invalid permission", of({ ...rule, availablePermissions: [1] }), `${path}[0].availablePermissions`],
    [
      "with an empty condition",
      of({ ...rule, availabilityCondition: { title: "a" } }),
      `${path}[0].availabilityCondition.expression`,
    ],
  ])("%s", async (_name, wrong, parameter) => {
    const error = await failureOf(
      Promise.resolve().then(
        // Callers without type checks may pass it.
        () => new DownscopedCredentials(new AccessTokenCredentials("a"), wrong as CredentialAccessBoundary),
      ),
    );
    expect(error).toBeInstanceOf(InvalidRequestError);
    expect(error).toMatchObject({ code: "INVALID_OPTION", faults: [{ parameter }] });
  });

  it("may have ten rules", () => {
    const ten = { accessBoundary: { accessBoundaryRules: Array.from({ length: 10 }, () => rule) } };
    expect(() => new DownscopedCredentials(new AccessTokenCredentials("a"), ten)).not.toThrow();
  });
});
