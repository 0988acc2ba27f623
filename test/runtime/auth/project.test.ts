/** The project of credentials. gcloud's files, Google's STS, the Resource Manager and the metadata server are local. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  AccessTokenCredentials,
  AnonymousCredentials,
  ApiKeyCredentials,
  applicationDefault,
  AuthorizedUserCredentials,
  credentialsFromJSON,
  DownscopedCredentials,
  ExternalAccountCredentials,
  ImpersonatedCredentials,
  MetadataCredentials,
  ServiceAccountCredentials,
  type TokenCredentials,
} from "../../../runtime/src/auth.js";
import { gcloudProject } from "../../../runtime/src/platform/node/gcloud-project.js";
import { AbortError, type Transport } from "../../../runtime/src/index.js";
import { hostOf, metadataServer, paths, rerouted, temporaryFile } from "../support/authentication.js";
import { keyFor, tokenServer } from "../support/keys.js";
import { failureOf } from "../support/library.js";
import { type Handler, json, type Seen, serve, statuses, type TestServer } from "../support/server.js";
import { cloudPlatform, formOf, google, type Members, refusalOf, temporaryFolder } from "./external/support.js";

/** A machine without any project. */
beforeEach(async () => {
  for (const name of [
    "CLOUDSDK_ACTIVE_CONFIG_NAME",
    "CLOUDSDK_CORE_PROJECT",
    "GCE_METADATA_HOST",
    "GCE_METADATA_IP",
    "GCLOUD_PROJECT",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "GOOGLE_CLOUD_PROJECT",
    "K_SERVICE",
    "METADATA_SERVER_DETECTION",
  ])
    vi.stubEnv(name, undefined);
  vi.stubEnv("NO_GCE_CHECK", "true");
  vi.stubEnv("CLOUDSDK_CONFIG", await temporaryFolder());
});
afterEach(() => void vi.unstubAllEnvs());

const gcloudPath = (name: string): string => join(process.env["CLOUDSDK_CONFIG"] ?? "", name);

async function writeGcloudFile(name: string, text: string): Promise<void> {
  await mkdir(dirname(gcloudPath(name)), { recursive: true });
  await writeFile(gcloudPath(name), text, { mode: 0o600 });
}

/** Sets the project of gcloud's default configuration. */
const setGcloudProject = (project: string): Promise<void> =>
  writeGcloudFile("configurations/config_default", `[core]\nproject = ${project}\n`);

const key = (project?: string) =>
  keyFor("https://oauth2.googleapis.com/token", project === undefined ? {} : { project_id: project });

const user = { type: "authorized_user", client_id: "c", client_secret: "s", refresh_token: "r" } as const;

/** Google's Resource Manager with one project. It accepts tokens by `accepts`. */
async function resourceManager(
  accepts: (token: string) => boolean,
  found: unknown = { projectNumber: "123", projectId: "pool-project", lifecycleState: "ACTIVE" },
): Promise<TestServer> {
  return serve((request, response) => {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
    if (!accepts(token)) return json(response, 401, { error: { code: 401, status: "UNAUTHENTICATED", message: "no" } });
    if (request.method !== "GET" || request.url !== "/v1/projects/123")
      return json(response, 404, { error: { code: 404, status: "NOT_FOUND", message: request.url } });
    return json(response, 200, found);
  });
}

interface Federation {
  readonly auth: ExternalAccountCredentials;
  readonly exchanges: readonly Seen[];
  readonly manager: TestServer;
}

async function federated(
  members: Members | ((impersonationUrl: string) => Members) = {},
  scopes: readonly string[] = [],
  manager?: TestServer,
): Promise<Federation> {
  const sts = await google();
  const own = manager ?? (await resourceManager((token) => token.startsWith("federated-")));
  const added = typeof members === "function" ? members(sts.impersonationUrl) : members;
  const universe = String(added["universe_domain"] ?? "googleapis.com");
  const transport = rerouted({
    [new URL(sts.url).origin]: sts.url,
    [`https://cloudresourcemanager.${universe}`]: own.url,
  });
  const source = await temporaryFile("subject", "subject");
  const config = { ...sts.config, credential_source: { file: source }, ...added };
  return {
    auth: ExternalAccountCredentials.fromJSON(config, { transport, scopes }, "pool.json"),
    exchanges: sts.exchanges,
    manager: own,
  };
}

