/** The credentials that the environment provides, in the order of AIP-4110. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os, { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import {
  applicationDefault,
  AuthorizedUserCredentials,
  ImpersonatedCredentials,
  MetadataCredentials,
  ServiceAccountCredentials,
} from "../../../runtime/src/auth.js";
import { wellKnownFile } from "../../../runtime/src/auth/sources/application-default.js";
import { keyFor, tokenServer } from "../support/keys.js";
import { clientOf, failureOf } from "../support/library.js";
import { serve, statuses } from "../support/server.js";
import { hostOf, iamServer, metadataServer, paths, rerouted, temporaryFile } from "../support/authentication.js";

const user = { type: "authorized_user", client_id: "c", client_secret: "s", refresh_token: "r" };

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "discogen-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** A machine without any credentials. */
beforeEach(async () => {
  for (const name of [
    "GCE_METADATA_HOST",
    "GCE_METADATA_IP",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "GOOGLE_CLOUD_QUOTA_PROJECT",
    "K_SERVICE",
    "METADATA_SERVER_DETECTION",
  ])
    vi.stubEnv(name, undefined);
  vi.stubEnv("NO_GCE_CHECK", "true");
  vi.stubEnv("CLOUDSDK_CONFIG", await emptyFolder());
});
afterEach(() => void vi.unstubAllEnvs());

it.each<[string, Record<string, string>, string, string, string | undefined]>([
  ["Linux", {}, "linux", "/home/a", "/home/a/.config/gcloud/application_default_credentials.json"],
  ["macOS", {}, "darwin", "/Users/a", "/Users/a/.config/gcloud/application_default_credentials.json"],
  [
    "Windows",
    { APPDATA: "C:\\Users\\a\\AppData\\Roaming" },
    "win32",
    "C:\\Users\\a",
    "C:\\Users\\a\\AppData\\Roaming\\gcloud\\application_default_credentials.json",
  ],
  [
    "another gcloud folder",
    { CLOUDSDK_CONFIG: "/etc/gcloud" },
    "linux",
    "/home/a",
    "/etc/gcloud/application_default_credentials.json",
  ],
  [
    "another gcloud folder on Windows",
    { CLOUDSDK_CONFIG: "D:\\gcloud", APPDATA: "C:\\x" },
    "win32",
    "",
    "D:\\gcloud\\application_default_credentials.json",
  ],
  [
    "an empty variable",
    { CLOUDSDK_CONFIG: "" },
    "linux",
    "/root",
    "/root/.config/gcloud/application_default_credentials.json",
  ],
  ["Windows without a profile", {}, "win32", "C:\\Users\\a", undefined],
  ["no home", {}, "linux", "", undefined],
])("gcloud's file: %s", (_name, env, platform, home, expected) => {
  expect(wellKnownFile(env, platform, home)).toBe(expected);
});

describe("applicationDefault()", () => {
  it("uses the file that GOOGLE_APPLICATION_CREDENTIALS names first", async () => {
    const { assertions, url } = await tokenServer();
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", await temporaryFile("key.json", keyFor(url)));
    await writeFile(
      join(process.env["CLOUDSDK_CONFIG"] ?? "", "application_default_credentials.json"),
      JSON.stringify(user),
    );
    const auth = await applicationDefault({ subject: "user@example.com", quotaProject: "payer" });
    expect(auth).toBeInstanceOf(ServiceAccountCredentials);
    const api = await serve(statuses(200));
    await clientOf(api.url, { auth }).books.list();
    expect(assertions[0]?.claims).toMatchObject({
      sub: "user@example.com",
      scope: "https://example.com/auth/library https://example.com/auth/library.readonly",
    });
    expect(api.seen[0]?.headers).toMatchObject({ authorization: "Bearer token-1", "x-goog-user-project": "payer" });
  });

  it("uses gcloud's file second", async () => {
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", "");
    vi.stubEnv("NO_GCE_CHECK", undefined);
    vi.stubEnv("GCE_METADATA_HOST", hostOf(await metadataServer()));
    await writeFile(
      join(process.env["CLOUDSDK_CONFIG"] ?? "", "application_default_credentials.json"),
      JSON.stringify(user),
      { mode: 0o600 },
    );
    expect(await applicationDefault()).toBeInstanceOf(AuthorizedUserCredentials);
  });

  it("uses the metadata server last", async () => {
    const server = await metadataServer();
    vi.stubEnv("NO_GCE_CHECK", undefined);
    vi.stubEnv("GCE_METADATA_HOST", hostOf(server));
    const auth = await applicationDefault({ scopes: ["a", "b"] });
    expect(auth).toBeInstanceOf(MetadataCredentials);
    await auth.getRequestHeaders();
    expect(paths(server.seen)).toContain("instance/service-accounts/default/token?scopes=a,b");
  });
});

