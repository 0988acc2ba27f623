/** External accounts whose subject tokens come from a file, a URL or a function, against local servers. */
import { writeFile } from "node:fs/promises";
import { inspect } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { ExternalAccountCredentials } from "../../../../runtime/src/auth.js";
import { AbortError, type Transport, undiciTransport } from "../../../../runtime/src/index.js";
import { clientOf, failureOf } from "../../support/library.js";
import { json, serve, statuses } from "../../support/server.js";
import {
  audience,
  cloudPlatform,
  configOf,
  email,
  formOf,
  google,
  jwt,
  type Members,
  refusalOf,
  scopes,
  temporaryFile,
  temporaryFolder,
} from "./support.js";

const subjectToken = (): Promise<string> => Promise.resolve("subject");
const of = (config: Members, options = {}): ExternalAccountCredentials =>
  ExternalAccountCredentials.fromJSON(config, { scopes, ...options });

describe("the token request", () => {
  it("contains what the STS requires", async () => {
    const { config, exchanges } = await google();
    expect(await of(config, { subjectToken }).getRequestHeaders()).toEqual({ authorization: "Bearer federated-1" });
    expect(formOf(exchanges[0])).toEqual({
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      requested_token_type: "urn:ietf:params:oauth:token-type:access_token",
      subject_token: "subject",
      subject_token_type: jwt,
      audience,
      scope: scopes.join(" "),
    });
    expect(exchanges[0]?.headers.authorization).toBeUndefined();
    expect(exchanges[0]?.headers["x-goog-api-client"]).toContain(
      "google-byoid-sdk source/programmatic sa-impersonation/false config-lifetime/false",
    );
  });

  it.each<[string, Members, Members, string | undefined]>([
    [
      "contains an OAuth client",
      { client_id: "id", client_secret: "hush" },
      {},
      `Basic ${Buffer.from("id:hush").toString("base64")}`,
    ],
    [
      "contains the quota project of a workforce pool",
      {
        audience: "//iam.googleapis.com/locations/global/workforcePools/p/providers/q",
        workforce_pool_user_project: "payer",
      },
      {
        audience: "//iam.googleapis.com/locations/global/workforcePools/p/providers/q",
        options: '{"userProject":"payer"}',
      },
      undefined,
    ],
    [
      "does not contain that project for an OAuth client, which has its own",
      {
        audience: "//iam.googleapis.com/locations/global/workforcePools/p/providers/q",
        workforce_pool_user_project: "payer",
        client_id: "id",
      },
      { audience: "//iam.googleapis.com/locations/global/workforcePools/p/providers/q" },
      `Basic ${Buffer.from("id:").toString("base64")}`,
    ],
  ])("%s", async (_name, members, form, authorization) => {
    const { config, exchanges } = await google();
    await of({ ...config, ...members }, { subjectToken }).getRequestHeaders();
    expect(formOf(exchanges[0])).toEqual({ ...formOf(exchanges[0]), ...form });
    expect("options" in formOf(exchanges[0])).toBe("options" in form);
    expect(exchanges[0]?.headers.authorization).toBe(authorization);
  });

  it("the headers contain the quota project: the option, else the configuration's", async () => {
    const { config } = await google();
    const own = { ...config, quota_project_id: "of-config" };
    expect(await of(own, { subjectToken }).getRequestHeaders()).toMatchObject({ "x-goog-user-project": "of-config" });
    expect(await of(own, { subjectToken, quotaProject: "own" }).getRequestHeaders()).toMatchObject({
      "x-goog-user-project": "own",
    });
  });

  it("uses the scopes of the client, and authorizes its calls", async () => {
    const { config, exchanges } = await google();
    const { seen, url } = await serve((_request, response) => json(response, 200, {}));
    const client = clientOf(url, { auth: ExternalAccountCredentials.fromJSON(config, { subjectToken }) });
    await client.books.get({ book: "a" });
    expect(seen[0]?.headers.authorization).toBe("Bearer federated-1");
    expect(formOf(exchanges[0])["scope"]).toBe(
      "https://example.com/auth/library https://example.com/auth/library.readonly",
    );
  });

  it("is retried while the STS fails, and is shared by waiting calls", async () => {
    let calls = 0;
    const { url, seen } = await serve((_request, response, index) =>
      index < 2
        ? json(response, 503, {})
        : json(response, 200, { access_token: "t", token_type: "Bearer", expires_in: 60 * 60 }),
    );
    const auth = of(configOf({ token_url: `${url}v1/token` }), {
      subjectToken: () => {
        calls++;
        return subjectToken();
      },
    });
    const all = await Promise.all(Array.from({ length: 100 }, () => auth.getRequestHeaders()));
    expect(new Set(all.map((headers) => headers["authorization"]))).toEqual(new Set(["Bearer t"]));
    expect([seen.length, calls]).toEqual([3, 1]);
  });

  it("continues for other calls when one call stops waiting", async () => {
    let give: ((token: string) => void) | undefined;
    const { config, exchanges } = await google();
    const { url } = await serve((_request, response) => json(response, 200, { name: "b" }));
    const auth = of(config, {
      subjectToken: () => new Promise<string>((resolve) => void (give = resolve)),
    });
    const client = clientOf(url, { auth });
    const impatient = new AbortController();
    const first = failureOf(client.books.get({ book: "a" }, { signal: impatient.signal }));
    const second = client.books.get({ book: "b" });
    await vi.waitFor(() => expect(give).toBeDefined());
    impatient.abort();
    expect(await first).toBeInstanceOf(AbortError);
    give?.("subject");
    expect(await second).toEqual({ name: "b" });
    expect(exchanges).toHaveLength(1);
  });
});

