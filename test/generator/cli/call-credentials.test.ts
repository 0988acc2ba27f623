/** The options of `discogen call` that choose credentials, against servers that verify what they get. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Agent } from "undici";
import { describe, expect, it } from "vitest";
import { iamServer, temporaryFile } from "../../runtime/support/authentication.js";
import { keyFor, tokenServer } from "../../runtime/support/keys.js";
import { json, serve, type TestServer } from "../../runtime/support/server.js";
import { google } from "../../runtime/auth/external/support.js";
import { discogen, type Outcome } from "../../support/discogen.js";
import { dispatchTo } from "../../support/dispatcher.js";
import { ROOT, temporaryFolder } from "../../support/folders.js";

const SQL = "sqladmin:v1beta3";
const list = ["call", SQL, "instances.list"];
const SCOPE = "https://www.googleapis.com/auth/sqlservice.admin";
/** Nothing of the machine that runs the tests. */
const emptyEnvironment = {
  GOOGLE_APPLICATION_CREDENTIALS: "",
  GOOGLE_CLOUD_PROJECT: "",
  GCLOUD_PROJECT: "",
  GOOGLE_CLOUD_QUOTA_PROJECT: "",
  NO_GCE_CHECK: "true",
};

/** An API that accepts every request. */
const api = (): Promise<TestServer> => serve((_, response) => json(response, 200, {}));

/** Runs a command where no credentials are found. */
async function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  return discogen(args, ROOT, { ...emptyEnvironment, CLOUDSDK_CONFIG: await temporaryFolder(), ...env });
}

