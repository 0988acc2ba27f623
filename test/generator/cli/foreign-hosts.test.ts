/** Documents whose API has a foreign host: credentials are not sent there. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Credentials } from "@discogen/runtime";
import { AccessTokenCredentials, AnonymousCredentials, ApiKeyCredentials } from "@discogen/runtime/auth";
import { afterEach, describe, expect, it, vi } from "vitest";
import { isAuthorized, refuseForeignHost } from "../../../generator/src/cli/call-host.js";
import { createClient, rootUrlOf } from "../../../generator/src/dynamic/client.js";
import { InputError } from "../../../generator/src/diagnostics.js";
import { serve } from "../../runtime/support/server.js";
import { modelOf } from "../mock/support.js";
import { documentWith, pin, SQL, untrustedFolder } from "./untrusted-folder.js";

afterEach(() => vi.unstubAllEnvs());

/** The diagnostic of a call with these credentials, or `undefined` if the call is allowed. */
async function refusal(facts: object, auth: Credentials): Promise<string | undefined> {
  const model = modelOf(await documentWith(facts), "a.json");
  try {
    refuseForeignHost(rootUrlOf(model), auth, { model, file: "a.json", warnings: [] }, process.env);
    return undefined;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.message;
  }
}

const token = new AccessTokenCredentials("the-token");

describe("credentials of a call", () => {
  const good = "https://sqladmin.googleapis.com/";
  it.each([
    ["Google's host", { rootUrl: good }],
    ["upper case", { rootUrl: "https://SQLADMIN.GoogleAPIs.COM/" }],
    ["a port", { rootUrl: "https://sqladmin.googleapis.com:8443/" }],
    ["a regional host", { rootUrl: "https://sqladmin.us-east1.rep.googleapis.com/" }],
    ["no root at all", {}],
    ["a foreign host in the service path", { rootUrl: good, servicePath: "//evil.test/" }],
    [
      "a regional endpoint that is not used",
      { rootUrl: good, endpoints: [{ location: "x", endpointUrl: "https://e.test/" }] },
    ],
    ["an endpoint for certificates that is not used", { rootUrl: good, mtlsRootUrl: "https://evil.test/" }],
    ["an absolute batch path", { rootUrl: good, batchPath: "https://evil.test/batch" }],
    ["loopback over TLS", { rootUrl: "https://127.0.0.1/" }],
    ["loopback", { rootUrl: "http://127.0.0.1:8080/" }],
    ["loopback by name", { rootUrl: "http://localhost:8080/" }],
    ["loopback, IPv6", { rootUrl: "http://[::1]:8080/" }],
  ])("are sent to %s", async (_, facts) => {
    expect(await refusal(facts, token)).toBeUndefined();
  });

  it.each([
    ["another host", { rootUrl: "https://evil.test/" }, "https://evil.test"],
    ["a base URL", { baseUrl: "https://evil.test/sql/v1beta3/" }, "https://evil.test"],
    [
      "Google's host as a prefix",
      { rootUrl: "https://sqladmin.googleapis.com.evil.test/" },
      "googleapis.com.evil.test",
    ],
    ["Google's host as a suffix of a name", { rootUrl: "https://evilgoogleapis.com/" }, "https://evilgoogleapis.com"],
    ["Google's host in the path", { rootUrl: "https://evil.test/www.googleapis.com/" }, "https://evil.test"],
    ["a dot at the end", { rootUrl: "https://sqladmin.googleapis.com./" }, "https://sqladmin.googleapis.com."],
    ["plain http", { rootUrl: "http://sqladmin.googleapis.com/" }, "http://sqladmin.googleapis.com"],
    ["plain http to another host", { rootUrl: "http://evil.test/" }, "http://evil.test"],
    ["a letter that looks alike", { rootUrl: "https://sqladmin.googleapıs.com/" }, "https://sqladmin.xn--"],
    ["a port of another host", { rootUrl: "https://evil.test:443/" }, "https://evil.test"],
    ["a backslash", { rootUrl: "https://evil.test\\.googleapis.com/" }, "https://evil.test"],
    ["an address", { rootUrl: "https://192.0.2.1/" }, "https://192.0.2.1"],
    ["an unspecified address", { rootUrl: "http://0.0.0.0:8080/" }, "http://0.0.0.0:8080"],
    ["loopback as a prefix", { rootUrl: "https://127.0.0.1.evil.test/" }, "https://127.0.0.1.evil.test"],
    ["localhost as a prefix", { rootUrl: "https://localhost.evil.test/" }, "https://localhost.evil.test"],
    ["the metadata server", { rootUrl: "http://169.254.169.254/" }, "http://169.254.169.254"],
  ])("are not sent to %s", async (_, facts, host) => {
    const message = await refusal(facts, token);
    expect(message).toMatch(/^error UNTRUSTED_HOST a\.json: [\s\S]*--root-url/);
    expect(message).toContain(host);
  });

  it("are not sent to a foreign endpoint for certificates", async () => {
    vi.stubEnv("GOOGLE_API_USE_MTLS_ENDPOINT", "always");
    const facts = { rootUrl: good, mtlsRootUrl: "https://evil.test/" };
    expect(await refusal(facts, token)).toContain("https://evil.test");
  });

  it.each([
    ["of the universe of a document", "x.test", undefined, "https://sqladmin.x.test/", true],
    ["of another universe than the document", "googleapis.com", undefined, "https://sqladmin.x.test/", false],
    ["of the universe of the environment", undefined, "x.test", "https://sqladmin.x.test/", true],
    ["of the universe of the environment, to its twin", undefined, "x.test", good, true],
    ["of another universe than the environment", "googleapis.com", "x.test", "https://sqladmin.x.test/", false],
    ["of a universe that the host only ends with", "x.test", undefined, "https://evilx.test/", false],
  ])("%s", async (_, universeDomain, ofEnvironment, rootUrl, isSent) => {
    if (ofEnvironment !== undefined) vi.stubEnv("GOOGLE_CLOUD_UNIVERSE_DOMAIN", ofEnvironment);
    const auth = { universeDomain, getRequestHeaders: () => token.getRequestHeaders() };
    expect((await refusal({ rootUrl }, auth)) === undefined).toBe(isSent);
  });

  it.each([
    ["a token", token, {}, true],
    ["an API key", new ApiKeyCredentials("a-key"), {}, true],
    ["nothing", new AnonymousCredentials(), { project: "p" }, false],
    ["a key in the query", new AnonymousCredentials(), { key: "a-key" }, true],
    ["a token in the query", new AnonymousCredentials(), { access_token: "a" }, true],
    ["an old token in the query", new AnonymousCredentials(), { oauth_token: "a" }, true],
  ])("are sent by a call with %s: %s", (_, auth, parameters, want) => {
    expect(isAuthorized(auth, parameters, {})).toBe(want);
  });

  it("include a client certificate", () => {
    const env = { GOOGLE_API_USE_CLIENT_CERTIFICATE: "true" };
    expect(isAuthorized(new AnonymousCredentials(), {}, env)).toBe(true);
  });

  it.each([
    ["two slashes", "//evil.test/v1/x"],
    ["a URL", "https://evil.test/v1/x"],
    ["a user name", "@evil.test/x"],
    ["a backslash", "\\\\evil.test/x"],
    ["a port", ":80@evil.test/x"],
  ])("are sent to the root URL for every path of a method: %s", async (_, path) => {
    const { url, seen } = await serve((_, response) => void response.end("{}"));
    const methods = { get: { id: "x.get", httpMethod: "GET", path } };
    const text = await documentWith({ rootUrl: url, servicePath: path, methods, resources: {} });
    const client = createClient(modelOf(text, "a.json"), { auth: token });
    await client["get"]?.();
    expect(seen.map(({ headers }) => headers.host)).toEqual([new URL(url).host]);
  });
});