describe("gcloud's project", () => {
  const config = "[core]\nproject = example-123\n";
  it.each<[string, Record<string, string>, Record<string, string>, string | undefined]>([
    ["the default configuration", {}, { "configurations/config_default": config }, "example-123"],
    [
      "the active configuration",
      {},
      { active_config: "work\r\n", "configurations/config_work": config, "configurations/config_default": "[core]" },
      "example-123",
    ],
    [
      "the configuration of the environment",
      { CLOUDSDK_ACTIVE_CONFIG_NAME: "work" },
      { active_config: "other", "configurations/config_work": config },
      "example-123",
    ],
    [
      "a variable",
      { CLOUDSDK_CORE_PROJECT: "example-456" },
      { "configurations/config_default": config },
      "example-456",
    ],
    ["no files", {}, {}, undefined],
    [
      "no configuration",
      { CLOUDSDK_ACTIVE_CONFIG_NAME: "NONE" },
      { "configurations/config_default": config },
      undefined,
    ],
    [
      "another folder",
      { CLOUDSDK_ACTIVE_CONFIG_NAME: "x/../../secrets" },
      { "configurations/config_default": config },
      undefined,
    ],
    ["an empty file", {}, { "configurations/config_default": "" }, undefined],
    ["no value", {}, { "configurations/config_default": "[core]\nproject =\n" }, undefined],
    ["(unset)", {}, { "configurations/config_default": "[core]\nproject = (unset)\n" }, undefined],
    ["a comment", {}, { "configurations/config_default": "[core]\n# project = a\n; project = b\n" }, undefined],
    [
      "another section",
      {},
      { "configurations/config_default": "[compute]\nproject = example-456\n[core]\naccount = a@b.c\n" },
      undefined,
    ],
    [
      "a file of Windows",
      {},
      {
        "configurations/config_default":
          "\ufeff# gcloud\r\n[core]\r\nproject=example-123\r\n\r\n[compute]\r\nregion=a\r\n",
      },
      "example-123",
    ],
    [
      "other spelling",
      {},
      { "configurations/config_default": "  [core]\n  Project:  example.com:my-project   # ours\n" },
      "example.com:my-project",
    ],
  ])("reads %s", async (_name, env, files, expected) => {
    for (const [name, text] of Object.entries(files)) await writeGcloudFile(name, text);
    const found = await gcloudProject({ CLOUDSDK_CONFIG: process.env["CLOUDSDK_CONFIG"], ...env }, "linux", "/nowhere");
    expect("id" in found ? found.id : undefined).toBe(expected);
  });

  it("reads the files of Windows", async () => {
    const folder = await temporaryFolder();
    // On other systems a backslash is a part of the name.
    await writeFile(join(folder, "gcloud\\active_config"), "work");
    await writeFile(join(folder, "gcloud\\configurations\\config_work"), config);
    expect(await gcloudProject({ CLOUDSDK_CONFIG: `${folder}/gcloud` }, "win32", "")).toMatchObject({
      id: "example-123",
    });
  });

  it.each<[string, Record<string, string>, string, string]>([
    ["an unknown folder", {}, "", "gcloud's folder is unknown"],
    [
      "a folder that does not exist",
      {},
      "/nowhere",
      "/nowhere/.config/gcloud/configurations/config_default does not exist",
    ],
    [
      "a name that is a path",
      { CLOUDSDK_ACTIVE_CONFIG_NAME: "../a" },
      "/nowhere",
      "CLOUDSDK_ACTIVE_CONFIG_NAME does not name a configuration",
    ],
    [
      "no configuration",
      { CLOUDSDK_ACTIVE_CONFIG_NAME: "NONE" },
      "/nowhere",
      "CLOUDSDK_ACTIVE_CONFIG_NAME turns off gcloud's configuration",
    ],
  ])("explains %s", async (_name, env, home, problem) => {
    expect(await gcloudProject(env, "linux", home)).toEqual({ problem });
  });
});