/** Calls `instances.list` of an API, which records the request. */
async function calls(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Outcome & { readonly sent: TestServer["seen"][number] | undefined }> {
  const { url, seen } = await api();
  return { ...(await run([...list, "--root-url", url, ...args], env)), sent: seen[0] };
}

/** Sends requests to these origins to local servers. */
function reroute(routes: { readonly [origin: string]: string }): void {
  dispatchTo(
    new Agent().compose((dispatch) => (options, handler) => {
      const url = routes[String(options.origin)];
      return dispatch(url === undefined ? options : { ...options, origin: new URL(url).origin }, handler);
    }),
  );
}

/** A key file, and the token endpoint that verifies its assertions. */
async function serviceAccount(): Promise<Awaited<ReturnType<typeof tokenServer>> & { readonly file: string }> {
  const server = await tokenServer();
  const key = keyFor(server.url, { project_id: "example-of-key" });
  return { ...server, file: await temporaryFile("key.json", key) };
}

describe("discogen call with", () => {
  it("--credentials uses that file instead of the search", async () => {
    const { file, assertions } = await serviceAccount();
    const env = { GOOGLE_APPLICATION_CREDENTIALS: "/nowhere/other.json" };
    const { code, stderr, sent } = await calls(["--project", "p", "--credentials", file], env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(sent?.headers.authorization).toBe("Bearer token-1");
    expect(assertions[0]?.claims.scope).toContain(SCOPE);
  });

  it("--subject and --scope requests a token for that user", async () => {
    const { file, assertions } = await serviceAccount();
    const options = ["--subject", "user@example.com", "--scope", "https://example.com/auth/a"];
    const { code } = await calls(["--project", "p", ...options], { GOOGLE_APPLICATION_CREDENTIALS: file });
    expect(code).toBe(0);
    expect(assertions[0]?.claims).toMatchObject({ sub: "user@example.com", scope: "https://example.com/auth/a" });
  });

  it.each([
    ["the option", ["--quota-project", "payer"], { GOOGLE_CLOUD_QUOTA_PROJECT: "other" }, "payer"],
    ["the environment", [], { GOOGLE_CLOUD_QUOTA_PROJECT: "other" }, "other"],
    ["neither", [], {}, undefined],
  ])("a quota project of %s sends it", async (_, options, env, want) => {
    const { file } = await serviceAccount();
    const { code, sent } = await calls(["--project", "p", "--credentials", file, ...options], env);
    expect(code).toBe(0);
    expect(sent?.headers["x-goog-user-project"]).toBe(want);
  });

  it("--impersonate acts for the last account, through the others", async () => {
    const { file } = await serviceAccount();
    const iam = await iamServer();
    reroute({ "https://iamcredentials.googleapis.com": iam.url });
    const options = ["--impersonate", "first@x.test,second@x.test", "--impersonate", "target@x.test"];
    const more = ["--scope", "https://example.com/auth/a", "--quota-project", "payer"];
    const { code, stderr, sent } = await calls(["--project", "p", "--credentials", file, ...options, ...more]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(sent?.headers).toMatchObject({ authorization: "Bearer impersonated-0", "x-goog-user-project": "payer" });
    expect(iam.requests).toMatchObject([
      {
        account: "target@x.test",
        method: "generateAccessToken",
        authorization: "Bearer token-1",
        body: {
          delegates: ["projects/-/serviceAccounts/first@x.test", "projects/-/serviceAccounts/second@x.test"],
          scope: ["https://example.com/auth/a"],
        },
      },
    ]);
  });

  it("--impersonate and --subject acts for the user without a key", async () => {
    const { file } = await serviceAccount();
    const [iam, { url, seen }] = [await iamServer(), await serve((_, response) => json(response, 200, userToken))];
    reroute({ "https://iamcredentials.googleapis.com": iam.url, "https://oauth2.googleapis.com": url });
    const options = ["--impersonate", "target@x.test", "--subject", "user@example.com"];
    const { code, sent } = await calls(["--project", "p", "--credentials", file, ...options]);
    expect(code).toBe(0);
    expect(sent?.headers.authorization).toBe("Bearer of-the-user");
    const [{ method, body } = { method: undefined, body: undefined }] = iam.requests;
    expect(method).toBe("signJwt");
    expect(JSON.parse(String(body?.["payload"]))).toMatchObject({ iss: "target@x.test", sub: "user@example.com" });
    expect(seen).toHaveLength(1);
  });

  const userToken = { access_token: "of-the-user", expires_in: 3600, token_type: "Bearer" };

  it("--allow-url works with workload identity federation, and names the option without it", async () => {
    const runner = await serve((request, response) =>
      request.headers.authorization === "Bearer runner"
        ? json(response, 200, { value: "subject" })
        : json(response, 401, {}),
    );
    const { config, url } = await google();
    const source = {
      url: `${runner.url}idtoken?audience=a`,
      headers: { Authorization: "Bearer runner" },
      format: { type: "json", subject_token_field_name: "value" },
    };
    const file = await temporaryFile("gha-creds.json", { ...config, credential_source: source });
    const env = { GOOGLE_APPLICATION_CREDENTIALS: file };
    const allowed = ["--allow-url", runner.url, "--allow-url", url];
    const refused = await calls(["--project", "p", ...allowed.slice(2)], env);
    expect(refused).toMatchObject({ code: 3, sent: undefined });
    expect(refused.stderr).toMatch(/^error SIGN_IN_FAILED .*not Google's.*\n {2}help: .*--allow-url/);
    expect(runner.seen).toEqual([]);
    const { code, stderr, sent } = await calls(["--project", "p", ...allowed], env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(sent?.headers.authorization).toBe("Bearer federated-1");
  });
});

describe("discogen call rejects", () => {
  const project = ["--project", "p"];
  it.each([
    ["--key with credentials", ["--key", "k", "--subject", "u@x.test"], /--key and --subject cannot be combined/],
    ["--key with a scope", ["--key", "k", "--scope", "s"], /--key and --scope cannot be combined/],
    ["an account that is no address", ["--impersonate", "a@x.test,,b@x.test"], /--impersonate must be addresses/],
    ["a user with spaces", ["--subject", "a b"], /--subject must be the address of a user/],
    ["two scopes in one", ["--scope", "a b"], /--scope must be one scope/],
    ["a URL of another kind", ["--allow-url", "ftp://x.test"], /--allow-url must be an http\(s\) URL/],
    ["a URL with other wildcards", ["--allow-url", "https://*.*.test"], /--allow-url must be an http\(s\) URL/],
    ["an empty file name", ["--credentials", ""], /--credentials must not be empty/],
    ["an empty quota project", ["--quota-project="], /--quota-project must not be empty/],
  ])("%s", async (_, args, message) => {
    const { code, stderr, sent } = await calls([...project, ...args]);
    expect({ code, sent }).toEqual({ code: 2, sent: undefined });
    expect(stderr).toMatch(message);
  });

  it("--subject for credentials of a user, and suggests --impersonate", async () => {
    const user = { type: "authorized_user", client_id: "c", client_secret: "s", refresh_token: "r" };
    const file = await temporaryFile("user.json", user);
    for (const given of [["--credentials", file], []]) {
      const env = { GOOGLE_APPLICATION_CREDENTIALS: file };
      const { code, stderr } = await calls([...project, ...given, "--subject", "u@x.test"], env);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^error USAGE .*--subject is for service accounts.*\n {2}help: Add --impersonate ACCOUNT/);
    }
  });
});

describe("without --project, discogen call", () => {
  it.each([
    ["that of a key file", async () => ["--credentials", (await serviceAccount()).file], {}, "example-of-key"],
    [
      "the environment, with an API key",
      async () => ["--key", "k"],
      { GOOGLE_CLOUD_PROJECT: "example-1" },
      "example-1",
    ],
    ["the environment's older variable", async () => ["--key", "k"], { GCLOUD_PROJECT: "example-2" }, "example-2"],
  ])("uses %s, and prints it", async (_, args, env, want) => {
    const { code, stdout, stderr, sent } = await calls(await args(), env);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "{}\n", stderr: `discogen: using project ${want}\n` });
    expect(sent?.url).toBe(`/sql/v1beta3/projects/${want}/instances`);
  });

  it("does not replace a project that is given", async () => {
    const { file } = await serviceAccount();
    const env = { GOOGLE_CLOUD_PROJECT: "example-1" };
    for (const given of [
      ["--project", "p"],
      ["--params", '{"project":"p"}'],
    ]) {
      const { stderr, sent } = await calls(["--credentials", file, ...given], env);
      expect({ stderr, url: sent?.url }).toEqual({ stderr: "", url: "/sql/v1beta3/projects/p/instances" });
    }
  });

  it("reports what was tried if no project is found", async () => {
    const { code, stderr, sent } = await calls(["--key", "k"]);
    expect({ code, sent }).toEqual({ code: 2, sent: undefined });
    expect(stderr).toMatch(
      /^error USAGE .*sql\.instances\.list requires --project: .*GOOGLE_CLOUD_PROJECT.*\n {2}help: Pass --project/,
    );
  });

  it("never deletes the project of the credentials", async () => {
    const { url, seen } = await api();
    const document = documentOf(url, {
      drop: { id: "x.drop", httpMethod: "DELETE", path: "projects/{projectId}", parameters: inPath("projectId") },
      purge: { id: "x.purge", httpMethod: "DELETE", path: "p/{+projectId}", parameters: inPath("projectId") },
      empty: { id: "x.empty", httpMethod: "DELETE", path: "projects/{projectId}/all", parameters: inPath("projectId") },
    });
    const file = await temporaryFile("x.json", document);
    const env = { GOOGLE_CLOUD_PROJECT: "example-1" };
    for (const method of ["drop", "purge"]) {
      const refused = await run(["call", file, method], env);
      expect(refused.code).toBe(2);
      expect(refused.stderr).toMatch(/requires --projectId/);
    }
    expect(await run(["call", file, "empty"], env)).toMatchObject({ code: 0 });
    expect(seen.map((request) => request.url)).toEqual(["/projects/example-1/all"]);
  });
});

describe("a parameter with the name of an option", () => {
  /** Calls a method whose parameters have the names of options. */
  async function query(args: readonly string[], before: readonly string[] = []) {
    const { url, seen } = await api();
    const { file, assertions } = await serviceAccount();
    const names = ["subject", "credentials", "body", "scope", "params", "quota-project"];
    const parameters = Object.fromEntries(names.map((name) => [name, { type: "string", location: "query" }]));
    const all = { type: "boolean", location: "query" };
    const method = {
      id: "x.list",
      httpMethod: "GET",
      path: "things",
      parameters: { ...parameters, all },
      scopes: [SCOPE],
    };
    const document = await temporaryFile("x.json", documentOf(url, { list: method }));
    const env = { GOOGLE_APPLICATION_CREDENTIALS: file };
    const { code, stderr } = await run(["call", ...before, document, "list", ...args], env);
    return { code, stderr, url: seen[0]?.url, headers: seen[0]?.headers, claims: assertions[0]?.claims };
  }

  it("is sent as a parameter", async () => {
    const { code, url, claims, headers } = await query([
      "--subject",
      "math",
      "--credentials=none",
      "--body",
      "b",
      "--scope",
      "own",
      "--params",
      "p",
      "--all",
      "--quota-project",
      "q",
    ]);
    expect({ code, url }).toEqual({
      code: 0,
      url: expect.stringMatching(/^\/things\?/),
    });
    expect(Object.fromEntries(new URLSearchParams(url?.split("?")[1]))).toEqual({
      subject: "math",
      credentials: "none",
      body: "b",
      scope: "own",
      params: "p",
      all: "true",
      "quota-project": "q",
    });
    expect(claims).toMatchObject({ scope: SCOPE });
    expect(claims).not.toHaveProperty("sub");
    expect(headers).not.toHaveProperty("x-goog-user-project");
  });

  it.each([
    ["--call-NAME", ["--call-scope", "https://example.com/auth/a", "--call-params", '{"scope":"own"}'], []],
    ["its own name before the API", ["--call-params", '{"scope":"own"}'], ["--scope", "https://example.com/auth/a"]],
    ["--call-NAME before the API", ["--scope", "own"], ["--call-scope=https://example.com/auth/a"]],
  ])("leaves the option %s", async (_, args, before) => {
    const { code, url, claims } = await query(["--call-subject", "user@example.com", ...args], before);
    expect({ code, url }).toEqual({ code: 0, url: "/things?scope=own" });
    expect(claims).toMatchObject({ sub: "user@example.com", scope: "https://example.com/auth/a" });
  });

  it("is described with the other name of the option", async () => {
    const method = {
      id: "x.list",
      httpMethod: "GET",
      path: "things",
      parameters: { scope: { type: "string", location: "query", description: "Where to search." } },
    };
    const file = join(await temporaryFolder(), "x.json");
    await writeFile(file, JSON.stringify(documentOf("https://x.googleapis.com/", { list: method })));
    const { stdout } = await run(["call", file, "list", "--help"]);
    expect(stdout).toMatch(/ {2}--scope TEXT\n {6}Where to search\.\n/);
    expect(stdout).toContain("The option --scope of `discogen call` is --call-scope here.");
  });

  it("does not change options that no parameter is named like", async () => {
    const { file, assertions } = await serviceAccount();
    const options = ["--call-project", "p", "--call-subject", "user@example.com"];
    const wrong = await calls(["--credentials", file, ...options]);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("--call-project") });
    const { code } = await calls(["--project", "p", "--call-credentials", file, ...options.slice(2)]);
    expect(code).toBe(0);
    expect(assertions[0]?.claims.sub).toBe("user@example.com");
  });
});