describe("a slow STS", () => {
  it("delays a call at most until its timeout, and its token is used by the next call", async () => {
    let release: (() => void) | undefined;
    const { url: stsUrl, seen } = await serve((_request, response) => {
      release = () => json(response, 200, { access_token: "late", expires_in: 3600 });
    });
    const { url } = await serve((_request, response) => json(response, 200, {}));
    const auth = of(configOf({ token_url: `${stsUrl}v1/token` }), { subjectToken });
    const client = clientOf(url, { auth });
    const failure = await failureOf(client.books.get({ book: "a" }, { totalTimeout: 300 }));
    expect(failure).toMatchObject({ name: "TimeoutError", code: "TOTAL_TIMEOUT" });
    release?.();
    await client.books.get({ book: "b" });
    expect(seen).toHaveLength(1);
  });

  it("has a timeout, like any other server", async () => {
    const { config, impersonationUrl } = await google();
    const source = await serve((_request, response) => void response.end("subject"));
    const real = undiciTransport();
    const limits: number[] = [];
    const send: Transport["send"] = (request) => {
      limits.push(request.timeout);
      return real.send(request);
    };
    await of(
      { ...config, credential_source: { url: source.url }, service_account_impersonation_url: impersonationUrl },
      { transport: { send } },
    ).getRequestHeaders();
    expect(limits).toEqual([10_000, 30_000, 30_000]);
  });
});

