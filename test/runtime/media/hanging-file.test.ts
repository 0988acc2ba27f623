/** A file system that blocks while a file is opened. */
import { describe, expect, it, vi } from "vitest";
import { clientOf, failureOf } from "../support/library.js";
import { serve, statuses } from "../support/server.js";
import { uploadForms } from "../support/upload-forms.js";

vi.mock("node:fs/promises", async (original) => ({
  ...(await original<object>()),
  open: () => new Promise(() => undefined),
}));

describe.each(uploadForms)("a file that is sent $name and never opens", ({ send }) => {
  it.each([
    [{ timeout: 100 }, "TIMEOUT"],
    [{ totalTimeout: 100 }, "TOTAL_TIMEOUT"],
    [{ signal: AbortSignal.timeout(100) }, "ABORTED"],
  ])("ends with %o", async (options, code) => {
    const { url } = await serve(statuses(200));
    expect(await failureOf(send(clientOf(url), { path: "file" }, options))).toMatchObject({ code });
  });
});
