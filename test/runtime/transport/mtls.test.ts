/** Client certificates, by option and by environment, with servers that require one. */
import { createPrivateKey } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { inspect } from "node:util";
import { Agent } from "undici";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { type ClientOptions, InvalidRequestError } from "../../../runtime/src/index.js";
import { temporaryFolder } from "../../support/folders.js";
import { ca, certificateFor } from "../support/certificates.js";
import { clientOf, failureOf, LibraryClient } from "../support/library.js";
import { proxyTo } from "../support/proxy.js";

const robot = certificateFor("robot.test");

interface StrictServer {
  readonly url: string;
  /** The name in the certificate of each request. */
  readonly names: string[];
  connections: number;
}

/** A server that rejects clients without a certificate of the test authority. */
async function strictServer(): Promise<StrictServer> {
  const options = { ...certificateFor("library.test"), ca, requestCert: true, rejectUnauthorized: true };
  const server = createServer(options, (request, response) => {
    // Requests of an https server come over TLS.
    strict.names.push((request.socket as TLSSocket).getPeerCertificate().subject.CN?.toString() ?? "");
    response.end("{}");
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `https://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
  const strict: StrictServer = { url, names: [], connections: 0 };
  server.on("secureConnection", () => strict.connections++);
  return strict;
}

const variables = [
  "APPDATA",
  "CLOUDSDK_CONFIG",
  "GOOGLE_API_CERTIFICATE_CONFIG",
  "GOOGLE_API_USE_CLIENT_CERTIFICATE",
  "GOOGLE_API_USE_MTLS_ENDPOINT",
  "HTTPS_PROXY",
  "HTTP_PROXY",
  "NO_PROXY",
  "https_proxy",
  "http_proxy",
  "no_proxy",
];

beforeEach(() => {
  for (const name of variables) vi.stubEnv(name, undefined);
  // Node reads the trusted authorities at startup, so they cannot be set here.
  vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
  vi.spyOn(process, "emitWarning").mockReturnValue();
  onTestFinished(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });
});

/** Writes certificate, key and configuration. Returns the folder. */
async function configured(config?: unknown): Promise<string> {
  const folder = await temporaryFolder();
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  await writeFile(cert, robot.cert);
  await writeFile(key, robot.key);
  const workload = { cert_path: cert, key_path: key };
  const text = typeof config === "string" ? config : JSON.stringify(config ?? { cert_configs: { workload } });
  await writeFile(join(folder, "certificate_config.json"), text);
  return folder;
}

describe("a certificate", () => {
  it("is sent, over connections that clones share", async () => {
    const server = await strictServer();
    const client = clientOf(server.url, { mtls: robot });
    await client.books.list();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await client.withOptions({ quotaProject: "q" }).books.list();
    expect([server.names, server.connections]).toEqual([["robot.test", "robot.test"], 1]);
  });

  it("is required by the server", async () => {
    const server = await strictServer();
    const error = await failureOf(clientOf(server.url, { retry: false }).books.list());
    expect(error).toMatchObject({ code: "CONNECTION_FAILED" });
    expect(server.names).toEqual([]);
  });

  it("can be bytes, with an encrypted key", async () => {
    const server = await strictServer();
    const cipher = { cipher: "aes-256-cbc", passphrase: "s3cret" };
    const key = createPrivateKey(robot.key).export({ type: "pkcs8", format: "pem", ...cipher });
    const mtls = { cert: new TextEncoder().encode(robot.cert), key: Buffer.from(key), passphrase: "s3cret" };
    await clientOf(server.url, { mtls }).books.list();
    expect(server.names).toEqual(["robot.test"]);
  });

  it("is sent through a proxy of the environment", async () => {
    const server = await strictServer();
    const proxy = await proxyTo(server.url);
    vi.stubEnv("HTTPS_PROXY", proxy.url);
    await clientOf("https://library.test/", { mtls: robot }).books.list();
    expect([server.names, proxy.requested]).toEqual([["robot.test"], ["library.test:443"]]);
  });
});

describe("the environment", () => {
  it.each(["GOOGLE_API_CERTIFICATE_CONFIG", "CLOUDSDK_CONFIG", "APPDATA or HOME"])(
    "names a certificate by %s",
    async (name) => {
      const server = await strictServer();
      const folder = await configured();
      if (name === "GOOGLE_API_CERTIFICATE_CONFIG") vi.stubEnv(name, join(folder, "certificate_config.json"));
      else if (name === "CLOUDSDK_CONFIG") vi.stubEnv(name, folder);
      else {
        const home = await temporaryFolder();
        const gcloud = process.platform === "win32" ? join(home, "gcloud") : join(home, ".config/gcloud");
        await mkdir(gcloud, { recursive: true });
        const workload = { cert_path: join(folder, "cert.pem"), key_path: join(folder, "key.pem") };
        await writeFile(join(gcloud, "certificate_config.json"), JSON.stringify({ cert_configs: { workload } }));
        vi.stubEnv("HOME", home);
        vi.stubEnv("APPDATA", home);
      }
      vi.stubEnv("GOOGLE_API_USE_CLIENT_CERTIFICATE", "true");
      await clientOf(server.url).books.list();
      expect(server.names).toEqual(["robot.test"]);
    },
  );

  it.each<[string, string | undefined, ClientOptions]>([
    ["can turn certificates off", "false", {}],
    ["uses no certificate by default", undefined, {}],
    ["is ignored with mtls: false", "true", { mtls: false }],
    ["is ignored with a dispatcher", "true", { dispatcher: new Agent() }],
  ])("%s", async (_name, value, options) => {
    const server = await strictServer();
    vi.stubEnv("CLOUDSDK_CONFIG", await configured());
    vi.stubEnv("GOOGLE_API_USE_CLIENT_CERTIFICATE", value);
    const error = await failureOf(clientOf(server.url, { retry: false, ...options }).books.list());
    expect(error).toMatchObject({ code: "CONNECTION_FAILED" });
    expect(server.names).toEqual([]);
  });

  it("is ignored if gcloud has no certificate", async () => {
    vi.stubEnv("CLOUDSDK_CONFIG", await temporaryFolder());
    vi.stubEnv("GOOGLE_API_USE_CLIENT_CERTIFICATE", "true");
    const error = await failureOf(clientOf("http://127.0.0.1:1/", { retry: false }).books.list());
    expect(error).toMatchObject({ code: "CONNECTION_FAILED", systemCode: "ECONNREFUSED" });
  });

  it.each<[string, unknown, RegExp]>([
    ["not JSON", "{", /certificate_config\.json is not JSON/],
    [
      "no workload",
      { cert_configs: { macos_keychain: {} } },
      /certificate_config\.json contains no cert_configs\.workload\.cert_path/,
    ],
    [
      "a missing file",
      { cert_configs: { workload: { cert_path: "/nowhere/c.pem", key_path: "/nowhere/k.pem" } } },
      /\/nowhere\/c\.pem cannot be read \(ENOENT\)/,
    ],
  ])("names the file with the problem: %s", async (_name, config, want) => {
    const folder = await configured(config);
    vi.stubEnv("GOOGLE_API_USE_CLIENT_CERTIFICATE", "true");
    vi.stubEnv("GOOGLE_API_CERTIFICATE_CONFIG", join(folder, "certificate_config.json"));
    const error = await failureOf(clientOf("https://127.0.0.1:1/").books.list());
    expect(error).toBeInstanceOf(InvalidRequestError);
    expect(error).toMatchObject({ code: "INVALID_OPTION", message: expect.stringMatching(want) });
    expect(String(error)).toContain("pass mtls: false");
  });

  it("is read again after an error, because the user may have fixed the file", async () => {
    const server = await strictServer();
    const folder = await configured("{");
    vi.stubEnv("GOOGLE_API_USE_CLIENT_CERTIFICATE", "true");
    vi.stubEnv("GOOGLE_API_CERTIFICATE_CONFIG", join(folder, "certificate_config.json"));
    const client = clientOf(server.url);
    await failureOf(client.books.list());
    const workload = { cert_path: join(folder, "cert.pem"), key_path: join(folder, "key.pem") };
    await writeFile(join(folder, "certificate_config.json"), JSON.stringify({ cert_configs: { workload } }));
    await client.books.list();
    expect(server.names).toEqual(["robot.test"]);
  });
});

describe("rejected", () => {
  it.each<[string, ClientOptions, string]>([
    [
      "a certificate without its key",
      { mtls: { cert: "c" } as ClientOptions["mtls"] },
      "must be false or { cert, key, passphrase? }",
    ],
    ["true", { mtls: true as unknown as false }, "must be false or { cert, key, passphrase? }"],
    ["an empty key", { mtls: { cert: "c", key: "" } }, "must be false or { cert, key, passphrase? }"],
    [
      "a certificate together with a dispatcher",
      { mtls: robot, dispatcher: { dispatch: () => true } },
      "cannot be combined with dispatcher",
    ],
    [
      "a certificate together with a transport",
      { mtls: robot, transport: { send: () => Promise.reject(new Error("unused")) } },
      "cannot be combined with transport",
    ],
  ])("%s", (_name, options, want) => {
    expect(() => new LibraryClient(options)).toThrow(
      expect.objectContaining({
        code: "INVALID_OPTION",
        faults: [{ parameter: "mtls", message: expect.stringContaining(want) }],
      }),
    );
  });

  it.each([
    ["an invalid certificate", { cert: "no certificate", key: robot.key }],
    ["a certificate with the key of another one", { cert: robot.cert, key: certificateFor("other.test").key }],
  ])("%s, with the first request and without showing the key", async (_name, mtls) => {
    const error = await failureOf(clientOf("https://127.0.0.1:1/", { mtls }).books.list());
    expect(error).toMatchObject({ code: "INVALID_OPTION", faults: [{ parameter: "mtls" }] });
    expect(inspect(error, { depth: 9 })).not.toContain(mtls.key.split("\n")[1]);
  });

  it("not clones that replace the certificate by a dispatcher, or set it again", () => {
    const dispatcher = { dispatch: () => true };
    const clone = new LibraryClient({ mtls: robot }).withOptions({ dispatcher });
    expect(() => clone.withOptions({ mtls: robot })).not.toThrow();
  });
});