describe("impersonation", () => {
  it.each<[string, Members, string]>([
    ["for an hour", {}, "3600s"],
    [
      "for the lifetime in the configuration",
      { service_account_impersonation: { token_lifetime_seconds: 900 } },
      "900s",
    ],
  ])("%s", async (_name, members, lifetime) => {
    const { config, exchanges, impersonations, impersonationUrl } = await google();
    const auth = of(
      { ...config, service_account_impersonation_url: impersonationUrl, ...members },
      { subjectToken, quotaProject: "payer" },
    );
    expect(auth.email).toBe(email);
    expect(await auth.getRequestHeaders()).toEqual({
      authorization: "Bearer impersonated-1",
      "x-goog-user-project": "payer",
    });
    expect(formOf(exchanges[0])["scope"]).toBe(cloudPlatform);
    expect(JSON.parse(impersonations[0]?.body ?? "")).toEqual({ scope: scopes, lifetime });
  });

  it("caches the token of the external identity for other scopes, and replaces it when it is rejected", async () => {
    const { config, exchanges, impersonations, impersonationUrl } = await google();
    const auth = of({ ...config, service_account_impersonation_url: impersonationUrl }, { subjectToken });
    await auth.getRequestHeaders();
    await auth.withScopes([cloudPlatform]).getRequestHeaders();
    expect([exchanges.length, impersonations.length]).toEqual([1, 2]);
    // From now on, IAM accepts only the next token.
    const [known] = exchanges;
    if (known !== undefined) exchanges.push(known);
    await auth.withScopes(["https://example.com/auth/c"]).getRequestHeaders();
    expect(impersonations.at(-1)?.headers.authorization).toBe("Bearer federated-3");
  });

  it("returns ID tokens", async () => {
    const { config, impersonations, impersonationUrl } = await google();
    const auth = of({ ...config, service_account_impersonation_url: impersonationUrl }, { subjectToken });
    expect(await auth.getIdToken("https://service.example.com")).toBe("id-1");
    expect(impersonations[0]?.url).toMatch(/:generateIdToken$/);
    expect(JSON.parse(impersonations[0]?.body ?? "")).toEqual({
      audience: "https://service.example.com",
      includeEmail: true,
    });
  });

  it("is required for ID tokens", async () => {
    const { config } = await google();
    const error = await refusalOf(of(config, { subjectToken }).getIdToken("https://service.example.com"));
    expect(error.message).toContain("Add a service_account_impersonation_url");
  });
});

describe("a file as the source", () => {
  it("is read for every token, as text or as a member of JSON", async () => {
    const { config, exchanges } = await google(/^one$|^two$/);
    const text = await temporaryFile("one\n");
    await of({ ...config, credential_source: { file: text } }).getRequestHeaders();
    const path = await temporaryFile('{"id_token":"one"}');
    const format = { type: "json", subject_token_field_name: "id_token" };
    const auth = of({ ...config, credential_source: { file: path, format } });
    await auth.getRequestHeaders();
    await writeFile(path, '{"id_token":"two"}');
    auth.invalidate();
    await auth.getRequestHeaders();
    expect(exchanges.map((request) => formOf(request)["subject_token"])).toEqual(["one", "one", "two"]);
    expect(exchanges[0]?.headers["x-goog-api-client"]).toContain("source/file");
  });

  it.each<[string, string | undefined, Members, RegExp]>([
    ["does not exist", undefined, {}, /cannot be read \(ENOENT\)$/],
    ["is empty", " \n", {}, /is empty$/],
    ["is not JSON", "eyJsecret.eyJsecret.c", { type: "json", subject_token_field_name: "t" }, /is not JSON$/],
    ["is JSON without the member", '{"u":1}', { type: "json", subject_token_field_name: "t" }, /contains no "t"$/],
    ["is JSON of another kind", "null", { type: "json", subject_token_field_name: "t" }, /contains no "t"$/],
  ])("that %s", async (_name, text, format, message) => {
    const { config } = await google();
    const file = text === undefined ? "/no/such/file" : await temporaryFile(text);
    const auth = of({ ...config, credential_source: { file, ...("type" in format ? { format } : {}) } });
    const error = await refusalOf(auth.getRequestHeaders());
    expect(error).toMatchObject({ code: "TOKEN_UNAVAILABLE", message: expect.stringMatching(message) as string });
    expect(error.message).not.toContain("secret");
  });

  it("must not be a folder", async () => {
    const { config } = await google();
    const auth = of({ ...config, credential_source: { file: await temporaryFolder() } });
    expect((await refusalOf(auth.getRequestHeaders())).message).toMatch(/cannot be read \(EISDIR\)$/);
  });
});

