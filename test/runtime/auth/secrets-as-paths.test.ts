/** No error, warning or log contains a secret that is passed where a path, a name or a URL is expected. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import {
  applicationDefault,
  AuthorizedUserCredentials,
  credentialsFromEnv,
  credentialsFromFile,
  ExternalAccountAuthorizedUserCredentials,
  ExternalAccountCredentials,
  fileTokenStore,
  ImpersonatedCredentials,
  MetadataCredentials,
  AnonymousCredentials,
  OAuthClient,
  ServiceAccountCredentials,
} from "../../../runtime/src/auth.js";
import { fetchTransport, undiciTransport } from "../../../runtime/src/index.js";
import { keyFor, pkcs8 } from "../support/keys.js";
import { clientOf, failureOf, LibraryClient } from "../support/library.js";
import { rerouted } from "../support/authentication.js";
import { configOf, scopes } from "./external/support.js";

const key = JSON.stringify(keyFor("https://oauth2.googleapis.com/token"));
const user = JSON.stringify({ type: "authorized_user", refresh_token: "1//0gNotForYourEyes" });
const jwt = `eyJhbGciOiJSUzI1NiJ9.${"eyJzdWIiOiJyZXBvIn0".padEnd(60, "a")}.c2lnbmF0dXJl`;

const secrets: readonly (readonly [string, string])[] = [
  ["JSON", key],
  ["indented JSON", JSON.stringify(JSON.parse(key), null, 2)],
  ["the sign-in of a user", user],
  ["an array", `[${key}]`],
  ["a PEM", pkcs8],
  ["a PEM on one line", pkcs8.replaceAll("\n", "\\n")],
  ["Base64", Buffer.from(key).toString("base64")],
  ["Base64 for URLs", Buffer.from(key).toString("base64url")],
  ["short Base64", Buffer.from(key).toString("base64").slice(0, 60)],
  ["a data: URL", `data:application/json;base64,${Buffer.from(key).toString("base64")}`],
  ["percent-encoded JSON", encodeURIComponent(key)],
  ["an access token", "ya29.a0AfH6SMBx_NotForYourEyes-Either"],
  ["a JWT", jwt],
];

beforeEach(() => {
  for (const name of ["GOOGLE_APPLICATION_CREDENTIALS", "CLOUDSDK_CONFIG", "GCE_METADATA_HOST"]) vi.stubEnv(name, "");
  vi.stubEnv("HOME", "/nonexistent");
  vi.stubEnv("METADATA_SERVER_DETECTION", "none");
});
afterEach(() => vi.unstubAllEnvs());

const external = (source: object): ExternalAccountCredentials =>
  ExternalAccountCredentials.fromJSON(configOf({ credential_source: source }), { scopes });

/** What a function throws, or what its promise rejects with. */
const thrownBy = (run: () => unknown): Promise<unknown> => failureOf((async () => run())());

const withEnv = (name: string, value: string, run: () => unknown): unknown => {
  vi.stubEnv(name, value);
  return run();
};

async function certificateConfig(paths: object): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "discogen-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, "config.json");
  await writeFile(path, JSON.stringify({ cert_configs: { workload: paths } }));
  return path;
}

const call = (options: ConstructorParameters<typeof LibraryClient>[0]): unknown =>
  new LibraryClient({ auth: new AnonymousCredentials(), retry: false, timeout: 2000, ...options }).books.list();

