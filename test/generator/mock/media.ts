/** A mock of APIs with media, for tests of uploads and downloads. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Mock, MockOptions } from "../../../generator/src/mock/index.js";
import { ROOT } from "../../support/folders.js";
import { mockFor, modelOf, tokenFor } from "./support.js";

const models = ["drive.v3", "storage.v1", "youtube.v3"].map((name) => {
  const file = join(ROOT, `test/fixtures/media/${name}.json`);
  return modelOf(readFileSync(file, "utf8"), file);
});
const scope = models.flatMap(({ scopes }) => scopes.map((one) => one.scope)).join(" ");
export const kib256 = 256 * 1024;

export interface Sent {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

/** Starts a mock, and returns a function that sends authorized requests. Paths are relative, or absolute URLs. */
export async function start(
  options: Partial<MockOptions> = {},
): Promise<{ mock: Mock; send: (path: string, sent?: Sent) => Promise<Response> }> {
  const mock = await mockFor({ models, ...options });
  const authorization = `Bearer ${await tokenFor(mock, { scope })}`;
  const send = (path: string, { headers, ...sent }: Sent = {}) =>
    fetch(new URL(path, mock.url), {
      method: "GET",
      redirect: "manual",
      ...sent,
      headers: { authorization, ...headers },
    });
  return { mock, send };
}

export const json = { "content-type": "application/json" };
export const jsonOf = async (response: Response): Promise<Record<string, unknown>> =>
  (await response.json()) as Record<string, unknown>; // the mock returns objects
