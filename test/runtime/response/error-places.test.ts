/** Errors have their message in calls, pages, uploads, downloads, batches, authentication and with gzip. */
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { serviceAccount } from "../../../scripts/faults/service-account.js";
import { ApiError, AuthError, fetchTransport } from "../../../runtime/src/index.js";
import { serveBatches } from "../batch/server.js";
import { type LibraryClient, clientOf, failureOf } from "../support/library.js";
import { serve } from "../support/server.js";

const forms: readonly (readonly [string, string, string, Record<string, unknown>])[] = [
  [
    "XML",
    "application/xml",
    "<Error><Code>AccessDenied</Code><Message>No entry.</Message><Details>None.</Details></Error>",
    { reason: "AccessDenied", serverMessage: "No entry." },
  ],
  ["a web page", "text/html", "<html><title>No entry.</title>", { reason: undefined, serverMessage: "No entry." }],
  ["text", "text/plain", "No entry.\n", { reason: undefined, serverMessage: "No entry." }],
  ["unknown JSON", "application/json", '{"msg":"No entry."}', { reason: undefined, serverMessage: "No entry." }],
  [
    "an array of errors",
    "application/json",
    '[{"error":{"code":403,"message":"No entry.","status":"PERMISSION_DENIED"}}]',
    { reason: "PERMISSION_DENIED", serverMessage: "No entry." },
  ],
];

const file = { path: fileURLToPath(import.meta.url) };
const places: readonly (readonly [string, (client: LibraryClient) => PromiseLike<unknown>])[] = [
  ["a call", ({ books }) => books.get({ book: "b" })],
  ["a call without a response", ({ books }) => books.delete({ book: "b" })],
  ["a page", ({ books }) => books.list()],
  [
    "items",
    async ({ books }) => {
      for await (const _ of books.list()) return;
    },
  ],
  ["a download", ({ books }) => books.exportMedia({ book: "b" })],
  ["HttpBody", ({ books }) => books.raw({ book: "b" })],
  ["an upload in one request", ({ books }) => books.create({ requestBody: {}, media: { body: "x" } })],
  ["a resumable upload", ({ books }) => books.create({ requestBody: {}, media: { body: file, resumable: true } })],
  ["an upload of bytes", ({ books }) => books.upload({ requestBody: { data: "x", contentType: "x/y" } })],
];

describe.each(forms)("%s", (_form, type, body, want) => {
  it.each(places)("of %s", async (_place, run) => {
    const { url } = await serve((_request, response, index) => {
      const isZipped = index % 2 === 0;
      response.writeHead(403, { "content-type": type, ...(isZipped ? { "content-encoding": "gzip" } : {}) });
      response.end(isZipped ? gzipSync(body) : body);
    });
    for (const client of [clientOf(url), clientOf(url, { transport: fetchTransport() })]) {
      const error = await failureOf(run(client));
      expect(error).toBeInstanceOf(ApiError);
      expect(error).toMatchObject({ status: 403, ...want });
    }
  });

  it("of a part of a batch, and of a batch", async () => {
    const { url } = await serveBatches(() => ({ status: 403, headers: { "content-type": type }, body }));
    const batch = clientOf(url).batch();
    void batch.books.get({ book: "b" });
    const [outcome] = await batch.send();
    expect(outcome).toMatchObject({ status: "rejected", reason: { status: 403, ...want } });

    const refusing = await serve(
      (_request, response) => void response.writeHead(403, { "content-type": type }).end(body),
    );
    const refused = clientOf(refusing.url).batch();
    const call = failureOf(refused.books.get({ book: "b" }));
    await refused.send();
    expect(await call).toMatchObject({ status: 403, ...want });
  });

  it("of a token endpoint", async () => {
    const { url } = await serve(
      (_request, response) => void response.writeHead(403, { "content-type": type }).end(body),
    );
    const error = await failureOf(
      clientOf("http://127.0.0.1:1/", { auth: serviceAccount(url) }).books.get({ book: "b" }),
    );
    expect(error).toBeInstanceOf(AuthError);
    expect(error).toMatchObject({
      code: "TOKEN_REFUSED",
      reason: want["reason"],
      message: expect.stringContaining("No entry"),
    });
  });
});