describe("getProjectId() of each kind", () => {
  it.each<[string, () => { getProjectId(): Promise<string> } | Promise<{ getProjectId(): Promise<string> }>]>([
    ["a key without a project", () => ServiceAccountCredentials.fromJSON(key())],
    ["a key with an empty project", () => ServiceAccountCredentials.fromJSON(key(""))],
    ["a user", () => AuthorizedUserCredentials.fromJSON(user)],
    ["an access token", () => new AccessTokenCredentials("t")],
    ["an API key", () => new ApiKeyCredentials("k")],
    ["nobody", () => new AnonymousCredentials()],
    ["a metadata server", () => new MetadataCredentials({ host: "127.0.0.1:1" })],
    ["a federated identity", async () => (await federated()).auth],
  ])("uses the environment: %s", async (_name, create) => {
    const auth = await create();
    vi.stubEnv("GCLOUD_PROJECT", "example-456");
    expect(await auth.getProjectId()).toBe("example-456");
    // The result is cached.
    vi.stubEnv("GOOGLE_CLOUD_PROJECT", "example-123");
    expect(await auth.getProjectId()).toBe("example-456");
    expect(await (await create()).getProjectId()).toBe("example-123");
  });

  it.each([
    ["an access token", () => new AccessTokenCredentials("t")],
    ["a user", () => AuthorizedUserCredentials.fromJSON(user)],
  ])("uses gcloud's configuration after the environment: %s", async (_name, create) => {
    await setGcloudProject("example-789");
    expect(await create().getProjectId()).toBe("example-789");
    vi.stubEnv("GOOGLE_CLOUD_PROJECT", "example-123");
    expect(await create().getProjectId()).toBe("example-123");
  });

  it("uses a key's project before the environment, also in derived credentials", async () => {
    vi.stubEnv("GOOGLE_CLOUD_PROJECT", "example-456");
    await setGcloudProject("example-789");
    const auth = ServiceAccountCredentials.fromJSON(key("example-123"));
    const impersonated = new ImpersonatedCredentials({ sourceCredentials: auth, targetPrincipal: "a@b.example" });
    const boundary = {
      accessBoundary: { accessBoundaryRules: [{ availableResource: "a", availablePermissions: ["inRole:b"] }] },
    };
    for (const one of [
      auth,
      auth.withScopes(["a"]),
      auth.withSubject("user@example.com"),
      impersonated,
      new ImpersonatedCredentials({ sourceCredentials: impersonated, targetPrincipal: "b@b.example" }),
      new DownscopedCredentials(auth, boundary),
    ])
      expect(await one.getProjectId()).toBe("example-123");
  });

  it("uses the project of an impersonation file's source", async () => {
    const auth = await credentialsFromJSON({
      type: "impersonated_service_account",
      service_account_impersonation_url:
        "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/a@b.example:generateAccessToken",
      source_credentials: key("example-123"),
    });
    expect(await auth.getProjectId()).toBe("example-123");
  });

  it("uses the environment if another library's credentials are impersonated", async () => {
    vi.stubEnv("GOOGLE_CLOUD_PROJECT", "example-123");
    const sourceCredentials = { getRequestHeaders: () => Promise.resolve({ authorization: "Bearer t" }) };
    const auth = new ImpersonatedCredentials({ sourceCredentials, targetPrincipal: "a@b.example" });
    expect(await auth.getProjectId()).toBe("example-123");
  });
});

describe("getProjectId() of applicationDefault()", () => {
  beforeEach(async () =>
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", await temporaryFile("key.json", key("example-123"))),
  );

  it("uses the environment before the file, also in derived credentials", async () => {
    vi.stubEnv("GOOGLE_CLOUD_PROJECT", "example-456");
    const auth = await applicationDefault({ scopes: ["a"] });
    const impersonated = new ImpersonatedCredentials({ sourceCredentials: auth, targetPrincipal: "a@b.example" });
    expect(await auth.getProjectId()).toBe("example-456");
    expect(await impersonated.getProjectId()).toBe("example-456");
  });

  it("uses the file before gcloud's configuration", async () => {
    await setGcloudProject("example-789");
    expect(await (await applicationDefault()).getProjectId()).toBe("example-123");
  });

  it("uses the file of gcloud with gcloud's configuration", async () => {
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", undefined);
    await writeGcloudFile(
      "application_default_credentials.json",
      JSON.stringify({ ...user, quota_project_id: "payer" }),
    );
    await setGcloudProject("example-789");
    expect(await (await applicationDefault()).getProjectId()).toBe("example-789");
  });

  it("uses the machine's project, also where a user is impersonated", async () => {
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", undefined);
    vi.stubEnv("NO_GCE_CHECK", undefined);
    const server = await machine();
    vi.stubEnv("GCE_METADATA_HOST", hostOf(server));
    expect(await (await applicationDefault()).getProjectId()).toBe("machine-project");
    expect(await (await applicationDefault({ subject: "user@example.com" })).getProjectId()).toBe("machine-project");
  });
});