describe("discogen call exits with", () => {
  it("3 if the token endpoint rejects the key, 4 if the API does", async () => {
    const { file } = await serviceAccount();
    const refusing = await serve((_, response) => json(response, 400, { error: "invalid_grant" }));
    const bad = await temporaryFile("bad.json", keyFor(refusing.url));
    expect(await calls(["--project", "p", "--credentials", bad])).toMatchObject({ code: 3, sent: undefined });
    const denied = await serve((_, response) => json(response, 403, { error: { code: 403, message: "no" } }));
    const args = [...list, "--root-url", denied.url, "--project", "p", "--credentials", file];
    expect(await run(args)).toMatchObject({ code: 4, stderr: expect.stringMatching(/^error CALL_FAILED .*403/) });
  });

  it("3 if there are no credentials", async () => {
    const { code, stderr } = await calls(["--project", "p"]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^error SIGN_IN_FAILED .*GOOGLE_APPLICATION_CREDENTIALS is not set/);
  });
});

function inPath(name: string): object {
  return { [name]: { type: "string", location: "path", required: true } };
}

function documentOf(rootUrl: string, methods: object): object {
  const description = { kind: "discovery#restDescription", id: "x:v1", name: "x", version: "v1", protocol: "rest" };
  const auth = { oauth2: { scopes: { [SCOPE]: { description: "All." } } } };
  return { ...description, rootUrl, servicePath: "", auth, methods };
}
