/** Mocks to test, and a minimal client: signs with jose, sends with fetch. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { importPKCS8, SignJWT } from "jose";
import { onTestFinished } from "vitest";
import { readDocument } from "../../../generator/src/discovery/read.js";
import {
  exampleFixtures,
  type Fixtures,
  type Json,
  type JsonObject,
  type Mock,
  type MockOptions,
  startMock,
} from "../../../generator/src/mock/index.js";
import { buildModel } from "../../../generator/src/model/build.js";
import type { ApiModel } from "../../../generator/src/model/types.js";
import { ROOT } from "../../support/folders.js";
import { libraryDocument } from "./library.js";

export const ADMIN = "https://www.googleapis.com/auth/sqlservice.admin";
export const CLOUD = "https://www.googleapis.com/auth/cloud-platform";
export const LIBRARY = "https://www.example.com/auth/library";
export const JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";

export const INSTANCES = "sql/v1beta3/projects/example-123/instances";

export function modelOf(text: string, file: string): ApiModel {
  return buildModel(readDocument(text, file).document, {}, () => {});
}

const sqladminFile = join(ROOT, "generator/documents/sqladmin.v1beta3.json");
export const sqladmin = modelOf(readFileSync(sqladminFile, "utf8"), sqladminFile);
export const library = modelOf(JSON.stringify(libraryDocument), "library.json");

/** Starts a mock that is closed after the test. */
export async function mockFor(options: Partial<MockOptions> = {}): Promise<Mock> {
  const mock = await startMock({ models: [sqladmin, library], ...options });
  onTestFinished(() => mock.close());
  return mock;
}

/** Changes to a valid assertion. A claim that is `undefined` is left out. */
export interface Signing {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: { readonly alg: string; readonly kid?: string };
  /** PKCS #8 in PEM. Default: the mock's key. */
  readonly privateKey?: string;
}

export const seconds = (): number => Math.floor(Date.now() / 1000);

export async function sign(mock: Mock, { claims, header, privateKey }: Signing = {}): Promise<string> {
  const iat = seconds();
  const aud = "https://oauth2.googleapis.com/token";
  const good = { iss: mock.key.client_email, scope: ADMIN, aud, iat, exp: iat + 3600 };
  return new SignJWT({ ...good, ...claims })
    .setProtectedHeader(header ?? { alg: "RS256", kid: mock.key.private_key_id })
    .sign(await importPKCS8(privateKey ?? mock.key.private_key, header?.alg ?? "RS256"));
}

/** A response with its body. */
export interface MockedResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json | undefined;
}

export async function responseOf(response: Response): Promise<MockedResponse> {
  const text = await response.text();
  const isJson = (response.headers.get("content-type") ?? "").startsWith("application/json");
  const body: Json | undefined = text === "" ? undefined : isJson ? JSON.parse(text) : text;
  return { status: response.status, headers: response.headers, body };
}

export async function exchange(mock: Mock, form: Record<string, string>): Promise<MockedResponse> {
  return responseOf(await fetch(mock.tokenUrl, { method: "POST", body: new URLSearchParams(form) }));
}

export async function tokenFor(mock: Mock, claims: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const { body } = await exchange(mock, { grant_type: JWT_BEARER, assertion: await sign(mock, { claims }) });
  return String(object(body)["access_token"]);
}

/** Returns the example data of Cloud SQL for each of these projects. */
export function exampleFor(projects: readonly string[]): Fixtures {
  const [[path = "", instances = []] = []] = Object.entries(exampleFixtures([sqladmin]));
  return Object.fromEntries(
    projects.map((project) => [
      path.replace("example-123", project),
      instances.map((instance) => ({ ...instance, project })),
    ]),
  );
}

/** Part of the response to a request that the mock does not model. */
export const refused = { status: 400, body: { error: { errors: [{ reason: "MOCK_NOT_MODELLED" }] } } };

export type Call = (verb: string, path: string, body?: Json) => Promise<MockedResponse>;

/** Returns a function that sends requests with a token for every scope. */
export async function authorized(mock: Mock, claims: Readonly<Record<string, unknown>> = {}): Promise<Call> {
  const token = await tokenFor(mock, { scope: `${ADMIN} ${CLOUD} ${LIBRARY}`, ...claims });
  return async (verb, path, body) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    return responseOf(await fetch(mock.url + path, { method: verb, headers, ...sent }));
  };
}

export function object(value: Json | undefined): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new TypeError("no object");
  // Arrays are excluded above; `isArray` does not narrow readonly arrays.
  return value as JsonObject;
}