/** A metadata server that knows the project. */
const machine = (project: Handler = text("machine-project\n")): Promise<TestServer> =>
  metadataServer({ "project/project-id": project });

function text(body: string): Handler {
  return (_request, response) => void response.writeHead(200, { "metadata-flavor": "Google" }).end(body);
}

describe("the metadata server", () => {
  it("is the credentials' own", async () => {
    const server = await machine();
    const auth = new MetadataCredentials({ host: hostOf(server) });
    expect(await auth.getProjectId()).toBe("machine-project");
    expect(await auth.withScopes(["a"]).getProjectId()).toBe("machine-project");
    expect(paths(server.seen)).toEqual(["project/project-id"]);
  });

  it("is used last by others, if it is detected", async () => {
    const server = await machine();
    vi.stubEnv("GCE_METADATA_HOST", hostOf(server));
    const auth = (): TokenCredentials =>
      ServiceAccountCredentials.fromJSON(keyFor("https://example.com/token"), { scopes: ["s"] });
    expect((await refusalOf(auth().getProjectId())).message).toContain(
      "metadata server: NO_GCE_CHECK turns detection off",
    );
    expect(server.seen).toEqual([]);
    vi.stubEnv("NO_GCE_CHECK", undefined);
    expect(await auth().getProjectId()).toBe("machine-project");
    expect((await refusalOf(new ApiKeyCredentials("k").getProjectId())).code).toBe("NO_PROJECT");
    await setGcloudProject("example-789");
    expect(await new ApiKeyCredentials("k").getProjectId()).toBe("example-789");
    expect(await auth().getProjectId()).toBe("example-789");
  });

  it.each<[string, Handler, string]>([
    [
      "has no project",
      statuses({ status: 404, headers: { "metadata-flavor": "Google" } }),
      "refused to return the project ID (status 404)",
    ],
    [
      "is another server",
      (_request, response) => void response.writeHead(200).end("p"),
      "lacks the header Metadata-Flavor: Google",
    ],
    ["returns no ID", text("<html>"), "the response contains no project ID"],
  ])("that %s is listed", async (_name, handler, problem) => {
    const auth = new MetadataCredentials({ host: hostOf(await machine(handler)) });
    const error = await refusalOf(auth.getProjectId());
    expect(error.code).toBe("NO_PROJECT");
    expect(error.message).toContain(problem);
    expect(error.message).not.toContain("token");
    expect(error.message).not.toContain("<html>");
  });
});

