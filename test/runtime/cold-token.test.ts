// slow: waits for timers.
/** Tokens over real sockets: one request for any number of calls, and no token is sent to another host. */
import { Agent, interceptors } from "undici";
import { expect, it, onTestFinished } from "vitest";
import { ServiceAccountCredentials } from "../../runtime/src/auth.js";
import { keyFor, tokenServer } from "./support/keys.js";
import { LibraryClient, failureOf } from "./support/library.js";
import { json, serve } from "./support/server.js";

it("ten thousand parallel calls without a cached token send one token request", async () => {
  const { url: tokens, seen: tokenRequests } = await tokenServer();
  const { url: rootUrl, seen } = await serve((_request, response) => json(response, 200, { name: "b" }));
  const dispatcher = new Agent({ connections: 64 });
  onTestFinished(() => dispatcher.close());
  const auth = ServiceAccountCredentials.fromJSON(keyFor(tokens));
  const { books } = new LibraryClient({ auth, rootUrl, dispatcher });
  const responses = await Promise.all(Array.from({ length: 10_000 }, () => books.get({ book: "b" })));
  expect(responses).toHaveLength(10_000);
  expect(seen).toHaveLength(10_000);
  expect(new Set(seen.map(({ headers }) => headers.authorization))).toEqual(new Set(["Bearer token-1"]));
  expect(tokenRequests).toHaveLength(1);
});

it.each([301, 302, 303, 307, 308])("a redirect (%d) to another host is not followed", async (status) => {
  const elsewhere = await serve((_request, response) => json(response, 200, { name: "thief" }));
  const api = await serve((request, response) =>
    json(response, status, {}, { location: new URL(request.url, elsewhere.url).href }),
  );
  const tokens = await tokenServer();
  const auth = ServiceAccountCredentials.fromJSON(keyFor(tokens.url));
  const { books } = new LibraryClient({ auth, rootUrl: api.url });
  for (const call of [books.get({ book: "b" }), books.insert({ requestBody: {} }), books.raw({ book: "b" })])
    expect(await failureOf(call)).toMatchObject({ code: "API_ERROR", status });
  expect(api.seen.map(({ headers }) => headers.authorization)).toEqual(Array(3).fill("Bearer token-1"));
  expect(elsewhere.seen).toEqual([]);
});

it("a redirect of the token endpoint sends no assertion to another host", async () => {
  const elsewhere = await tokenServer();
  const tokens = await serve((_request, response) => json(response, 307, {}, { location: elsewhere.url }));
  const auth = ServiceAccountCredentials.fromJSON(keyFor(tokens.url));
  const { books } = new LibraryClient({ auth, rootUrl: "http://127.0.0.1:1/" });
  expect(await failureOf(books.get({ book: "b" }))).toMatchObject({ code: "TOKEN_REFUSED" });
  expect(elsewhere.seen).toEqual([]);
});

it("a custom dispatcher that follows redirects does not send Authorization to another host", async () => {
  const elsewhere = await serve((_request, response) => json(response, 200, { name: "b" }));
  const api = await serve((request, response) =>
    json(response, 302, {}, { location: new URL(request.url, elsewhere.url).href }),
  );
  const tokens = await tokenServer();
  const agent = new Agent();
  onTestFinished(() => agent.close());
  const dispatcher = agent.compose(interceptors.redirect({ maxRedirections: 3 }));
  const auth = ServiceAccountCredentials.fromJSON(keyFor(tokens.url));
  const { books } = new LibraryClient({ auth, rootUrl: api.url, dispatcher });
  expect(await books.get({ book: "b" })).toEqual({ name: "b" });
  expect(api.seen[0]?.headers.authorization).toBe("Bearer token-1");
  expect(elsewhere.seen.map(({ headers }) => headers.authorization)).toEqual([undefined]);
});
