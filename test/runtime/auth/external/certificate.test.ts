/** Certificates as subject tokens, over mutual TLS with a server that requires them. */
import { X509Certificate } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import os from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { ExternalAccountCredentials } from "../../../../runtime/src/auth.js";
import { undiciTransport } from "../../../../runtime/src/index.js";
import { type Certified, ca, certificateFor } from "../../support/certificates.js";
import { configOf, email, formOf, google, type Members, refusalOf, scopes, temporaryFolder } from "./support.js";

const server = certificateFor("localhost");
const client = certificateFor("workload");
const between = certificateFor("between");

const derOf = (pem: string): string => new X509Certificate(pem).raw.toString("base64");

beforeEach(() => {
  // The server's own certificate is not tested: this process does not know its authority.
  vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
  vi.stubEnv("GOOGLE_API_CERTIFICATE_CONFIG", "");
});
afterEach(() => void vi.unstubAllEnvs());

/** STS and IAM that require a certificate of the authority, and record its subject. */
async function secured(): Promise<{
  readonly url: string;
  readonly peers: string[];
  readonly bodies: string[];
  readonly connections: (string | undefined)[];
}> {
  const peers: string[] = [];
  const connections: (string | undefined)[] = [];
  const bodies: string[] = [];
  const options = { ...server, ca, requestCert: true };
  const listener = createServer(options, (request, response) => {
    // With `requestCert`, the socket is a TLS socket.
    peers.push(`${request.url ?? ""} ${String((request.socket as TLSSocket).getPeerCertificate().subject.CN)}`);
    connections.push(request.headers.connection);
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      bodies.push(body);
      const reply = request.url === "/v1/token" ? { access_token: "federated" } : { accessToken: "impersonated" };
      response.setHeader("content-type", "application/json").end(JSON.stringify(reply));
    });
  });
  await new Promise<void>((resolve) => void listener.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void listener.close());
  return { url: `https://127.0.0.1:${String((listener.address() as AddressInfo).port)}/`, peers, bodies, connections };
}

/** Writes a certificate and its configuration to files. */
async function installed(
  { cert, key }: Certified,
  chain?: string,
): Promise<{ readonly folder: string; readonly source: Members }> {
  const folder = await temporaryFolder();
  const path = (name: string): string => join(folder, name);
  const workload = { cert_path: path("cert.pem"), key_path: path("key.pem") };
  await writeFile(workload.cert_path, cert);
  await writeFile(workload.key_path, key);
  await writeFile(path("certificate_config.json"), JSON.stringify({ cert_configs: { workload } }));
  if (chain !== undefined) await writeFile(path("chain.pem"), chain);
  const certificateSource = {
    certificate_config_location: path("certificate_config.json"),
    ...(chain === undefined ? {} : { trust_chain_path: path("chain.pem") }),
  };
  return { folder, source: { certificate: certificateSource } };
}

const of = (url: string, credential_source: Members, rest: Members = {}): ExternalAccountCredentials =>
  ExternalAccountCredentials.fromJSON(
    configOf({
      subject_token_type: "urn:ietf:params:oauth:token-type:mtls",
      token_url: `${url}v1/token`,
      credential_source,
      ...rest,
    }),
    { scopes },
  );

describe("a certificate", () => {
  it("is presented by connections, and is the subject token", async () => {
    const { bodies, connections, peers, url } = await secured();
    const { source } = await installed(client);
    expect(await of(url, source).getRequestHeaders()).toEqual({ authorization: "Bearer federated" });
    expect(peers).toEqual(["/v1/token workload"]);
    expect(connections, "are not kept for an hour").toEqual(["close"]);
    const form = Object.fromEntries(new URLSearchParams(bodies[0]));
    expect(JSON.parse(form["subject_token"] ?? "")).toEqual([derOf(client.cert)]);
    expect(form["subject_token_type"]).toBe("urn:ietf:params:oauth:token-type:mtls");
  });

  it("is presented to IAM too", async () => {
    const { peers, url } = await secured();
    const { source } = await installed(client);
    const iam = `${url}v1/projects/-/serviceAccounts/${email}:generateAccessToken`;
    const auth = of(url, source, { service_account_impersonation_url: iam });
    expect(await auth.getRequestHeaders()).toEqual({ authorization: "Bearer impersonated" });
    expect(peers).toEqual([
      "/v1/token workload",
      `/v1/projects/-/serviceAccounts/${email}:generateAccessToken workload`,
    ]);
  });

  it("is read for every token", async () => {
    const { peers, url } = await secured();
    const { folder, source } = await installed(client);
    const auth = of(url, source);
    await auth.getRequestHeaders();
    const next = certificateFor("next");
    await writeFile(join(folder, "cert.pem"), next.cert);
    await writeFile(join(folder, "key.pem"), next.key);
    auth.invalidate();
    await auth.getRequestHeaders();
    expect(peers).toEqual(["/v1/token workload", "/v1/token next"]);
  });

  it.each<[string, () => Promise<{ readonly folder: string }>]>([
    [
      "through the environment",
      async () => {
        const one = await installed(client);
        vi.stubEnv("GOOGLE_API_CERTIFICATE_CONFIG", join(one.folder, "certificate_config.json"));
        return one;
      },
    ],
    [
      "in gcloud's folder",
      async () => {
        const one = await installed(client);
        vi.stubEnv("CLOUDSDK_CONFIG", one.folder);
        return one;
      },
    ],
  ])("is found %s", async (_name, prepare) => {
    const { peers, url } = await secured();
    await prepare();
    await of(url, { certificate: { use_default_certificate_config: true } }).getRequestHeaders();
    expect(peers).toEqual(["/v1/token workload"]);
  });

  it("is not presented by the caller's own transport", async () => {
    const { config, exchanges } = await google(/./);
    const { source } = await installed(client);
    await ExternalAccountCredentials.fromJSON(
      { ...config, credential_source: source },
      { scopes, transport: undiciTransport() },
    ).getRequestHeaders();
    expect(formOf(exchanges[0])["subject_token"]).toBe(JSON.stringify([derOf(client.cert)]));
  });
});