describe("the project of a federated identity", () => {
  it("is resolved with its token", async () => {
    const { auth, exchanges, manager } = await federated();
    expect(await auth.getProjectId()).toBe("pool-project");
    expect(formOf(exchanges[0])["scope"]).toBe(cloudPlatform);
    expect(await auth.withScopes(["a"]).getProjectId()).toBe("pool-project");
    expect(manager.seen.map(({ method, url }) => [method, url])).toEqual([["GET", "/v1/projects/123"]]);
  });

  it.each([
    ["https://www.googleapis.com/auth/cloudplatformprojects.readonly", "its own scopes if they suffice"],
    ["https://www.googleapis.com/auth/drive", "the scope cloud-platform otherwise"],
  ])("is resolved with %s: %s", async (scope) => {
    const { auth, exchanges } = await federated({}, [scope]);
    expect(await auth.getProjectId()).toBe("pool-project");
    expect(exchanges.map((one) => formOf(one)["scope"])).toEqual([scope.endsWith("drive") ? cloudPlatform : scope]);
  });

  it("is resolved with the token of the impersonated account", async () => {
    const manager = await resourceManager((token) => token === "impersonated-1");
    const impersonation = (url: string): Members => ({ service_account_impersonation_url: url });
    const { auth } = await federated(impersonation, [], manager);
    expect(await auth.getProjectId()).toBe("pool-project");
  });

  it("is resolved with the source's token by an account that the identity impersonates", async () => {
    const { auth, manager } = await federated();
    const transport = rerouted({ "https://cloudresourcemanager.googleapis.com": manager.url });
    const impersonated = new ImpersonatedCredentials({
      sourceCredentials: auth,
      targetPrincipal: "a@b.example",
      transport,
    });
    expect(await impersonated.getProjectId()).toBe("pool-project");
    expect(manager.seen[0]?.headers.authorization).toBe("Bearer federated-1");
  });

  it("is resolved in its universe", async () => {
    const { auth } = await federated({ universe_domain: "cloud.example" });
    expect(await auth.getProjectId()).toBe("pool-project");
  });

  it("is resolved again with a new token after 401", async () => {
    const manager = await resourceManager((token) => token === "federated-2");
    const { auth } = await federated({}, [], manager);
    expect(await auth.getProjectId()).toBe("pool-project");
    expect(manager.seen.map(({ headers }) => headers.authorization)).toEqual([
      "Bearer federated-1",
      "Bearer federated-2",
    ]);
  });

  it.each<[string, Members, string, number]>([
    ["of a workforce pool by its number", { workforce_pool_user_project: "123" }, "pool-project", 1],
    ["of a workforce pool by its ID", { workforce_pool_user_project: "example-123" }, "example-123", 0],
  ])("is the one that pays: %s", async (_name, members, expected, requests) => {
    const { auth, manager } = await federated({
      audience: "//iam.googleapis.com/locations/global/workforcePools/pool/providers/provider",
      ...members,
    });
    expect(await auth.getProjectId()).toBe(expected);
    expect(manager.seen).toHaveLength(requests);
  });

  it("is not requested if gcloud has a project", async () => {
    await setGcloudProject("example-789");
    const { auth, exchanges, manager } = await federated();
    expect(await auth.getProjectId()).toBe("example-789");
    expect([...exchanges, ...manager.seen]).toEqual([]);
  });

  it.each<[string, Handler, string]>([
    [
      "refused",
      statuses({ status: 403, body: { error: { code: 403, status: "PERMISSION_DENIED", message: "denied" } } }),
      "pool.json: https://cloudresourcemanager.googleapis.com refused to return the project ID (status 403): PERMISSION_DENIED: denied. The identity needs the permission resourcemanager.projects.get",
    ],
    [
      "malformed",
      (_request, response) => json(response, 200, { projectId: "../ya29.secret" }),
      "pool.json#/audience: the response contains no project ID",
    ],
    ["not JSON", (_request, response) => void response.writeHead(200).end("<"), "is not JSON"],
  ])("is listed if the response is %s", async (_name, handler, problem) => {
    const { auth } = await federated({}, [], await serve(handler));
    const error = await refusalOf(auth.getProjectId());
    expect(error.code).toBe("NO_PROJECT");
    expect(error.message).toContain(problem);
    expect(error.message).not.toMatch(/ya29|federated-/);
  });
});

