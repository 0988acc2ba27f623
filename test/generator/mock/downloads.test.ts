/** Downloads: ranges, validators, stored headers, and faults. */
import { describe, expect, it } from "vitest";
import type { Fault } from "../../../generator/src/mock/index.js";
import { start } from "./media.js";

describe("a download", () => {
  const contents = { "/youtube/v3/captions/1": { data: "0123456789", type: "text/vtt" } };
  const path = "youtube/v3/captions/1?alt=media";

  it.each([
    ["bytes=2-4", 206, "234", "bytes 2-4/10"],
    ["bytes=8-", 206, "89", "bytes 8-9/10"],
    ["bytes=-3", 206, "789", "bytes 7-9/10"],
    ["bytes=8-99", 206, "89", "bytes 8-9/10"],
    ["bytes=1-2,4-5", 200, "0123456789", null],
    ["lines=1-2", 200, "0123456789", null],
  ])("of %s", async (range, status, text, contentRange) => {
    const { send } = await start({ contents });
    const response = await send(path, { headers: { range } });
    expect([response.status, await response.text(), response.headers.get("content-range")]).toEqual([
      status,
      text,
      contentRange,
    ]);
  });

  it("fails if the range starts after the end", async () => {
    const { send } = await start({ contents });
    const response = await send(path, { headers: { range: "bytes=10-" } });
    expect([response.status, response.headers.get("content-range")]).toEqual([416, "bytes */10"]);
  });

  it("is complete if If-Range names another version", async () => {
    const { send } = await start({ contents });
    const headers = { range: "bytes=2-4", "if-range": (await send(path)).headers.get("etag") ?? "" };
    expect((await send(path, { headers })).status).toBe(206);
    expect((await send(path, { headers: { ...headers, "if-range": '"other"' } })).status).toBe(200);
  });

  it("of a resource without content gets 404", async () => {
    const { send } = await start();
    expect((await send(path)).status).toBe(404);
  });

  it.each<[Fault, readonly string[]]>([
    [{ on: "download", status: 503 }, ["503", "0123456789", "0123456789"]],
    [{ on: "download", cutAfter: 4 }, ["cut", "0123456789", "0123456789"]],
    [{ on: "download", status: 503, after: 1 }, ["0123456789", "503", "0123456789"]],
    [{ on: "upload", status: 503 }, ["0123456789", "0123456789", "0123456789"]],
  ])("fails once with a fault: %j", async (fault, want) => {
    const { send } = await start({ contents, faults: [fault] });
    const once = async (): Promise<string> => {
      const response = await send(path);
      return response.ok ? response.text().catch(() => "cut") : String(response.status);
    };
    expect([await once(), await once(), await once()]).toEqual(want);
  });
});
