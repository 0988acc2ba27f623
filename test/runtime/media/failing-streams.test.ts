/** A stream that fails rejects its call. It never ends the process with an unhandled `error` event. */
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { PassThrough, type Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { CallOptions, ClientOptions } from "../../../runtime/src/index.js";
import { temporaryFolder } from "../../support/folders.js";
import { clientOf, failureOf } from "../support/library.js";
import { serve, statuses } from "../support/server.js";
import { uploadForms } from "../support/upload-forms.js";

/** Fails after a call begins, and before `slow` credentials have a token. */
function breaking(): Readable {
  const stream = new PassThrough();
  void setTimeout(20).then(() => stream.destroy(new Error("the source broke")));
  return stream;
}

const slow = { getRequestHeaders: () => setTimeout(60, { authorization: "Bearer a" }) };
const uploads = statuses({ status: 200, headers: { location: "/session" } });

/** Calls that fail for other reasons, and whether they use the stream. */
const rejected: readonly (readonly [string, ClientOptions, CallOptions, object, string, boolean])[] = [
  ["an invalid option", {}, { timeout: -1 }, {}, "INVALID_REQUEST", false],
  ["an invalid header", {}, { headers: { "a b": "c" } }, {}, "INVALID_REQUEST", false],
  ["no credentials", { auth: undefined }, {}, {}, "NO_CREDENTIALS", true],
  ["an aborted signal", {}, { signal: AbortSignal.abort() }, {}, "ABORTED", true],
  ["a token that takes too long", { auth: slow }, { totalTimeout: 10 }, {}, "TOTAL_TIMEOUT", true],
];

describe.each(uploadForms)("$name", ({ send }) => {
  it("rejects for a file that does not exist", async () => {
    const { url } = await serve(uploads);
    const body = createReadStream(join(await temporaryFolder(), "none"));
    const call = send(clientOf(url), body);
    expect(body.listenerCount("error")).toBeGreaterThan(0);
    expect(await failureOf(call)).toMatchObject({ message: expect.stringContaining("ENOENT") as unknown });
  });

  it("rejects for a source that fails while the token is requested", async () => {
    const { url } = await serve(uploads);
    const body = breaking();
    const call = send(clientOf(url, { auth: slow }), body);
    expect(body.listenerCount("error")).toBeGreaterThan(0);
    expect(await failureOf(call)).toMatchObject({ message: expect.stringContaining("the source broke") as unknown });
  });

  it.each(rejected)(
    "handles the errors of a stream whose call has %s",
    async (_name, options, own, rest, code, takes) => {
      const { seen, url } = await serve(uploads);
      const body = new PassThrough();
      expect(await failureOf(send(clientOf(url, options), body, own, { ...rest }))).toMatchObject({ code });
      expect(body.destroyed).toBe(takes);
      // Ends the process without a listener.
      if (!takes) body.destroy(new Error("the source broke"));
      await setTimeout(1);
      expect(seen).toHaveLength(0);
    },
  );

  it("handles the errors of a stream that a batch rejects", async () => {
    const { url } = await serve(uploads);
    const all = clientOf(url, { auth: slow }).batch();
    const body = breaking();
    const call = failureOf(send(all as ReturnType<typeof clientOf>, body)); // the same client
    expect(body.listenerCount("error")).toBeGreaterThan(0);
    await all.send();
    expect(String(await call)).toContain("batch does not support media");
  });

  it("closes a stream whose call fails", async () => {
    const { url } = await serve(statuses(403));
    const body = new PassThrough();
    body.write("a");
    body.end();
    expect(await failureOf(send(clientOf(url), body))).toMatchObject({ status: 403 });
    expect(body.destroyed).toBe(true);
  });
});

it("handles the errors of a stream that is passed instead of an object", async () => {
  const { url } = await serve(uploads);
  const { books } = clientOf(url);
  const body = breaking();
  expect(await failureOf(books.create({ media: body }))).toMatchObject({ code: "INVALID_REQUEST" });
  expect(await failureOf(books.upload({ requestBody: body }))).toMatchObject({ code: "INVALID_REQUEST" });
  expect(body.listenerCount("error")).toBe(1);
  await setTimeout(40);
});
