/** Token responses have a maximum size, and are not read after the call has ended. */
import { once } from "node:events";
import { chmod, readFile, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  AuthorizedUserCredentials,
  type Credentials,
  ExternalAccountCredentials,
  ImpersonatedCredentials,
  AccessTokenCredentials,
  MetadataCredentials,
  ServiceAccountCredentials,
} from "../../../runtime/src/auth.js";
import { fetchTransport, type Transport, undiciTransport } from "../../../runtime/src/index.js";
import { countingAgent } from "../../../scripts/faults/agent.js";
import { keyFor } from "../support/keys.js";
import { clientOf, failureOf } from "../support/library.js";
import { serve } from "../support/server.js";
import { rerouted } from "../support/authentication.js";
import { configOf, scopes, temporaryFolder } from "./external/support.js";

afterEach(() => vi.unstubAllEnvs());

const limit = 1024 * 1024;
const address = "robot@example-123.iam.gserviceaccount.com";

interface Endless {
  readonly url: string;
  /** Bytes that were read of all responses. */
  sent(): number;
  /** Responses that have not ended. */
  open(): number;
}

/** A server whose responses never end, with `pause` milliseconds between two chunks. */
async function endless(chunk: string, pause?: number): Promise<Endless> {
  let sent = 0;
  let open = 0;
  const { url } = await serve(async (_request, response: ServerResponse) => {
    response.writeHead(200, { "content-type": "application/json", "metadata-flavor": "Google" });
    open++;
    const closed = once(response, "close").then(() => void open--);
    while (!response.destroyed) {
      sent += chunk.length;
      if (!response.write(chunk)) await Promise.race([once(response, "drain"), closed]);
      else await setTimeout(pause ?? 0);
    }
  });
  return { url, sent: () => sent, open: () => open };
}

const kinds: readonly (readonly [string, (url: string) => Credentials])[] = [
  ["a token endpoint", (url) => ServiceAccountCredentials.fromJSON(keyFor(url), { scopes })],
  [
    "a user's token endpoint",
    (url) =>
      AuthorizedUserCredentials.fromJSON({ client_id: "c", client_secret: "s", refresh_token: "r", token_uri: url }),
  ],
  ["a metadata server", (url) => new MetadataCredentials({ host: new URL(url).host })],
  [
    "IAM",
    (url) =>
      new ImpersonatedCredentials({
        sourceCredentials: new AccessTokenCredentials("source"),
        targetPrincipal: address,
        scopes,
        transport: rerouted({ "https://iamcredentials.googleapis.com": url }),
      }),
  ],
  [
    "the STS",
    (url) =>
      ExternalAccountCredentials.fromJSON(configOf({ token_url: url }), {
        scopes,
        subjectToken: async () => "subject",
      }),
  ],
  [
    "the URL of a subject token",
    (url) => ExternalAccountCredentials.fromJSON(configOf({ credential_source: { url } }), { scopes }),
  ],
  [
    "AWS",
    (url) => {
      vi.stubEnv("AWS_REGION", "");
      vi.stubEnv("AWS_DEFAULT_REGION", "");
      const source = {
        environment_id: "aws1",
        region_url: url,
        regional_cred_verification_url: "https://sts.{region}.amazonaws.com/",
      };
      return ExternalAccountCredentials.fromJSON(configOf({ credential_source: source }), { scopes });
    },
  ],
  [
    "AWS's keys of a container",
    (url) => {
      vi.stubEnv("AWS_REGION", "eu-west-1");
      vi.stubEnv("AWS_ACCESS_KEY_ID", "");
      vi.stubEnv("AWS_CONTAINER_CREDENTIALS_FULL_URI", url);
      const source = {
        environment_id: "aws1",
        regional_cred_verification_url: "https://sts.{region}.amazonaws.com/",
      };
      return ExternalAccountCredentials.fromJSON(configOf({ credential_source: source }), { scopes });
    },
  ],
];