it("reads the quota project from the environment", async () => {
  const { url } = await tokenServer();
  vi.stubEnv(
    "GOOGLE_APPLICATION_CREDENTIALS",
    await temporaryFile("key.json", keyFor(url, { quota_project_id: "of-key" })),
  );
  vi.stubEnv("GOOGLE_CLOUD_QUOTA_PROJECT", "of-environment");
  const auth = await applicationDefault({ scopes: ["a"] });
  expect(await auth.getRequestHeaders()).toMatchObject({ "x-goog-user-project": "of-environment" });
});

it("the account of a machine acts for a user without a key", async () => {
  const [metadata, iam, tokens] = await Promise.all([metadataServer(), iamServer(), tokenServer()]);
  vi.stubEnv("NO_GCE_CHECK", undefined);
  vi.stubEnv("GCE_METADATA_HOST", hostOf(metadata));
  const transport = rerouted({
    [`http://${hostOf(metadata)}`]: metadata.url,
    "https://iamcredentials.googleapis.com": iam.url,
    "https://oauth2.googleapis.com": tokens.url,
  });
  const auth = await applicationDefault({ scopes: ["a"], subject: "user@example.com", transport });
  expect(auth).toBeInstanceOf(ImpersonatedCredentials);
  await auth.getRequestHeaders();
  expect(iam.requests.map(({ account, method }) => [account, method])).toEqual([
    ["robot@example-123.iam.gserviceaccount.com", "signJwt"],
  ]);
  expect(tokens.assertions[0]?.claims).toMatchObject({ sub: "user@example.com", scope: "a" });
});

describe("a user that the machine does not know, without HOME", () => {
  beforeEach(() => {
    vi.stubEnv("CLOUDSDK_CONFIG", undefined);
    vi.stubEnv("APPDATA", undefined);
    // As Node does in this case.
    const homeless = vi.spyOn(os, "homedir").mockImplementation(() => {
      throw new Error("uv_os_homedir returned ENOENT");
    });
    onTestFinished(() => homeless.mockRestore());
  });

  it("gets credentials from the metadata server", async () => {
    vi.stubEnv("NO_GCE_CHECK", undefined);
    vi.stubEnv("GCE_METADATA_HOST", hostOf(await metadataServer()));
    expect(await applicationDefault()).toBeInstanceOf(MetadataCredentials);
  });

  it("gets an error that lists what was tried", async () => {
    expect(await failureOf(applicationDefault())).toMatchObject({
      code: "NO_CREDENTIALS",
      message: expect.stringContaining("gcloud's folder is unknown") as unknown,
    });
  });
});

describe("without usable credentials", () => {
  it("the error lists what was tried and how to fix it", async () => {
    const file = join(process.env["CLOUDSDK_CONFIG"] ?? "", "application_default_credentials.json");
    expect(await failureOf(applicationDefault())).toMatchObject({
      code: "NO_CREDENTIALS",
      message: `no Application Default Credentials: GOOGLE_APPLICATION_CREDENTIALS is not set; ${file} does not exist; metadata server: NO_GCE_CHECK turns detection off. Run \`gcloud auth application-default login\`, or set GOOGLE_APPLICATION_CREDENTIALS to the path of a credential file`,
    });
  });

  it("the error names the variable with the path of a missing file", async () => {
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere/key.json");
    expect(await failureOf(applicationDefault())).toMatchObject({
      code: "KEY_FILE_UNREADABLE",
      message:
        "/nowhere/key.json: the key file does not exist. Correct or unset GOOGLE_APPLICATION_CREDENTIALS, which names this file",
    });
  });

  it("a damaged file is an error", async () => {
    const file = join(process.env["CLOUDSDK_CONFIG"] ?? "", "application_default_credentials.json");
    await writeFile(file, "{");
    expect(await failureOf(applicationDefault())).toMatchObject({
      code: "KEY_NOT_JSON",
      message: expect.stringContaining(`${file}: `) as unknown,
    });
  });

  it("rejects a subject for the credentials of a user", async () => {
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", await temporaryFile("user.json", user));
    expect(await failureOf(applicationDefault({ subject: "other@example.com" }))).toMatchObject({
      code: "INVALID_OPTION",
      faults: [{ parameter: "subject", message: expect.stringContaining("ImpersonatedCredentials") as unknown }],
    });
  });
});
