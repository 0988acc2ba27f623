/** Files that people take for credentials: each message says what the file is, and what to do. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import {
  applicationDefault,
  AuthorizedUserCredentials,
  credentialsFromFile,
  ExternalAccountCredentials,
  ServiceAccountCredentials,
} from "../../../runtime/src/auth.js";
import { keyFor, pkcs8 } from "../support/keys.js";
import { failureOf } from "../support/library.js";

afterEach(() => void vi.unstubAllEnvs());

const key = JSON.stringify(keyFor("http://127.0.0.1:1/token"));

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "discogen-"));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

/** Every way to a file. Each gets the path of an existing file. */
const doors: readonly ((path: string) => Promise<unknown>)[] = [
  (path) => ServiceAccountCredentials.fromFile(path),
  (path) => AuthorizedUserCredentials.fromFile(path),
  (path) => ExternalAccountCredentials.fromFile(path),
  (path) => credentialsFromFile(path),
  (path) => {
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", path);
    return applicationDefault();
  },
  async (path) => {
    const config = await folder();
    await symlink(path, join(config, "application_default_credentials.json"));
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", "");
    vi.stubEnv("CLOUDSDK_CONFIG", config);
    return applicationDefault();
  },
];

const object = (...members: readonly (readonly [string, unknown])[]): string =>
  JSON.stringify(Object.fromEntries(members));

it.each<[string, string | Buffer, string]>([
  ["an installed OAuth client", object(["installed", { client_id: "c" }]), "is the JSON of an OAuth client"],
  [
    "a web OAuth client",
    object(["web", { client_id: "c" }]),
    "OAuthClient.fromFile() or run `discogen login --client FILE`",
  ],
  [
    "a Firebase configuration",
    object(["apiKey", "AIza"], ["authDomain", "a.example"]),
    "is a Firebase configuration for apps",
  ],
  [
    "a Firebase configuration in JavaScript",
    'const config = {\n apiKey: "AIza",\n authDomain: "a" };',
    "is a Firebase configuration",
  ],
  [
    "google-services.json",
    object(["project_info", {}], ["client", []]),
    "is a Firebase configuration (google-services.json)",
  ],
  [
    "GoogleService-Info.plist",
    '<?xml version="1.0"?>\n<!DOCTYPE plist>\n<plist/>',
    "is a Firebase configuration (GoogleService-Info.plist)",
  ],
  [".boto", "[Credentials]\ngs_oauth2_refresh_token = 1//secret-text\n", "is a configuration of gsutil (.boto)"],
  ["gcloud's configuration", "[core]\nproject = p\n", "is an INI file"],
  [
    "credentials.db",
    Buffer.from("SQLite format 3\0\x10\0\x01\x01"),
    "is a SQLite database, for example gcloud's credentials.db",
  ],
  ["a P12", Buffer.from("30820a1b020103308209e106092a864886f7", "hex"), "is a PKCS#12 key (.p12, .pfx)"],
  ["a key in DER", Buffer.from("308204bd020100300d06092a864886f7", "hex"), "is a private key in DER"],
  ["a PEM", pkcs8, "is a bare private key, not JSON"],
  ["a certificate", "-----BEGIN CERTIFICATE-----\nMIIB", "is a certificate, not JSON"],
  ["an API key", `AIza${"a".repeat(35)}\n`, "is an API key. Pass it to new ApiKeyCredentials()"],
  ["an access token", "ya29.secret-text", "is an access token. Pass it to new AccessTokenCredentials()"],
  ["a JWT", "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJyIn0.c2ln", "is a JSON Web Token"],
  [".env", "# keys\nexport A_KEY=secret-text\n", "is a file of environment variables (.env)"],
  ["YAML", "type: service_account\nprivate_key: secret-text\n", "is YAML, not JSON"],
  ["HTML", "<!doctype html><html>", "is an HTML page"],
  ["Git LFS", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "is a pointer of Git LFS"],
  ["a symbolic link as text", "../secrets/key.json", "contains a path, not credentials"],
  ["sops", object(["type", "ENC[AES256_GCM]"], ["sops", {}]), "is encrypted. Decrypt it first"],
  ["a binary file", Buffer.from([1, 2, 0, 255, 254]), "is a binary file, not JSON"],
  ["zero bytes", Buffer.alloc(40), "contains only zero bytes"],
  ["a Python dictionary", "{'type': 'service_account'}", "is a Python dictionary, not JSON"],
  ["an empty file", "", "is empty"],
  ["a blank file", "\n", "is blank"],
  ["a cut off file", key.slice(0, 300), "is cut off: it is JSON without its end"],
  [
    "GDCH",
    object(["type", "gdch_service_account"]),
    '"gdch_service_account", a service identity of Google Distributed Cloud',
  ],
  [
    "a response with a new key",
    object(["privateKeyData", "secret-text"]),
    "The key file is its member privateKeyData, in Base64",
  ],
])("%s", async (_name, content, message) => {
  const path = join(await folder(), "file");
  await writeFile(path, content, { mode: 0o600 });
  for (const open of doors) {
    const error = String(await failureOf(open(path)));
    expect(error).toContain(message);
    expect(error).not.toContain("secret-text");
  }
});