describe("discogen call in a folder of another user", () => {
  const call = ["instances.list", "--project", "p"];
  const evil = { rootUrl: "https://sqladmin.googleapis.com.evil.test/" };
  it.each([
    ["the lock", SQL, async (folder: string) => pin(folder, await documentWith(evil))],
    [
      "a JSON config",
      SQL,
      async (folder: string) => {
        await writeFile(join(folder, "own.json"), await documentWith(evil));
        const config = { apis: [{ id: SQL, source: "own.json" }] };
        await writeFile(join(folder, "discogen.config.json"), JSON.stringify(config));
      },
    ],
    [
      "a document",
      "./own.json",
      async (folder: string) => writeFile(join(folder, "own.json"), await documentWith(evil)),
    ],
  ])("requests no token and sends nothing to the host of %s", async (_, api, write) => {
    const { folder, seen, run } = await untrustedFolder();
    await write(folder);
    for (const more of [[], ["--key", "the-key"]]) {
      const { code, stdout, stderr } = await run("call", api, ...call, ...more);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toMatch(
        /^error UNTRUSTED_HOST .*https:\/\/sqladmin\.googleapis\.com\.evil\.test[\s\S]*--root-url/,
      );
    }
    expect(seen).toEqual([]);
  });

  it("sends credentials to this machine and to the host of --root-url", async () => {
    const { folder, run } = await untrustedFolder();
    const { url, seen } = await serve((_, response) => void response.end("{}"));
    await writeFile(join(folder, "local.json"), await documentWith({ rootUrl: url }));
    await writeFile(join(folder, "evil.json"), await documentWith(evil));
    expect(await run("call", "local.json", ...call)).toMatchObject({ code: 0, stderr: "" });
    expect(await run("call", "evil.json", ...call, "--root-url", url)).toMatchObject({ code: 0, stderr: "" });
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(["Bearer a-token", "Bearer a-token"]);
  });

  it("reads no document if the lock is not a file", async () => {
    const { folder, run } = await untrustedFolder();
    await mkdir(join(folder, "discogen.lock.json"));
    expect(await run("call", SQL, ...call)).toMatchObject({ code: 2, stderr: expect.stringMatching(/LOCK_INVALID/) });
  });
});