describe("a response that never ends", () => {
  it.each(kinds)("is read up to 1 MiB: %s", async (_name, make) => {
    const server = await endless("x".repeat(64 * 1024));
    const error = await failureOf(make(server.url).getRequestHeaders());
    expect(error).toMatchObject({
      code: "TOKEN_UNAVAILABLE",
      message: expect.stringContaining("is longer than 1 MiB") as string,
    });
    await vi.waitFor(() => expect(server.open()).toBe(0));
    // Plus the buffers of both sides.
    expect(server.sent()).toBeLessThan(32 * limit);
  });

  it.each<[string, () => Transport["send"]]>([
    ["a string", () => async () => ({ status: 200, headers: {}, body: "x".repeat(2 * limit) })],
    ["bytes", () => async () => ({ status: 200, headers: {}, body: new Uint8Array(2 * limit) })],
    [
      "chunks",
      () => async () => ({
        status: 200,
        headers: {},
        body: (async function* () {
          for (;;) yield new Uint8Array(1024).fill(120);
        })(),
      }),
    ],
  ])("is rejected if a transport has no limit: %s", async (_name, send) => {
    const auth = ServiceAccountCredentials.fromJSON(keyFor("https://a"), { scopes, transport: { send: send() } });
    expect(await failureOf(auth.getRequestHeaders())).toMatchObject({
      code: "TOKEN_UNAVAILABLE",
      message: expect.stringContaining("is longer than 1 MiB") as string,
    });
  });

  it.each(
    kinds.flatMap(([name, make]) => [
      [`${name}, by the timeout`, make, { totalTimeout: 300 }] as const,
      [`${name}, by the signal`, make, undefined] as const,
    ]),
  )("is not read after the call: %s", async (_name, make, options) => {
    const server = await endless("x", 10);
    const client = clientOf("http://127.0.0.1:1/", { auth: make(server.url) });
    const controller = new AbortController();
    const { signal } = controller;
    const call = failureOf(client.books.list({}, options ?? { signal }));
    await vi.waitFor(() => expect(server.sent()).toBeGreaterThan(2));
    if (options === undefined) controller.abort();
    expect(await call).toMatchObject({ code: options === undefined ? "ABORTED" : "TOTAL_TIMEOUT" });
    await vi.waitFor(() => expect(server.open()).toBe(0), { timeout: 1000 });
    const sent = server.sent();
    await setTimeout(100);
    expect(server.sent()).toBe(sent);
  });

  it.each<[string, () => Transport]>([
    ["undici", () => undiciTransport(countingAgent({}, () => undefined).dispatcher)],
    ["the default", () => undiciTransport()],
    ["fetch", () => fetchTransport()],
  ])("is not read after the call, over %s", async (_name, make) => {
    const server = await endless("x", 10);
    const auth = ServiceAccountCredentials.fromJSON(keyFor(server.url), { scopes, transport: make() });
    const client = clientOf("http://127.0.0.1:1/", { auth });
    await failureOf(client.books.list({}, { totalTimeout: 300 }));
    await vi.waitFor(() => expect(server.open()).toBe(0), { timeout: 1000 });
  });

  it("is not read after the call if it begins later", async () => {
    let open = 0;
    const { url } = await serve(async (_request, response) => {
      await setTimeout(500);
      open++;
      response.on("close", () => open--).writeHead(200, { "content-type": "application/json" });
      while (!response.destroyed) {
        response.write("x");
        await setTimeout(10);
      }
    });
    const client = clientOf("http://127.0.0.1:1/", {
      auth: ServiceAccountCredentials.fromJSON(keyFor(url), { scopes }),
    });
    await failureOf(client.books.list({}, { totalTimeout: 300 }));
    await vi.waitFor(() => expect(open).toBe(1), { timeout: 2000 });
    await vi.waitFor(() => expect(open).toBe(0), { timeout: 1000 });
  });

  it("is read while another call waits for it", async () => {
    const server = await endless("x", 10);
    const auth = ServiceAccountCredentials.fromJSON(keyFor(server.url), { scopes });
    const client = clientOf("http://127.0.0.1:1/", { auth });
    const other = failureOf(client.books.list({}, { totalTimeout: 1000 }));
    await failureOf(client.books.list({}, { totalTimeout: 200 }));
    await setTimeout(200);
    expect(server.open()).toBe(1);
    await other;
    await vi.waitFor(() => expect(server.open()).toBe(0), { timeout: 1000 });
  });
});

describe.skipIf(process.platform === "win32")("an executable", () => {
  async function program(script: string): Promise<ExternalAccountCredentials> {
    vi.stubEnv("GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES", "1");
    const path = join(await temporaryFolder(), "program");
    await writeFile(path, `#!/bin/sh\n${script}\n`);
    await chmod(path, 0o700);
    return ExternalAccountCredentials.fromJSON(configOf({ credential_source: { executable: { command: path } } }), {
      scopes,
    });
  }

  it.each(["yes", "yes >&2", "while :; do yes; done", "cat /dev/zero"])("is read up to 1 MiB: %s", async (script) => {
    expect(await failureOf((await program(script)).getRequestHeaders())).toMatchObject({
      code: "TOKEN_UNAVAILABLE",
      message: expect.stringContaining("prints more than 1 MiB") as string,
    });
  });

  it("ends with the call", async () => {
    const file = join(await temporaryFolder(), "beats");
    const auth = await program(`while :; do echo x >> '${file}'; sleep 0.05; done`);
    const client = clientOf("http://127.0.0.1:1/", { auth });
    expect(await failureOf(client.books.list({}, { totalTimeout: 500 }))).toMatchObject({ code: "TOTAL_TIMEOUT" });
    await setTimeout(200);
    const beats = (await readFile(file, "utf8")).length;
    await setTimeout(300);
    expect((await readFile(file, "utf8")).length).toBe(beats);
  });
});