it.each<[string, (text: string) => Buffer]>([
  ["UTF-16", (text) => Buffer.from(`\ufeff${text}`, "utf16le")],
  ["UTF-16 without a byte order mark", (text) => Buffer.from(text, "utf16le")],
  ["big-endian UTF-16", (text) => Buffer.from(`\ufeff${text}`, "utf16le").swap16()],
  ["UTF-8 with a byte order mark", (text) => Buffer.from(`\ufeff${text}`)],
  ["Base64", (text) => Buffer.from(Buffer.from(text).toString("base64"))],
])("reads a key file in %s", async (_name, encode) => {
  const path = join(await folder(), "key.json");
  await writeFile(path, encode(key), { mode: 0o600 });
  expect(await credentialsFromFile(path)).toBeInstanceOf(ServiceAccountCredentials);
});

describe.skipIf(process.platform === "win32")("a path", () => {
  it.each<[string, (at: string) => Promise<string>, RegExp]>([
    [
      "of a loop of symbolic links",
      async (at) => {
        await symlink(join(at, "b"), join(at, "a"));
        await symlink(join(at, "a"), join(at, "b"));
        return join(at, "a");
      },
      /: its symbolic links form a loop/,
    ],
    [
      "of a broken symbolic link",
      async (at) => {
        await symlink("../gone.json", join(at, "key.json"));
        return join(at, "key.json");
      },
      /: it is a symbolic link to \.\.\/gone\.json, which does not exist/,
    ],
    [
      "of a folder with one JSON file",
      async (at) => {
        await writeFile(join(at, "key.json"), key);
        return at;
      },
      /: it is a folder, not a key file\. It contains one JSON file: add key\.json to the path/,
    ],
    [
      "of a folder with other files",
      async (at) => {
        await mkdir(join(at, "x"));
        return at;
      },
      /: it is a folder, not a key file\. Add the name of the file/,
    ],
    ["of an empty folder", async (at) => at, /: it is an empty folder, not a key file\. Docker creates one/],
    ["that is too long", async (at) => join(at, "a".repeat(300)), /: the path is too long/],
    ["with a zero byte", async (at) => `${at}/a\0b`, /: the path contains a zero byte/],
    [
      "through a file",
      async (at) => (await writeFile(join(at, "f"), ""), join(at, "f/key.json")),
      /the key file does not exist/,
    ],
    ["in quotation marks", async (at) => `'${at}/key.json'`, /The path has quotation marks around it: remove them/],
    ["with a line break", async (at) => `${at}/key.json\n`, /The path begins or ends with white space/],
    ["with ~", async () => "~/key.json", /Only shells replace ~/],
    ["with a variable", async () => "$HOME/key.json", /Only shells replace variables/],
    ["that is a URL", async () => "file:///key.json", /Pass the path of a file, not a URL/],
    ["that is relative", async () => "gone/key.json", /The path is relative to \//],
  ])("%s", async (_name, create, message) => {
    const path = await create(await folder());
    for (const open of doors.slice(0, path.includes("\0") ? 4 : 5)) {
      const error = await failureOf(open(path));
      expect(error).toMatchObject({ code: "KEY_FILE_UNREADABLE", message: expect.stringMatching(message) as unknown });
    }
  });

  it("through symbolic links, as Kubernetes mounts secrets", async () => {
    const at = await folder();
    await mkdir(join(at, "..2026"));
    await writeFile(join(at, "..2026/key.json"), key, { mode: 0o600 });
    await symlink("..2026", join(at, "..data"));
    await symlink("..data/key.json", join(at, "key.json"));
    expect(await credentialsFromFile(join(at, "key.json"))).toBeInstanceOf(ServiceAccountCredentials);
  });

  it("a broken symbolic link in gcloud's folder is an error", async () => {
    const at = await folder();
    await symlink("/gone.json", join(at, "application_default_credentials.json"));
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", "");
    vi.stubEnv("CLOUDSDK_CONFIG", at);
    expect(String(await failureOf(applicationDefault()))).toContain(
      "it is a symbolic link to /gone.json, which does not exist",
    );
  });
});