const places: readonly (readonly [string, (secret: string) => unknown])[] = [
  ["ServiceAccountCredentials.fromFile", (secret) => ServiceAccountCredentials.fromFile(secret)],
  ["AuthorizedUserCredentials.fromFile", (secret) => AuthorizedUserCredentials.fromFile(secret)],
  ["ExternalAccountCredentials.fromFile", (secret) => ExternalAccountCredentials.fromFile(secret)],
  [
    "ExternalAccountAuthorizedUserCredentials.fromFile",
    (secret) => ExternalAccountAuthorizedUserCredentials.fromFile(secret),
  ],
  ["OAuthClient.fromFile", (secret) => OAuthClient.fromFile(secret)],
  ["fileTokenStore.read", (secret) => fileTokenStore(secret).read()],
  [
    "fileTokenStore.write",
    (secret) => fileTokenStore(`/dev/null/${secret}`).write({ client_id: "c", refresh_token: "r" }),
  ],
  ["credentialsFromFile", (secret) => credentialsFromFile(secret)],
  ["the name of a variable", (secret) => credentialsFromEnv(secret)],
  [
    "the value of a variable",
    (secret) =>
      withEnv("TEST_CREDENTIALS", secret, async () => {
        const auth = await credentialsFromEnv("TEST_CREDENTIALS", { scopes, transport: rerouted({}) });
        return auth.getRequestHeaders();
      }),
  ],
  [
    "GOOGLE_APPLICATION_CREDENTIALS",
    (secret) => withEnv("GOOGLE_APPLICATION_CREDENTIALS", secret, () => applicationDefault()),
  ],
  ["CLOUDSDK_CONFIG", (secret) => withEnv("CLOUDSDK_CONFIG", secret, () => applicationDefault())],
  [
    "GCE_METADATA_HOST",
    (secret) =>
      withEnv("METADATA_SERVER_DETECTION", "ping-only", () =>
        withEnv("GCE_METADATA_HOST", secret, () => applicationDefault()),
      ),
  ],
  ["the metadata host", (host) => new MetadataCredentials({ host }).getRequestHeaders()],
  ["the name of a source", (secret) => ServiceAccountCredentials.fromJSON({} as never, {}, secret)],
  ["client_email", (secret) => ServiceAccountCredentials.fromJSON({ ...keyFor(secret), client_email: secret })],
  ["token_uri", (secret) => ServiceAccountCredentials.fromJSON(keyFor(secret)).getRequestHeaders()],
  ["the type of a file", (secret) => ServiceAccountCredentials.fromJSON({ ...keyFor("https://a"), type: secret })],
  ["the universe", (secret) => ServiceAccountCredentials.fromJSON(keyFor("https://a", { universe_domain: secret }))],
  ["credential_source.file", (file) => external({ file }).getRequestHeaders()],
  ["credential_source.url", (url) => external({ url }).getRequestHeaders()],
  ["credential_source.url as a host", (secret) => external({ url: `https://${secret}/` }).getRequestHeaders()],
  [
    "the member of a token",
    (name) =>
      external({
        file: join(import.meta.dirname, "../../../package.json"),
        format: { type: "json", subject_token_field_name: name },
      }).getRequestHeaders(),
  ],
  [
    "the command of an executable",
    (command) =>
      withEnv("GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES", "1", () =>
        external({ executable: { command } }).getRequestHeaders(),
      ),
  ],
  [
    "the certificate's configuration",
    (path) => external({ certificate: { certificate_config_location: path } }).getRequestHeaders(),
  ],
  [
    "the certificate's path",
    async (path) =>
      external({
        certificate: { certificate_config_location: await certificateConfig({ cert_path: path, key_path: path }) },
      }).getRequestHeaders(),
  ],
  [
    "the AWS region",
    (secret) =>
      withEnv("AWS_REGION", secret, () =>
        external({
          environment_id: "aws1",
          regional_cred_verification_url: "https://sts.{region}.amazonaws.com/",
        }).getRequestHeaders(),
      ),
  ],
  [
    "the account to impersonate",
    (secret) =>
      new ImpersonatedCredentials({ sourceCredentials: new AnonymousCredentials(), targetPrincipal: secret, scopes }),
  ],
  [
    "GOOGLE_API_CERTIFICATE_CONFIG",
    (secret) =>
      withEnv("GOOGLE_API_USE_CLIENT_CERTIFICATE", "true", () =>
        withEnv("GOOGLE_API_CERTIFICATE_CONFIG", secret, () => call({ rootUrl: "https://127.0.0.1:1/" })),
      ),
  ],
  [
    "the paths of a client certificate",
    async (secret) => {
      const path = await certificateConfig({ cert_path: secret, key_path: secret });
      return withEnv("GOOGLE_API_USE_CLIENT_CERTIFICATE", "true", () =>
        withEnv("GOOGLE_API_CERTIFICATE_CONFIG", path, () => call({ rootUrl: "https://127.0.0.1:1/" })),
      );
    },
  ],
  ["HTTPS_PROXY", (secret) => withEnv("HTTPS_PROXY", secret, () => call({ transport: undiciTransport() }))],
  ["http_proxy", (secret) => withEnv("http_proxy", secret, () => call({ rootUrl: "http://example.test/" }))],
  ["rootUrl", (rootUrl) => call({ rootUrl })],
  ["rootUrl as a host", (secret) => call({ rootUrl: `https://${secret}/` })],
  ["rootUrl over fetch", (secret) => call({ rootUrl: `https://${secret}/`, transport: fetchTransport() })],
  ["universeDomain", (universeDomain) => call({ universeDomain })],
  ["the region", (region) => call({ region })],
  ["the name of a header", (name) => call({ headers: { [name]: "authorization" } })],
  ["media.path", (path) => clientOf("http://127.0.0.1:1/").books.upload({ media: { body: { path } } } as never)],
];

