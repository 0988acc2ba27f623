/** Copies of the runtime in one program: ES modules, CommonJS, the build for browsers, and a second installation. */
import { cp, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type * as generated from "@discogen/generated/sqladmin/v1beta3";
import type * as runtime from "@discogen/runtime";
import type * as auth from "@discogen/runtime/auth";
import type * as testing from "@discogen/runtime/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { keyFor, tokenServer } from "../runtime/support/keys.js";
import { json, serve } from "../runtime/support/server.js";
import { ROOT, temporaryFolder } from "../support/folders.js";

type Copy = typeof runtime & typeof auth & typeof testing;

const require = createRequire(import.meta.url);

/** Returns the exports of a copy. `load` returns the exports of a file below `dist`. */
async function copyOf(load: (file: string) => Promise<object>): Promise<Copy> {
  const [index, auth, testing] = await Promise.all(["index", "auth/index", "testing/index"].map(load));
  return { ...index, ...auth, ...testing } as Copy; // the three entries
}

const esModules = (dist: string) => copyOf((file) => import(join(dist, `${file}.js`)));
const commonJs = (dist: string) => copyOf((file) => Promise.resolve(require(join(dist, `${file}.cjs`)) as object));

async function installedAgain(): Promise<Copy> {
  const folder = join(await temporaryFolder(), "node_modules/@discogen/runtime");
  await cp(join(ROOT, "runtime/dist"), join(folder, "dist"), { recursive: true });
  await cp(join(ROOT, "runtime/package.json"), join(folder, "package.json"));
  for (const name of ["jose", "undici"]) await symlink(join(ROOT, "node_modules", name), join(folder, "../..", name));
  return esModules(join(folder, "dist/esm"));
}

const NAMES = ["ES modules", "CommonJS", "the browser build", "an installed copy"] as const;
const copies = new Map<string, Copy>();

beforeAll(async () => {
  copies.set("ES modules", await esModules(join(ROOT, "runtime/dist/esm")));
  copies.set("CommonJS", await commonJs(join(ROOT, "runtime/dist/cjs")));
  copies.set("the browser build", await commonJs(join(ROOT, "runtime/dist/web")));
});

async function copy(name: string): Promise<Copy> {
  const known = copies.get(name) ?? (await installedAgain());
  copies.set(name, known);
  return known;
}

const PAIRS = NAMES.flatMap((creator) =>
  NAMES.filter((other) => other !== creator).map((other) => [creator, other] as const),
);

/** Returns the names of the classes of a copy that a value is an instance of. */
function classesOf(value: unknown, copy: Copy): readonly string[] {
  return Object.entries(copy)
    .filter(([, member]) => typeof member === "function" && "prototype" in member && value instanceof member)
    .map(([name]) => name);
}

const errorsOf = ({
  AbortError,
  ApiError,
  AuthError,
  ConnectionError,
  DiscogenError,
  InvalidRequestError,
  OperationError,
  TimeoutError,
  UploadError,
}: Copy) => [
  new AbortError("m"),
  new ApiError({ message: "m", status: 404, response: { url: "https://a/", status: 404, headers: new Headers() } }),
  new AuthError("NO_SCOPES", "m"),
  new ConnectionError("m"),
  new DiscogenError("DISK_FULL", "m"),
  new InvalidRequestError("s", []),
  new OperationError("a.b", {}, {}),
  new TimeoutError("m", 1),
  new UploadError("UPLOAD_FAILED", "m"),
];

const credentialsOf = (of: Copy) => {
  const account = of.ServiceAccountCredentials.fromJSON(keyFor("http://127.0.0.1:1/token"));
  return [
    account,
    new of.AccessTokenCredentials("t"),
    new of.ApiKeyCredentials("k"),
    new of.AnonymousCredentials(),
    new of.MetadataCredentials(),
    new of.ImpersonatedCredentials({ sourceCredentials: account, targetPrincipal: "a@b" }),
    of.AuthorizedUserCredentials.fromJSON({
      type: "authorized_user",
      client_id: "i",
      client_secret: "s",
      refresh_token: "r",
    }),
  ];
};

describe.each(PAIRS)("objects of %s, in %s", (creator, other) => {
  it("recognizes errors as their own class and the base class", async () => {
    const from = await copy(creator);
    const among = await copy(other);
    expect(among.ApiError).not.toBe(from.ApiError);
    for (const error of errorsOf(from)) {
      const expected = [...new Set(["DiscogenError", error.name])].toSorted();
      expect(classesOf(error, among).toSorted()).toEqual(expected);
    }
  });

  it("recognizes credentials as only their own class", async () => {
    const from = await copy(creator);
    const among = await copy(other);
    for (const credentials of credentialsOf(from))
      expect(classesOf(credentials, among)).toEqual([credentials.toJSON().kind]);
  });

  it("accepts clients", async () => {
    const { ApiClient, withOptions } = await copy(creator);
    const { batch } = await copy(other);
    const api: runtime.ApiDescriptor = {
      descriptors: 2,
      id: "a:v1",
      rootUrl: "https://a/",
      servicePath: "",
      batchPath: "b",
      scopes: [],
    };
    class Client extends ApiClient {
      constructor(options?: object) {
        super(api, options);
      }
    }
    expect(batch(withOptions(new Client(), {}))).toBeInstanceOf(Client);
  });

  it("recognizes mock responses", async () => {
    const { MockResponse, mockResponse } = await copy(other);
    expect((await copy(creator)).mockResponse({ status: 404 })).toBeInstanceOf(MockResponse);
    expect(mockResponse({})).toBeInstanceOf(MockResponse);
  });
});

it.each(PAIRS)("recognizes a user's subclass of a class of %s, and in %s as its base class", async (creator, other) => {
  const { AccessTokenCredentials, ConnectionError } = await copy(creator);
  const among = await copy(other);
  class Mine extends ConnectionError {}
  class Token extends AccessTokenCredentials {}
  expect(new Mine("m")).toBeInstanceOf(among.ConnectionError);
  expect(new among.ConnectionError("m")).not.toBeInstanceOf(Mine);
  expect(new ConnectionError("m")).not.toBeInstanceOf(Mine);
  expect(new Token("t")).toBeInstanceOf(among.AccessTokenCredentials);
  expect(new Token("t")).toBeInstanceOf(Token);
  expect(new among.AccessTokenCredentials("t")).not.toBeInstanceOf(Token);
  expect(new AccessTokenCredentials("t")).not.toBeInstanceOf(Token);
});

const { SQLAdminClient: FromCommonJs }: typeof generated = require("@discogen/generated/sqladmin/v1beta3");

it("CommonJS clients use ES module credentials: scopes of the client, one token, a new one after 401", async () => {
  const { ServiceAccountCredentials } = await copy("ES modules");
  const api = await serve((_request, response, index) => {
    if (index === 2) json(response, 401, { error: { code: 401, message: "expired" } });
    else json(response, 200, { items: [{ instance: "prod-1" }] });
  });
  const tokens = await tokenServer();
  const auth = ServiceAccountCredentials.fromJSON(keyFor(tokens.url));
  const client = new FromCommonJs({ auth, rootUrl: api.url });
  for (let call = 0; call < 3; call++)
    expect(await client.instances.list({ project: "p" })).toEqual({ items: [{ instance: "prod-1" }] });
  expect(tokens.assertions.map(({ claims }) => claims.scope)).toEqual(
    tokens.assertions.map(() => FromCommonJs.scopes.toSorted().join(" ")),
  );
  expect(api.seen.map(({ headers }) => headers.authorization)).toEqual([
    "Bearer token-1",
    "Bearer token-1",
    "Bearer token-1",
    "Bearer token-2",
  ]);
});

it("CommonJS credentials impersonate with ES module credentials, in a CommonJS client", async () => {
  const { ServiceAccountCredentials } = await copy("ES modules");
  const { ImpersonatedCredentials } = await copy("CommonJS");
  const seen: (string | undefined)[] = [];
  const transport: runtime.Transport = {
    send: async ({ body, headers, origin, path }) => {
      seen.push(`${origin}${path.replace(/\?.*/, "")} ${headers["authorization"] ?? scopeOf(body)}`);
      const expireTime = new Date(Date.now() + 3_600_000).toISOString();
      const response = { access_token: "source", expires_in: 3600, accessToken: "target", expireTime, items: [] };
      return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(response) };
    },
  };
  const sourceCredentials = ServiceAccountCredentials.fromJSON(keyFor("https://oauth2.googleapis.com/token"));
  const auth = new ImpersonatedCredentials({ sourceCredentials, targetPrincipal: "robot@example.com" });
  await new FromCommonJs({ auth, transport }).instances.list({ project: "p" });
  expect(seen).toEqual([
    "https://oauth2.googleapis.com/token https://www.googleapis.com/auth/cloud-platform",
    "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/robot%40example.com:generateAccessToken Bearer source",
    "https://www.googleapis.com/sql/v1beta3/projects/p/instances Bearer target",
  ]);
});

/** Returns the scope in the assertion of a token request. */
function scopeOf(body: unknown): string {
  const [, claims = ""] = (new URLSearchParams(String(body)).get("assertion") ?? "").split(".");
  return (JSON.parse(Buffer.from(claims, "base64url").toString()) as { readonly scope: string }).scope; // our own assertion
}
