/** Credentials with a fixed value. */
import { describe, expect, expectTypeOf, it } from "vitest";
import type { Credentials } from "../../../runtime/src/index.js";
import {
  AccessTokenCredentials,
  AnonymousCredentials,
  ApiKeyCredentials,
  type ServiceAccountCredentials,
} from "../../../runtime/src/auth.js";
import { clientOf } from "../support/library.js";
import { serve, statuses } from "../support/server.js";

it.each<[string, Credentials, Record<string, string | undefined>]>([
  ["a token", new AccessTokenCredentials("t"), { authorization: "Bearer t", "x-goog-api-key": undefined }],
  ["a key", new ApiKeyCredentials("k"), { authorization: undefined, "x-goog-api-key": "k" }],
  ["nothing", new AnonymousCredentials(), { authorization: undefined, "x-goog-api-key": undefined }],
])("%s is sent as a header", async (_name, auth, expected) => {
  const { seen, url } = await serve(statuses(200));
  await clientOf(url, { auth }).books.list();
  await clientOf(url, { auth }).books.list({}, { signal: new AbortController().signal });
  for (const { headers } of seen)
    expect({ authorization: headers.authorization, "x-goog-api-key": headers["x-goog-api-key"] }).toEqual(expected);
  expect(seen.map((one) => one.url)).toEqual(["/v1/books", "/v1/books"]);
});

describe.each([
  ["AccessTokenCredentials", (value: string) => new AccessTokenCredentials(value)],
  ["ApiKeyCredentials", (value: string) => new ApiKeyCredentials(value)],
])("%s", (name, make) => {
  it.each(["", "a\n", "a b", "é", undefined as unknown as string, 7 as unknown as string])(
    "rejects %o without showing it",
    (value) => {
      expect(() => make(value)).toThrow(
        expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringContaining(name) as unknown }) as Error,
      );
    },
  );

  it("returns frozen headers", async () => {
    expect(Object.isFrozen(await make("a").getRequestHeaders())).toBe(true);
  });
});

it("an object with getRequestHeaders() is accepted as credentials", () => {
  expectTypeOf<{ getRequestHeaders(): Promise<Record<string, string>> }>().toExtend<Credentials>();
  expectTypeOf<{ getRequestHeaders(url?: string | URL): Promise<Headers>; other: number }>().toExtend<Credentials>();
  expectTypeOf<{ getRequestHeaders(): Promise<Headers>; invalidate(): void }>().toExtend<Credentials>();
  expectTypeOf<ServiceAccountCredentials>().toExtend<Credentials>();
});
