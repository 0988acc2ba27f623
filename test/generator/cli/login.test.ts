/** `discogen login`, `logout` and `whoami`, against an authorization server that verifies what it gets. */
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import { describe, expect, it, onTestFinished } from "vitest";
import { main } from "../../../generator/dist/cli/main.js";
import { hostOf, metadataServer, temporaryFile } from "../../runtime/support/authentication.js";
import {
  type Answer,
  authorizationServer,
  type AuthorizationServer,
  type Behavior,
  consentTo,
  user,
} from "../../runtime/support/authorization-server.js";
import { keyFor, tokenServer } from "../../runtime/support/keys.js";
import { json, serve } from "../../runtime/support/server.js";
import { discogen, type Outcome } from "../../support/discogen.js";
import { ROOT, temporaryFolder } from "../../support/folders.js";
import { testTerminal } from "../../support/terminal.js";

const SQL = "sqladmin:v1beta3";
const SCOPE = "https://www.googleapis.com/auth/sqlservice.admin";

/** A machine of a user, without credentials. */
interface Machine {
  readonly server: AuthorizationServer;
  readonly client: string;
  readonly env: Record<string, string>;
  readonly store: string;
  run(args: readonly string[], env?: Record<string, string>): Promise<Outcome>;
  /** Runs `login`; the user answers the page. */
  login(args?: readonly string[], answer?: Answer): Promise<Outcome>;
  stored(): Promise<Record<string, unknown>>;
}

async function machine(behavior: Behavior = {}): Promise<Machine> {
  const server = await authorizationServer(behavior);
  const folder = await temporaryFolder();
  const client = await temporaryFile("client_secret.json", server.clientFile);
  const store = join(folder, "config/discogen/credentials.json");
  const env = {
    XDG_CONFIG_HOME: join(folder, "config"),
    CLOUDSDK_CONFIG: join(folder, "gcloud"),
    GOOGLE_APPLICATION_CREDENTIALS: "",
    GOOGLE_CLOUD_PROJECT: "",
    GCLOUD_PROJECT: "",
    GOOGLE_CLOUD_QUOTA_PROJECT: "",
    NO_GCE_CHECK: "true",
  };
  return {
    server,
    client,
    env,
    store,
    run: (args, more = {}) => discogen(args, ROOT, { ...env, ...more }),
    login: (args = [SQL], answer = {}) => login(["--client", client, ...args], env, answer),
    stored: async () => JSON.parse(await readFile(store, "utf8")) as Record<string, unknown>, // written by login
  };
}

/** Runs `discogen login --no-browser`, and opens the URL that it prints. */
async function login(
  args: readonly string[],
  env: Record<string, string>,
  answer: Answer | "cancel" | "nothing" = {},
): Promise<Outcome> {
  const { terminal, printed } = testTerminal({ env });
  const lines = new PassThrough();
  terminal.stderr.pipe(lines);
  createInterface({ input: lines }).on("line", (line) => {
    const url = /^ {2}(http\S+)$/.exec(line)?.[1];
    if (url === undefined || answer === "nothing") return;
    if (answer === "cancel") terminal.interrupt();
    else void consentTo(url, answer).then(fetch);
  });
  const code = await main(["login", "--no-browser", ...args], terminal);
  return { code, ...(await printed()) };
}

