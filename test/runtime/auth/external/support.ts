/** A configuration of an external account, and local servers for Google's STS and IAM that check requests. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { AuthError } from "../../../../runtime/src/index.js";
import { failureOf } from "../../support/library.js";
import { type Seen, type TestServer, json, serve } from "../../support/server.js";

export const audience =
  "//iam.googleapis.com/projects/123/locations/global/workloadIdentityPools/pool/providers/provider";
export const jwt = "urn:ietf:params:oauth:token-type:jwt";
export const scopes: readonly string[] = ["https://example.com/auth/a", "https://example.com/auth/b"];
export const cloudPlatform = "https://www.googleapis.com/auth/cloud-platform";
export const email = "robot@example-123.iam.gserviceaccount.com";

/** The members of a configuration; `undefined` removes one. */
export type Members = Record<string, unknown>;

export function configOf(members: Members): Members {
  return { type: "external_account", audience, subject_token_type: jwt, ...members };
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "discogen-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

export async function temporaryFile(text: string, name = "token"): Promise<string> {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, text);
  return path;
}

export function formOf(request: Seen | undefined): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(request?.body));
}

/** The error of a promise, which must be a `DiscogenError`. */
export async function refusalOf(promise: PromiseLike<unknown>): Promise<AuthError> {
  const error = await failureOf(promise);
  if (error instanceof AuthError) return error;
  throw new Error("expected an AuthError", { cause: error });
}

/** Returns why the STS rejects a subject token, or `undefined` if it accepts it. */
export type Verify = (token: string) => Promise<string | undefined>;

function verifier(subject: string | RegExp | Verify): Verify {
  if (typeof subject === "function") return subject;
  const accepts = (token: string): boolean => (typeof subject === "string" ? token === subject : subject.test(token));
  return async (token) => (accepts(token) ? undefined : `bad token ${token}`);
}

/**
 * An STS at `/v1/token` that accepts the subject token `subject`, and an IAM that accepts the STS's tokens. Tokens are
 * numbered: `federated-1`, `impersonated-1`, `id-1`. `now` is its clock.
 */
export async function google(
  subject: string | RegExp | Verify = "subject",
  now: () => number = Date.now,
): Promise<
  TestServer & {
    readonly exchanges: Seen[];
    readonly impersonations: Seen[];
    readonly config: Members;
    readonly impersonationUrl: string;
  }
> {
  const exchanges: Seen[] = [];
  const impersonations: Seen[] = [];
  const verify = verifier(subject);
  const server = await serve(async (request, response) => {
    response.setHeader("date", new Date(now()).toUTCString());
    if (request.url === "/v1/token") {
      exchanges.push(request);
      const form = formOf(request);
      const token = form["subject_token"] ?? "";
      const problem = await verify(token);
      const isGood =
        problem === undefined &&
        form["grant_type"] === "urn:ietf:params:oauth:grant-type:token-exchange" &&
        form["requested_token_type"] === "urn:ietf:params:oauth:token-type:access_token" &&
        request.headers["content-type"] === "application/x-www-form-urlencoded";
      if (!isGood) return json(response, 400, { error: "invalid_grant", error_description: problem });
      return json(response, 200, {
        access_token: `federated-${String(exchanges.length)}`,
        issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
        token_type: "Bearer",
        expires_in: 3600,
      });
    }
    impersonations.push(request);
    if (request.headers.authorization !== `Bearer federated-${String(exchanges.length)}`)
      return json(response, 401, { error: { code: 401, message: "no", status: "UNAUTHENTICATED" } });
    const expireTime = new Date(Date.now() + 3_600_000).toISOString();
    const number = String(impersonations.length);
    return request.url.endsWith(`/serviceAccounts/${email}:generateAccessToken`)
      ? json(response, 200, { accessToken: `impersonated-${number}`, expireTime })
      : json(response, 200, { token: `id-${number}` });
  });
  return {
    ...server,
    exchanges,
    impersonations,
    config: configOf({ token_url: `${server.url}v1/token` }),
    impersonationUrl: `${server.url}v1/projects/-/serviceAccounts/${email}:generateAccessToken`,
  };
}