describe("NO_PROJECT", () => {
  it("lists what was tried, and the way out", async () => {
    expect(await refusalOf(ServiceAccountCredentials.fromJSON(key(), {}, "key.json").getProjectId())).toMatchObject({
      code: "NO_PROJECT",
      message: `no project ID: key.json#/project_id is empty or missing; GOOGLE_CLOUD_PROJECT and GCLOUD_PROJECT are not set; ${gcloudPath("configurations/config_default")} does not exist; metadata server: NO_GCE_CHECK turns detection off. Set GOOGLE_CLOUD_PROJECT to the project ID, or run \`gcloud config set project PROJECT_ID\``,
    });
  });

  it.each([
    "My Project",
    "a/b",
    "../secret",
    "AIzaSyA-0123456789012345678901234567890",
    "ya29.secret",
    '{"type":"service_account"}',
    "a".repeat(31),
    "example.com:",
    "Example-123",
  ])("is thrown for %o, which is not shown and not replaced", async (value) => {
    const errors: unknown[] = [await failureOf(ServiceAccountCredentials.fromJSON(key(value)).getProjectId())];
    vi.stubEnv("GOOGLE_CLOUD_PROJECT", value);
    errors.push(await failureOf(new AnonymousCredentials().getProjectId()));
    vi.stubEnv("GOOGLE_CLOUD_PROJECT", undefined);
    await setGcloudProject(value);
    errors.push(await failureOf(new AnonymousCredentials().getProjectId()));
    for (const [index, place] of ["the key#/project_id", "GOOGLE_CLOUD_PROJECT", "config_default"].entries()) {
      expect(errors[index]).toMatchObject({ code: "NO_PROJECT", message: expect.stringContaining(place) as string });
      expect(String(errors[index])).not.toContain(value);
    }
  });

  it.each(["example-123", "example.com:my-project", "123456789012", " example-123\n", "p"])(
    "is not thrown for %o",
    async (value) => {
      vi.stubEnv("GOOGLE_CLOUD_PROJECT", value);
      expect(await new AnonymousCredentials().getProjectId()).toBe(value.trim());
    },
  );

  it("is not cached", async () => {
    const auth = new AccessTokenCredentials("t");
    for (const _attempt of [1, 2, 3])
      expect(await refusalOf(auth.getProjectId())).toMatchObject({ code: "NO_PROJECT" });
    vi.stubEnv("GOOGLE_CLOUD_PROJECT", "example-123");
    expect(await auth.getProjectId()).toBe("example-123");
  });
});

describe("concurrent calls", () => {
  it("share one search, and each can end its own waiting", async () => {
    let resolve = (): void => undefined;
    const promise = new Promise<void>((done) => void (resolve = done));
    const server = await machine(async (...exchange) => {
      await promise;
      await text("machine-project")(...exchange);
    });
    const auth = new MetadataCredentials({ host: hostOf(server) });
    const controller = new AbortController();
    const ended = failureOf(auth.getProjectId({ signal: controller.signal }));
    const others = [auth.getProjectId(), auth.withScopes(["a"]).getProjectId()];
    await vi.waitUntil(() => server.seen.length > 0);
    controller.abort("enough");
    const error = await ended;
    expect(error).toBeInstanceOf(AbortError);
    expect(error).toMatchObject({ message: "aborted while waiting for the project ID", cause: "enough" });
    resolve();
    expect(await Promise.all(others)).toEqual(["machine-project", "machine-project"]);
    expect(server.seen).toHaveLength(1);
  });

  it("do not start a search with a signal that is aborted", async () => {
    const server = await machine();
    const auth = new MetadataCredentials({ host: hostOf(server) });
    expect(await failureOf(auth.getProjectId({ signal: AbortSignal.abort() }))).toBeInstanceOf(AbortError);
    expect(server.seen).toEqual([]);
  });
});

describe("getAccessToken()", () => {
  it("returns the token and when it expires, from the cache or requested", async () => {
    const { assertions, url } = await tokenServer(3600);
    const auth = ServiceAccountCredentials.fromJSON(keyFor(url), { scopes: ["a"] });
    const before = Date.now();
    const token = await auth.getAccessToken();
    expect(token).toEqual({ token: "token-1", expires: expect.any(Number) as number });
    expect(token.expires).toBeGreaterThanOrEqual(before + 3_600_000 - 1000);
    expect(token.expires).toBeLessThanOrEqual(Date.now() + 3_600_000);
    expect(await auth.getAccessToken()).toEqual(token);
    expect(await auth.getRequestHeaders()).toEqual({ authorization: "Bearer token-1" });
    expect(assertions).toHaveLength(1);
    auth.invalidate("Bearer token-1");
    expect(await auth.getAccessToken()).toMatchObject({ token: "token-2" });
  });

  it("needs scopes like getRequestHeaders()", async () => {
    expect(await refusalOf(ServiceAccountCredentials.fromJSON(key()).getAccessToken())).toMatchObject({
      code: "NO_SCOPES",
    });
  });

  it("ends its waiting by its signal", async () => {
    const waiting: Transport = { send: () => new Promise(() => undefined) };
    const auth = AuthorizedUserCredentials.fromJSON(user, { transport: waiting });
    const controller = new AbortController();
    const token = failureOf(auth.getAccessToken({ signal: controller.signal }));
    controller.abort();
    expect(await token).toBeInstanceOf(AbortError);
  });
});