describe("discogen login", () => {
  it("stores the sign-in of a user, which call and whoami use, until logout", async () => {
    const { server, store, stored, run, login } = await machine();
    const { code, stdout, stderr } = await login(["--scope", SCOPE]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `Signed in as ${user}.\n  openid\n  email\n  ${SCOPE}\n`,
    });
    expect(stderr).toMatch(
      /^Open this URL .*\n {2}http\S+\nWaiting 300 s\..*\nStored in .*credentials\.json\. .*logout/,
    );
    expect(await stored()).toMatchObject({
      type: "authorized_user",
      account: user,
      scopes: ["openid", "email", SCOPE],
    });
    expect((await stat(store)).mode & 0o777).toBe(process.platform === "win32" ? 0o666 : 0o600);

    const api = await serve((_, response) => json(response, 200, { items: [] }));
    const call = ["call", SQL, "instances.list", "--project", "p", "--root-url", api.url];
    expect(await run(call)).toMatchObject({ code: 0, stderr: "" });
    const token = String(api.seen[0]?.headers["authorization"]).replace("Bearer ", "");
    expect(server.isActive(token)).toBe(true);

    const who = await run(["whoami"]);
    expect(who.stdout).toMatch(/^kind +AuthorizedUserCredentials\naccount +user@example\.com\n/);
    expect(who.stdout).toContain(`found in       discogen login (${store})\n`);
    expect(who.stdout).not.toContain(token);

    expect(await run(["logout"])).toEqual({ code: 0, stdout: `Signed out ${user}.\n`, stderr: "" });
    expect(server.isActive(token)).toBe(false);
    expect(await run(["logout"])).toEqual({ code: 0, stdout: "", stderr: "Not signed in.\n" });
    const after = await run(call);
    expect(after.code).toBe(3);
    expect(after.stderr).toContain("discogen login has no sign-in");
  });

  it("comes after GOOGLE_APPLICATION_CREDENTIALS, and before the file of gcloud", async () => {
    const { env, run, login } = await machine();
    await login();
    await mkdir(String(env["CLOUDSDK_CONFIG"]));
    await writeFile(join(String(env["CLOUDSDK_CONFIG"]), "application_default_credentials.json"), "{}");
    expect((await run(["whoami"])).stdout).toContain("kind           AuthorizedUserCredentials");
    const { url } = await tokenServer();
    const named = { GOOGLE_APPLICATION_CREDENTIALS: await temporaryFile("key.json", keyFor(url)) };
    expect((await run(["whoami"], named)).stdout).toContain("kind           ServiceAccountCredentials");
  });

  it("requests the scopes of the APIs, all of Google Cloud, or those that are passed", async () => {
    const { server, login } = await machine();
    await login([join(ROOT, "test/fixtures/shelves.v1.json"), SQL]);
    await login([]);
    await login(["--scope", "https://example.com/a", "--scope", "https://example.com/b"]);
    expect(server.pages.map((page) => page.get("scope"))).toEqual([
      "openid email https://www.example.com/auth/shelves https://www.example.com/auth/shelves.readonly https://www.googleapis.com/auth/cloud-platform",
      "openid email https://www.googleapis.com/auth/cloud-platform",
      "openid email https://example.com/a https://example.com/b",
    ]);
  });

  it("says which scopes the user did not grant", async () => {
    const { login } = await machine();
    const { code, stderr } = await login(["--scope", SCOPE], { without: [SCOPE] });
    expect(code).toBe(0);
    expect(stderr).toContain(`warning: not granted: ${SCOPE}\n`);
  });

  it("stores refresh tokens that the server replaces during a call", async () => {
    const { run, login, stored, store, server } = await machine({ rotates: true });
    await login();
    const { token: _token, expiry: _expiry, ...expired } = await stored();
    await writeFile(store, JSON.stringify(expired));
    const api = await serve((_, response) => json(response, 200, {}));
    const call = ["call", SQL, "instances.list", "--project", "p", "--root-url", api.url];
    expect((await run(call)).code).toBe(0);
    const replaced = await stored();
    expect(replaced["refresh_token"]).not.toBe(expired["refresh_token"]);
    await writeFile(store, JSON.stringify({ ...replaced, token: undefined, expiry: undefined }));
    expect((await run(call)).code).toBe(0);
    expect(server.refusals).toEqual([]);
  });

  it.each<[string, (machine: Machine) => Promise<Outcome>, number, RegExp]>([
    ["a consent that is denied", ({ login }) => login([SQL], { deny: true }), 2, /access_denied[\s\S]*help: .*login/],
    [
      "a browser that never comes",
      ({ client, env }) => login([SQL, "--client", client, "--timeout", "1"], env, "nothing"),
      2,
      /no browser returned[\s\S]*help: .*--timeout/,
    ],
    ["a cancellation", ({ client, env }) => login([SQL, "--client", client], env, "cancel"), 130, /interrupted/],
    [
      "a port that is taken",
      async ({ client, env }) => login([SQL, "--client", client, "--port", await takenPort()], env),
      2,
      /another program uses it[\s\S]*help: .*--port/,
    ],
    ["no client", ({ env }) => login([SQL], env), 2, /USAGE .*no OAuth client given; pass its JSON file with --client/],
    [
      "a client file that does not exist",
      ({ env }) => login([SQL, "--client", "none.json"], env),
      2,
      /none\.json.*does not exist/,
    ],
    [
      "a key instead of a client",
      async ({ env }) => login(["--client", await temporaryFile("key.json", keyFor("https://example.com/"))], env),
      2,
      /"service_account", the key of a service account.*OAuthClient takes.*\n {2}help: .*--client/,
    ],
    ["a port that is no number", ({ login }) => login(["--port", "http"]), 2, /--port must be a number/],
    ["a timeout that is no number", ({ login }) => login(["--timeout", "soon"]), 2, /--timeout must be a number/],
  ])("keeps the earlier sign-in after %s", async (_, run, want, message) => {
    const own = await machine();
    await own.login();
    const before = await own.stored();
    const { code, stderr, stdout } = await run(own);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: want, stdout: "" });
    expect(await own.stored()).toEqual(before);
  });

  it.each<[string, string, RegExp]>([
    ["is damaged", '{"type":', /credentials\.json: is cut off.*\n {2}help: Correct or delete this file/],
    [
      "belongs to another client",
      JSON.stringify({ type: "authorized_user", client_id: "other", client_secret: "s", refresh_token: "r" }),
      /the sign-in of another OAuth client.*\n {2}help: Run `discogen logout` first/,
    ],
  ])("requests no consent if the store %s", async (_, text, message) => {
    const { server, store, login } = await machine();
    await mkdir(join(store, ".."), { recursive: true });
    await writeFile(store, text);
    const { code, stderr } = await login();
    expect({ code, pages: server.pages.length }).toEqual({ code: 2, pages: 0 });
    expect(stderr).toMatch(message);
    expect(await readFile(store, "utf8")).toBe(text);
  });
});

