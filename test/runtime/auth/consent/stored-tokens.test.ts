/** Refreshed and rotated tokens, and how programs store them. */
import { chmod, lstat, mkdir, readFile, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import {
  AuthorizedUserCredentials,
  type AuthorizedUserKey,
  fileTokenStore,
  OAuthClient,
  type TokenStore,
} from "../../../../runtime/src/auth.js";
import { temporaryFolder } from "../../../support/folders.js";
import { type AuthorizationServer, authorizationServer, consentTo, user } from "../../support/authorization-server.js";
import { rerouted } from "../../support/authentication.js";
import { failureOf } from "../../support/library.js";
import { json, serve } from "../../support/server.js";

/** A store in memory. */
function memoryStore(): TokenStore & { key: AuthorizedUserKey | undefined } {
  const store: ReturnType<typeof memoryStore> = {
    key: undefined,
    read: async () => store.key,
    write: async (key) => void (store.key = key),
    delete: async () => void (store.key = undefined),
  };
  return store;
}

/** A client whose user has signed in, with the tokens in a store. */
async function signedIn(server: AuthorizationServer, store: TokenStore) {
  const client = OAuthClient.fromJSON(server.clientFile);
  const { codeVerifier, state, url } = await client.authorizationUrl({ scopes: ["openid", "email"] });
  const callback = await consentTo(url);
  const auth = await client.exchange(callback, { codeVerifier, state, onTokens: (key) => store.write(key) });
  return { auth, client };
}

async function restored(client: OAuthClient, store: TokenStore): Promise<AuthorizedUserCredentials> {
  const auth = await client.restore(store);
  if (auth === undefined) throw new Error("the store is empty");
  return auth;
}

/** Requests a new token, and returns it. */
async function refresh(auth: AuthorizedUserCredentials): Promise<string> {
  // The first one may be stored.
  await auth.getRequestHeaders();
  auth.invalidate();
  return tokenOf(auth);
}

async function tokenOf(auth: AuthorizedUserCredentials): Promise<string> {
  return String((await auth.getRequestHeaders())["authorization"]).replace("Bearer ", "");
}

const refreshes = ({ seen }: AuthorizationServer): number =>
  seen.filter(({ body }) => body.includes("grant_type=refresh_token")).length;

/** Records process warnings until the end of the test. */
function warnings(): string[] {
  const list: string[] = [];
  onTestFinished(() => void vi.restoreAllMocks());
  vi.spyOn(process, "emitWarning").mockImplementation((warning, options) => {
    list.push(`${String((options as { code?: string }).code)}: ${String(warning)}`);
  });
  return list;
}

describe("restore()", () => {
  it("uses a stored access token until it expires, and stores refreshed tokens", async () => {
    const server = await authorizationServer();
    const store = memoryStore();
    const { auth, client } = await signedIn(server, store);
    const token = await tokenOf(auth);
    const again = await restored(client, store);
    expect(await tokenOf(again)).toBe(token);
    expect(again.toJSON()).toMatchObject({ email: user });
    expect(again.grantedScopes).toEqual(["openid", "email"]);
    expect(refreshes(server)).toBe(0);
    const next = await refresh(again);
    expect(store.key).toMatchObject({ token: next, account: user, scopes: ["openid", "email"] });
    expect(server.isActive(next)).toBe(true);
  });

  it.each([
    ["has expired", (now: number) => new Date(now - 1000).toISOString()],
    ["expires soon", (now: number) => new Date(now + 60_000).toISOString()],
    ["expires in years, by a wrong clock", (now: number) => new Date(now + 10 ** 11).toISOString()],
    ["has an invalid expiry", () => "tomorrow"],
  ])("refreshes a stored access token that %s", async (_name, expiry) => {
    const server = await authorizationServer();
    const store = memoryStore();
    const { client } = await signedIn(server, store);
    if (store.key !== undefined) store.key = { ...store.key, expiry: expiry(Date.now()) };
    expect(await tokenOf(await restored(client, store))).not.toBe(store.key?.expiry);
    expect(refreshes(server)).toBe(1);
  });

  it("gives nothing for an empty store", async () => {
    const server = await authorizationServer();
    expect(await OAuthClient.fromJSON(server.clientFile).restore(memoryStore())).toBeUndefined();
  });

  it("rejects the sign-in of another client", async () => {
    const server = await authorizationServer();
    const store = memoryStore();
    await signedIn(server, store);
    expect(await failureOf(new OAuthClient({ clientId: "other" }).restore(store))).toMatchObject({
      code: "TOKEN_STORE_MISMATCH",
    });
    expect(refreshes(server)).toBe(0);
  });

  it("sends the secret of the client, and only to the client's own endpoint", async () => {
    const tokens = await serve((_request, response) => json(response, 200, { access_token: "t", expires_in: 3600 }));
    // Fails for other hosts.
    const transport = rerouted({ "https://oauth2.googleapis.com": tokens.url });
    const client = new OAuthClient({ clientId: "c", clientSecret: "new-secret", transport });
    const store = memoryStore();
    store.key = {
      client_id: "c",
      client_secret: "old-secret",
      refresh_token: "r",
      token_uri: "https://attacker.example.com/token",
      universe_domain: "attacker.example.com",
    };
    expect(await tokenOf(await restored(client, store))).toBe("t");
    expect(new URLSearchParams(tokens.seen[0]?.body).get("client_secret")).toBe("new-secret");
  });

  it("follows a refresh token that another process has replaced", async () => {
    const server = await authorizationServer({ rotates: true });
    const store = memoryStore();
    const { client } = await signedIn(server, store);
    const [first, second] = [await restored(client, store), await restored(client, store)];
    await refresh(first);
    expect(server.isActive(await refresh(second))).toBe(true);
    expect(server.isActive(await refresh(first))).toBe(true);
    expect(store.key?.token).toBe(await tokenOf(first));
  });

  it("finds the replacement in a response that arrives after the refusal of the old one", async () => {
    let release = (): void => undefined;
    const server = await serve((request, response, index) => {
      const send = (): void => json(response, 200, { access_token: "t", id_token: "i", refresh_token: "r2" });
      if (index === 0) release = send;
      else if (request.body.includes("refresh_token=r2")) send();
      else {
        json(response, 400, { error: "invalid_grant" });
        setTimeout(() => release(), 20);
      }
    });
    const auth = AuthorizedUserCredentials.fromJSON({ client_id: "c", refresh_token: "r1", token_uri: server.url });
    expect(await Promise.all([auth.getRequestHeaders(), auth.getIdToken("https://a.example.com")])).toEqual([
      { authorization: "Bearer t" },
      "i",
    ]);
  });

  it("reads a response to its end after an abort, if the server replaces refresh tokens", async () => {
    const abort = new AbortController();
    const server = await serve((request, response, index) => {
      if (index === 0) return json(response, 200, { access_token: "t1", refresh_token: "r2" });
      if (index > 1) return json(response, 400, { error: "invalid_grant" });
      response.writeHead(200, { "content-type": "application/json" }).write('{ "access_token": "t2", ');
      setTimeout(() => abort.abort(), 10);
      setTimeout(() => response.end('"refresh_token": "r3" }'), 30);
    });
    const stored: string[] = [];
    const auth = AuthorizedUserCredentials.fromJSON(
      { client_id: "c", refresh_token: "r1", token_uri: server.url },
      { onTokens: (key) => void stored.push(key.refresh_token) },
    );
    expect(await tokenOf(auth)).toBe("t1");
    auth.invalidate();
    expect(await failureOf(auth.getRequestHeaders(undefined, { signal: abort.signal }))).toMatchObject({
      code: "ABORTED",
    });
    expect(await tokenOf(auth)).toBe("t2");
    expect(stored).toEqual(["r2", "r3"]);
  });

  it("keeps the sign-in that another process has stored", async () => {
    const server = await authorizationServer();
    const store = memoryStore();
    const { client } = await signedIn(server, store);
    const old = await restored(client, store);
    await signedIn(server, store);
    const { key } = store;
    await refresh(old);
    expect(store.key).toBe(key);
    await store.delete();
    await refresh(old);
    expect(store.key).toBeUndefined();
  });

  it("does not continue as another user", async () => {
    const server = await authorizationServer();
    const store = memoryStore();
    const { client } = await signedIn(server, store);
    const auth = await restored(client, store);
    server.revokeAll();
    await signedIn(server, store);
    if (store.key !== undefined) store.key = { ...store.key, account: "other@example.com" };
    expect(await failureOf(refresh(auth))).toMatchObject({ code: "REFRESH_TOKEN_REVOKED" });
  });

  it("reports a revoked sign-in and stores nothing", async () => {
    const server = await authorizationServer();
    const store = memoryStore();
    const { client } = await signedIn(server, store);
    const { key } = store;
    server.revokeAll();
    expect(await failureOf(refresh(await restored(client, store)))).toMatchObject({
      code: "REFRESH_TOKEN_REVOKED",
      message: expect.stringMatching(/Ask the user for consent again$/) as unknown,
    });
    expect(store.key).toBe(key);
  });
});

describe("onTokens", () => {
  it("is called in order, never twice at a time", async () => {
    const server = await authorizationServer({ rotates: true });
    const store = memoryStore();
    await signedIn(server, store);
    const events: string[] = [];
    const onTokens = async (key: AuthorizedUserKey): Promise<void> => {
      events.push(`begin ${key.refresh_token}`);
      await new Promise((resolve) => void setTimeout(resolve, 5));
      events.push(`end ${key.refresh_token}`);
    };
    const { token: _token, ...key } = store.key as AuthorizedUserKey;
    const auth = AuthorizedUserCredentials.fromJSON(key, { onTokens });
    await Promise.all([
      auth.getRequestHeaders(),
      auth.getIdToken("https://a.example.com"),
      auth.getIdToken("https://b.example.com"),
    ]);
    expect(events).toHaveLength(6);
    for (const index of [0, 2, 4]) expect(events[index]?.replace("begin", "end")).toBe(events[index + 1]);
    expect(new Set(events).size).toBe(6);
    // The last report has the token that is valid now.
    const last = String(events.at(-1)?.replace("end ", ""));
    const next = AuthorizedUserCredentials.fromJSON({ ...key, refresh_token: last });
    expect(server.isActive(await tokenOf(next))).toBe(true);
  });

  it("that throws at the first exchange makes it fail", async () => {
    const server = await authorizationServer();
    const shown = warnings();
    const store: TokenStore = {
      ...memoryStore(),
      write: async (key) => {
        throw new Error(`disk full: ${JSON.stringify(key)}`);
      },
    };
    const error = await failureOf(signedIn(server, store));
    expect(error).toMatchObject({
      code: "TOKEN_STORE_UNWRITABLE",
      message: expect.stringContaining("onTokens did not store the tokens: disk full") as unknown,
    });
    expect((error as Error).message).not.toMatch(/1\/\/0|ya29|GOCSPX/);
    expect(shown).toEqual([]);
  });

  it.each<[string, boolean, object]>([
    [
      "fails the call if the refresh token was replaced, and is called again with the next token",
      true,
      { code: "TOKEN_STORE_UNWRITABLE" },
    ],
    [
      "is a warning if the stored refresh token is still valid",
      false,
      { authorization: expect.stringMatching(/^Bearer /) as unknown },
    ],
  ])("that throws at a refresh %s", async (_name, rotates, expected) => {
    const server = await authorizationServer({ rotates });
    const store = memoryStore();
    await signedIn(server, store);
    const shown = warnings();
    const { token: _token, ...key } = store.key as AuthorizedUserKey;
    let isFull = true;
    const auth = AuthorizedUserCredentials.fromJSON(key, {
      onTokens: (tokens) => {
        if (isFull) throw new Error("disk full");
        store.key = tokens;
      },
    });
    const first: unknown = await auth.getRequestHeaders().catch((error: unknown) => error);
    expect(first).toMatchObject(expected);
    expect(shown).toEqual([expect.stringMatching(/^DISCOGEN_TOKENS_NOT_STORED: .*disk full$/)]);
    isFull = false;
    auth.invalidate();
    expect(server.isActive(await tokenOf(auth))).toBe(true);
    expect(store.key?.token).toBe(await tokenOf(auth));
  });
});

describe("fileTokenStore()", () => {
  const key: AuthorizedUserKey = { type: "authorized_user", client_id: "c", client_secret: "s", refresh_token: "r" };
  const modeOf = async (path: string): Promise<number> => (await lstat(path)).mode & 0o777;

  it("writes a file that only the user can read, in a folder that only the user can open", async () => {
    const folder = join(await temporaryFolder(), "a/b");
    const path = join(folder, "credentials.json");
    const store = fileTokenStore(path);
    expect(await store.read()).toBeUndefined();
    await store.write(key);
    expect([await modeOf(folder), await modeOf(path)]).toEqual([0o700, 0o600]);
    expect(await store.read()).toEqual(key);
    expect(await AuthorizedUserCredentials.fromFile(path)).toBeInstanceOf(AuthorizedUserCredentials);
    await chmod(path, 0o644);
    await store.write({ ...key, refresh_token: "r2" });
    expect(await modeOf(path)).toBe(0o600);
    expect(await readdir(folder)).toEqual(["credentials.json"]);
    await store.delete();
    await store.delete();
    expect(await store.read()).toBeUndefined();
  });

  it("never has partial content while several stores write", async () => {
    const path = join(await temporaryFolder(), "credentials.json");
    const stores = [fileTokenStore(path), fileTokenStore(path), fileTokenStore(path)];
    await stores[0]?.write(key);
    const writes = stores.flatMap((store, index) =>
      [1, 2, 3].map((count) =>
        store.write({ ...key, refresh_token: `r-${String(index)}-${"x".repeat(count * 1000)}` }),
      ),
    );
    const reads = stores.flatMap((store) => [store.read(), store.read(), store.read()]);
    await Promise.all(writes);
    for (const read of await Promise.all(reads)) expect(read?.client_id).toBe("c");
    expect((await stores[0]?.read())?.refresh_token).toMatch(/-x{3000}$/);
  });

  it.each<[string, string, RegExp]>([
    ["no JSON", "tokens", /is not JSON, or is damaged/],
    ["an empty file", "", /is empty/],
    ["incomplete JSON", '{ "type": "authorized_user"', /is cut off: it is JSON without its end/],
    ["other JSON", "[]", /is not a JSON object/],
    ["a service account's key", '{ "type": "service_account" }', /the key of a service account/],
    ["no refresh token", '{ "type": "authorized_user", "client_id": "c" }', /#\/refresh_token: is missing/],
  ])("rejects %s, and does not replace it", async (_name, content, message) => {
    const path = join(await temporaryFolder(), "credentials.json");
    await writeFile(path, content);
    const store = fileTokenStore(path);
    expect(await failureOf(store.read())).toMatchObject({
      code: "TOKEN_STORE_UNREADABLE",
      message: expect.stringMatching(message) as unknown,
    });
    expect(await failureOf(store.write(key))).toMatchObject({
      code: "TOKEN_STORE_UNWRITABLE",
      message: expect.stringMatching(message) as unknown,
    });
    expect(await readFile(path, "utf8")).toBe(content);
    await store.delete();
    await store.write(key);
    expect(await store.read()).toEqual(key);
  });

  it("does not replace the sign-in of another client", async () => {
    const store = fileTokenStore(join(await temporaryFolder(), "credentials.json"));
    await store.write(key);
    expect(await failureOf(store.write({ ...key, client_id: "d" }))).toMatchObject({ code: "TOKEN_STORE_MISMATCH" });
    expect(await store.read()).toEqual(key);
  });

  it("reads a symbolic link, but does not write to it", async () => {
    const folder = await temporaryFolder();
    const [target, path] = [join(folder, "target.json"), join(folder, "credentials.json")];
    await fileTokenStore(target).write(key);
    await symlink(target, path);
    const store = fileTokenStore(path);
    expect(await store.read()).toEqual(key);
    expect(await failureOf(store.write({ ...key, refresh_token: "r2" }))).toMatchObject({
      code: "TOKEN_STORE_UNWRITABLE",
      message: expect.stringMatching(/is a symbolic link/) as unknown,
    });
    await store.delete();
    expect(await fileTokenStore(target).read()).toEqual(key);
  });

  it("reports what is in the way", async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, "folder"));
    await writeFile(join(folder, "file"), "");
    expect(await failureOf(fileTokenStore(join(folder, "folder")).read())).toMatchObject({
      code: "TOKEN_STORE_UNREADABLE",
      message: expect.stringMatching(/it is a folder/) as unknown,
    });
    for (const path of ["folder", "file/credentials.json"]) {
      const store = fileTokenStore(join(folder, path));
      for (const error of [await failureOf(store.write(key)), await failureOf(store.delete())])
        expect(error).toMatchObject({ code: expect.stringMatching(/^TOKEN_STORE_UNWRITABLE$/) as unknown });
    }
  });

  it.each(["", '{"refresh_token":"1//0secret"}', "a\0b"])("rejects %j as a path", async (path) => {
    const error = await failureOf(fileTokenStore(path).read());
    expect(error).toMatchObject({ code: "TOKEN_STORE_UNREADABLE" });
    expect((error as Error).message).not.toContain("secret");
  });
});
