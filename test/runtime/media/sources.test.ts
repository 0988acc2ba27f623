/** Content that cannot be read, or is no longer needed. */
import { openAsBlob } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { InvalidRequestError, UploadError } from "../../../runtime/src/index.js";
import { temporaryFolder } from "../../support/folders.js";
import { clientOf, failureOf } from "../support/library.js";
import { serve, statuses } from "../support/server.js";
import { uploadServer } from "../support/upload-server.js";

/** A web stream that stops yielding after more than one chunk, and whether it was cancelled. */
function silentStream(): { readonly body: ReadableStream<Uint8Array>; readonly cancelled: () => void } {
  const cancelled = vi.fn<() => void>();
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new Uint8Array(300 * 1024)),
    pull: () => new Promise(() => undefined),
    cancel: cancelled,
  });
  return { body, cancelled };
}

describe("a web stream is cancelled", () => {
  it.each([true, false])("when the call is aborted while it is silent; resumable: %s", async (resumable) => {
    const controller = new AbortController();
    const { server, url } = await serve(() => undefined);
    // Before the request is complete, which the request with the content never is.
    server.prependListener("request", (request, response) => {
      request.on("error", () => undefined);
      response.writeHead(200, { location: "/session" });
      if (resumable) response.end();
      setTimeout(() => controller.abort(), 50);
    });
    const { body, cancelled } = silentStream();
    const call = clientOf(url).books.create({ media: { body, resumable } }, { signal: controller.signal });
    expect(await failureOf(call)).toMatchObject({ code: "ABORTED" });
    await vi.waitFor(() => expect(cancelled).toHaveBeenCalled());
  });

  it("when the upload fails before it is read", async () => {
    const { url } = await serve(statuses(403));
    const { body, cancelled } = silentStream();
    expect(await failureOf(clientOf(url).books.create({ media: { body } }))).toMatchObject({ status: 403 });
    await vi.waitFor(() => expect(cancelled).toHaveBeenCalled());
  });
});

describe("a file that changes after its Blob was created", () => {
  it.each<[string, (url: string, body: Blob) => PromiseLike<unknown>]>([
    ["in chunks", (url, body) => clientOf(url).books.create({ media: { body, resumable: true } })],
    ["in one request", (url, body) => clientOf(url).books.create({ media: { body, resumable: false } })],
    ["as a raw body", (url, data) => clientOf(url).books.upload({ requestBody: { data } })],
  ])("is reported as changed: %s", async (_name, send) => {
    const path = join(await temporaryFolder(), "content");
    await writeFile(path, "content");
    const blob = await openAsBlob(path);
    await writeFile(path, "other content");
    const { url } = await uploadServer();
    const error = await failureOf(send(url, blob));
    const cause = error instanceof UploadError ? error.cause : error;
    expect(cause).toBeInstanceOf(InvalidRequestError);
    expect(cause).toMatchObject({ message: expect.stringContaining("cannot be read") as unknown });
  });
});
