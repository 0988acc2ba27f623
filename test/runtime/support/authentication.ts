/** Local servers for authentication, which verify their requests, and a transport to them. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type Transport, undiciTransport } from "../../../runtime/src/index.js";
import { idTokenFor, signJwt } from "./keys.js";
import { type Handler, type Seen, type TestServer, json, serve } from "./server.js";

/** Sends requests for these origins to local servers, and rejects all others. */
export function rerouted(routes: { readonly [origin: string]: string }): Transport {
  const transport = undiciTransport();
  return {
    send: (request) => {
      const url = routes[request.origin];
      if (url === undefined) throw new Error(`nothing may go to ${request.origin}`);
      return transport.send({ ...request, origin: new URL(url).origin });
    },
  };
}

/** A file in its own folder that only its owner can read. */
export async function temporaryFile(name: string, content: unknown, mode = 0o600): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "discogen-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, name);
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content), { mode });
  return path;
}

/** The host and port of a server. */
export const hostOf = (server: TestServer): string => new URL(server.url).host;

/** Paths of requests, without the metadata server's root. */
export const paths = (seen: readonly Seen[]): string[] =>
  seen.map((one) => decodeURIComponent(one.url.replace("/computeMetadata/v1/", "")));

/** A metadata server. `answers` overrides its responses for some paths. */
export async function metadataServer(
  answers: { readonly [path: string]: Handler } = {},
  flavor: Record<string, string> = { "metadata-flavor": "Google" },
): Promise<TestServer> {
  return serve(async (request, response, index) => {
    if (request.headers["metadata-flavor"] !== "Google") return void response.writeHead(403).end();
    const { pathname, searchParams } = new URL(request.url, "http://metadata");
    const path = pathname.replace("/computeMetadata/v1/", "");
    const own = answers[path];
    if (own !== undefined) return own(request, response, index);
    const text = (body: string): void => void response.writeHead(200, flavor).end(body);
    switch (path) {
      case "/":
        return text("computeMetadata/\n");
      case "universe/universe-domain":
        return text("googleapis.com");
      case "instance/service-accounts/default/email":
        return text("robot@example-123.iam.gserviceaccount.com");
      case "instance/service-accounts/default/token":
        return json(response, 200, { access_token: `metadata-${String(index)}`, expires_in: 3600 }, flavor);
      case "instance/service-accounts/default/identity":
        return text(await idTokenFor(searchParams.get("audience") ?? ""));
      default:
        return void response.writeHead(404, flavor).end("not found");
    }
  });
}

/** A request to IAM: account, method, authorization and body. */
export interface IamRequest {
  readonly account: string;
  readonly method: string;
  readonly authorization: string | undefined;
  readonly body: { readonly [name: string]: unknown };
}

/** IAM's endpoint for impersonation. `refuse` overrides responses. */
export async function iamServer(refuse?: Handler): Promise<TestServer & { readonly requests: IamRequest[] }> {
  const requests: IamRequest[] = [];
  const server = await serve(async (request, response, index) => {
    const [, account = "", method = ""] =
      /^\/v1\/projects\/-\/serviceAccounts\/([^/:]+):(\w+)$/.exec(decodeURIComponent(request.url)) ?? [];
    const body = JSON.parse(request.body) as IamRequest["body"]; // the tests check it
    requests.push({ account, method, authorization: request.headers.authorization, body });
    if (refuse !== undefined) await refuse(request, response, index);
    if (response.writableEnded) return;
    switch (method) {
      case "generateAccessToken": {
        const expireTime = new Date(Date.now() + Number.parseInt(String(body["lifetime"]), 10) * 1000).toISOString();
        return json(response, 200, { accessToken: `impersonated-${String(index)}`, expireTime });
      }
      case "generateIdToken":
        return json(response, 200, { token: await idTokenFor(String(body["audience"])) });
      case "signJwt":
        return json(response, 200, {
          keyId: "k",
          signedJwt: await signJwt(JSON.parse(String(body["payload"])) as Record<string, unknown>),
        });
      default:
        return json(response, 404, { error: { code: 404, status: "NOT_FOUND", message: request.url } });
    }
  });
  return { ...server, requests };
}