describe("a URL as the source", () => {
  const format = { type: "json", subject_token_field_name: "value" };

  it("is requested with the configuration's headers, and retried while it fails", async () => {
    const { config, exchanges } = await google();
    const { seen, url } = await serve((request, response, index) =>
      index === 0 ? json(response, 500, {}) : json(response, 200, { value: request.headers["x-who"] }),
    );
    const source = { url: `${url}token?a=b`, headers: { "X-Who": "subject" }, format };
    await of({ ...config, credential_source: source }).getRequestHeaders();
    expect(seen.map((request) => [request.method, request.url])).toEqual([
      ["GET", "/token?a=b"],
      ["GET", "/token?a=b"],
    ]);
    expect(exchanges[0]?.headers["x-goog-api-client"]).toContain("source/url");
  });

  it.each<[string, number, string, RegExp]>([
    ["refuses", 403, '{"error":"hush-hush says no"}', /refused to issue a token \(status 403\)/],
    ["returns HTML", 200, "<html>", /is not JSON$/],
    ["returns JSON without the member", 200, "{}", /contains no "value"$/],
  ])("that %s", async (_name, status, body, message) => {
    const { config } = await google();
    const { url } = await serve((_request, response) => void response.writeHead(status).end(body));
    const source = { url, headers: { authorization: "Bearer hush-hush" }, format };
    const error = await refusalOf(of({ ...config, credential_source: source }).getRequestHeaders());
    expect(error.message).toMatch(message);
    expect(inspect(error)).not.toContain("hush-hush");
  });
});

describe("a function as the source", () => {
  it.each<[string, () => Promise<string>, RegExp]>([
    ["rejects", () => Promise.reject(new Error("vault is sealed")), /subjectToken\(\) failed: vault is sealed$/],
    [
      "throws",
      () => {
        throw new Error("no vault");
      },
      /subjectToken\(\) failed: no vault$/,
    ],
    ["returns an empty string", () => Promise.resolve(""), /subjectToken\(\) returned no token$/],
  ])("that %s", async (_name, give, message) => {
    const { config } = await google();
    const error = await refusalOf(of(config, { subjectToken: give }).getRequestHeaders());
    expect(error).toMatchObject({ code: "TOKEN_UNAVAILABLE", message: expect.stringMatching(message) as string });
  });

  it("that never resolves does not block calls forever", async () => {
    vi.useFakeTimers();
    try {
      const { config } = await google();
      const failure = refusalOf(of(config, { subjectToken: () => new Promise(() => undefined) }).getRequestHeaders());
      await vi.dynamicImportSettled();
      await vi.advanceTimersByTimeAsync(60_000);
      expect((await failure).message).toMatch(/returned no token within 60000 ms$/);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("secrets", () => {
  it("are not in errors of an STS that returns them, nor in printed output", async () => {
    const { config } = await google("another");
    const auth = of(
      { ...config, client_id: "id", client_secret: "hush-client" },
      { subjectToken: () => Promise.resolve("hush-subject") },
    );
    const error = await refusalOf(auth.getRequestHeaders());
    expect(error).toMatchObject({ code: "TOKEN_REFUSED", reason: "invalid_grant" });
    expect(error.message).toContain("Check that the subject token has not expired");
    for (const shown of [inspect(error), inspect(auth, { depth: null, showHidden: true }), JSON.stringify(auth)])
      expect(shown).not.toMatch(/hush/);
  });

  it("are not in errors of an STS that returns invalid data", async () => {
    const { url } = await serve(statuses({ status: 200, body: { access_token: 5, echo: "subject" } }));
    const error = await refusalOf(of(configOf({ token_url: url }), { subjectToken }).getRequestHeaders());
    expect(error).toMatchObject({ code: "TOKEN_UNAVAILABLE" });
    expect(error.message).toMatch(/contains no access_token$/);
  });
});