describe("discogen logout", () => {
  it("deletes the sign-in if it cannot be revoked, with a warning", async () => {
    const { login, run, stored } = await machine({
      intercept: ({ url }, response) => url === "/revoke" && (json(response, 400, { error: "invalid_request" }), true),
    });
    await login();
    const { code, stderr } = await run(["logout"]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^warning NOT_REVOKED .*refused to revoke the token.*\n {2}help: .*permissions\.\n$/);
    await expect(stored()).rejects.toThrow("ENOENT");
  });

  it("is quiet if the access was revoked before", async () => {
    const { login, run, server } = await machine();
    await login();
    server.revokeAll();
    expect(await run(["logout"])).toMatchObject({ code: 0, stderr: "" });
  });
});

describe("discogen whoami", () => {
  it("prints the key of a service account", async () => {
    const { run } = await machine();
    const { url } = await tokenServer();
    const file = await temporaryFile("key.json", keyFor(url, { project_id: "example-123" }));
    const { code, stdout } = await run(["whoami"], { GOOGLE_APPLICATION_CREDENTIALS: file });
    expect(stdout.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/, "TIME")).toBe(`kind           ServiceAccountCredentials
account        robot@example-123.iam.gserviceaccount.com
project        example-123
scopes         those of the API that is called
token expires  TIME (in 59 minutes)
universe       googleapis.com
found in       GOOGLE_APPLICATION_CREDENTIALS (${file})

Places, in the order of the search:
  GOOGLE_APPLICATION_CREDENTIALS (${file}): used
`);
    expect(code).toBe(0);
  });

  it("prints all places if none has credentials", async () => {
    const { run, store, env } = await machine();
    const { code, stdout, stderr } = await run(["whoami"]);
    expect(stdout).toBe(`Places, in the order of the search:
  GOOGLE_APPLICATION_CREDENTIALS: is not set
  discogen login (${store}): has no sign-in
  ${String(env["CLOUDSDK_CONFIG"])}/application_default_credentials.json: does not exist
  metadata server: NO_GCE_CHECK turns detection off
`);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^error SIGN_IN_FAILED discogen whoami: no Application Default Credentials.*\n {2}help: .*login/,
    );
  });

  it("prints a metadata server, and options", async () => {
    const { run } = await machine();
    const host = hostOf(await metadataServer());
    const { code, stdout } = await run(["whoami", "--quota-project", "payer", "--reporter", "json"], {
      NO_GCE_CHECK: "",
      GCE_METADATA_HOST: host,
      GOOGLE_CLOUD_PROJECT: "example-123",
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      kind: "MetadataCredentials",
      project: "example-123",
      quotaProject: "payer",
      places: [{ isUsed: false }, { isUsed: false }, { isUsed: false }, { place: "metadata server", isUsed: true }],
      diagnostics: [],
    });
  });

  it("prints why a sign-in does not work any more", async () => {
    const { login, run, server, stored, store } = await machine();
    await login();
    const { token: _token, expiry: _expiry, ...rest } = await stored();
    await writeFile(store, JSON.stringify(rest));
    server.revokeAll();
    const { code, stdout, stderr } = await run(["whoami"]);
    expect(code).toBe(2);
    expect(stdout).toMatch(/account +user@example\.com\n[\s\S]*token expires +no token: .*Run `discogen login/);
    expect(stderr).toMatch(/^error SIGN_IN_FAILED .*was revoked/);
  });

  it("prints why a file cannot be used", async () => {
    const { run } = await machine();
    const file = await temporaryFile("credentials.json", {});
    const { code, stdout } = await run(["whoami"], { GOOGLE_APPLICATION_CREDENTIALS: file });
    expect(stdout).toMatch(/GOOGLE_APPLICATION_CREDENTIALS \(.*\): .*type: is missing/);
    expect(code).toBe(2);
  });

  it("shows no secret in place of a path", async () => {
    const { run } = await machine();
    const key = JSON.stringify(keyFor("https://example.com/token"));
    const { code, stdout, stderr } = await run(["whoami"], { GOOGLE_APPLICATION_CREDENTIALS: key });
    expect(stdout).toContain("a JSON text of ");
    expect(stdout + stderr).not.toContain("PRIVATE KEY");
    expect(code).toBe(2);
  });
});

async function takenPort(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const address = server.address();
  return String(typeof address === "object" ? address?.port : address);
}