describe("the chain of a certificate", () => {
  it.each<[string, string, readonly string[]]>([
    ["without the client's certificate", `${between.cert}${ca}`, [derOf(client.cert), derOf(between.cert), derOf(ca)]],
    ["with the client's certificate first", `${client.cert}${between.cert}`, [derOf(client.cert), derOf(between.cert)]],
    ["that is empty", "", [derOf(client.cert)]],
  ])("%s", async (_name, chain, sent) => {
    const { bodies, url } = await secured();
    const { source } = await installed(client, chain);
    await of(url, source).getRequestHeaders();
    expect(JSON.parse(new URLSearchParams(bodies[0]).get("subject_token") ?? "")).toEqual(sent);
  });

  it("must not contain the client's certificate in the middle", async () => {
    const { source } = await installed(client, `${ca}${client.cert}`);
    const error = await refusalOf(of("https://127.0.0.1:1/", source).getRequestHeaders());
    expect(error.code).toBe("KEY_BROKEN");
    expect(error.message).toMatch(/chain\.pem must contain the client's certificate first, or not at all$/);
  });
});

describe("rejects", () => {
  it.each<[string, string, string | undefined, string, RegExp]>([
    [
      "a configuration that is not JSON",
      "certificate_config.json",
      "{",
      "KEY_NOT_JSON",
      /certificate_config\.json: is cut off/,
    ],
    [
      "a configuration for something else",
      "certificate_config.json",
      '{"cert_configs":{"pkcs11":{}}}',
      "KEY_FIELD_MISSING",
      /certificate_config\.json#\/cert_configs\/workload: is missing/,
    ],
    ["an invalid certificate", "cert.pem", "hush", "KEY_BROKEN", /cert\.pem contains no certificate$/],
    [
      "a damaged certificate",
      "cert.pem",
      client.cert.replace(/\n.{20}/, "\nAAAAAAAAAAAAAAAAAAAA"),
      "KEY_BROKEN",
      /cert\.pem contains a damaged certificate$/,
    ],
    [
      "the key of another certificate",
      "key.pem",
      between.key,
      "KEY_BROKEN",
      /do not match, or one of them is damaged$/,
    ],
    ["an invalid key", "key.pem", "hush", "KEY_BROKEN", /do not match, or one of them is damaged$/],
  ])("%s", async (_name, file, content, code, message) => {
    const { folder, source } = await installed(client);
    await writeFile(join(folder, file), content ?? "");
    const error = await refusalOf(of("https://127.0.0.1:1/", source).getRequestHeaders());
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)]);
    expect(inspect(error)).not.toContain("hush");
  });

  it("a configuration whose path is unknown", async () => {
    for (const name of ["APPDATA", "CLOUDSDK_CONFIG"]) vi.stubEnv(name, undefined);
    const homeless = vi.spyOn(os, "homedir").mockImplementation(() => {
      throw new Error("uv_os_homedir returned ENOENT");
    });
    onTestFinished(() => homeless.mockRestore());
    const auth = of("https://127.0.0.1:1/", { certificate: { use_default_certificate_config: true } });
    expect((await refusalOf(auth.getRequestHeaders())).message).toContain(
      "cannot find the certificate: GOOGLE_API_CERTIFICATE_CONFIG is not set, and gcloud's folder is unknown",
    );
  });

  it("a configuration that does not exist", async () => {
    vi.stubEnv("CLOUDSDK_CONFIG", "/no/such/folder");
    const auth = of("https://127.0.0.1:1/", { certificate: { use_default_certificate_config: true } });
    expect((await refusalOf(auth.getRequestHeaders())).message).toContain(
      "/no/such/folder/certificate_config.json cannot be read (ENOENT)",
    );
  });
});