describe.each(places)("%s", (_place, use) => {
  it.each(secrets)("does not show %s", async (_name, secret) => {
    const warnings: string[] = [];
    const spy = vi.spyOn(process, "emitWarning").mockImplementation((warning) => void warnings.push(String(warning)));
    onTestFinished(() => spy.mockRestore());
    // If the value is accepted, the request fails.
    const error = await thrownBy(() => use(secret)).catch((none: unknown) => none);
    const shown = [inspect(error, { depth: 9, showHidden: true }), JSON.stringify(error), ...warnings].join("\n");
    expect(shown.length).toBeGreaterThan(10);
    for (const part of partsOf(secret)) expect(shown.toLowerCase()).not.toContain(part.toLowerCase());
  });
});

/** Sections of a secret that must not be shown. */
function partsOf(secret: string): string[] {
  const start = Math.min(secret.length - 24, 30);
  const body = pkcs8.split("\n")[5] ?? "";
  return [secret, secret.slice(start, start + 24), ...(secret.includes(body) ? [body.slice(0, 20)] : [])];
}

describe("a key passed as a path", () => {
  it.each(secrets.filter(([name]) => /^(?:indented )?JSON|PEM|^Base64|data/.test(name)))(
    "%s: the message names the function that takes JSON",
    async (_name, secret) => {
      const looks = "It looks like the key itself, not the path of a file";
      for (const [use, name] of [
        [() => ServiceAccountCredentials.fromFile(secret), "ServiceAccountCredentials.fromJSON()"],
        [() => AuthorizedUserCredentials.fromFile(secret), "AuthorizedUserCredentials.fromJSON()"],
        [() => credentialsFromFile(secret), "credentialsFromJSON()"],
        [
          () => withEnv("GOOGLE_APPLICATION_CREDENTIALS", secret, () => applicationDefault()),
          "credentialsFromJSON(). Correct or unset GOOGLE_APPLICATION_CREDENTIALS",
        ],
      ] as const) {
        const error = await thrownBy(use);
        expect(error).toMatchObject({ code: "KEY_FILE_UNREADABLE" });
        expect(String(error)).toContain(looks);
        expect(String(error)).toContain(name);
      }
    },
  );
});

it("a file whose name looks like a secret is read without showing its name", async () => {
  const folder = await mkdtemp(join(tmpdir(), "discogen-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const odd = join(folder, "{tenant}");
  await mkdir(odd);
  await writeFile(join(odd, "key.json"), key, { mode: 0o600 });
  const credentials = await ServiceAccountCredentials.fromFile(join(odd, "key.json"));
  expect(credentials.email).toContain("@");
  await writeFile(join(odd, "key.json"), "{}");
  expect(String(await failureOf(ServiceAccountCredentials.fromFile(join(odd, "key.json"))))).not.toContain("{tenant}");
});
