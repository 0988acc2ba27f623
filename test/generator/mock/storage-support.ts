/** A mock of Cloud Storage with one empty bucket, and what tests send to it. */
import { expect } from "vitest";
import type { Json, JsonObject, Mock, MockOptions } from "../../../generator/src/mock/index.js";
import type { ApiModel } from "../../../generator/src/model/types.js";
import { storageDocument } from "./storage-document.js";
import { mockFor, type MockedResponse, modelOf, object, responseOf, tokenFor } from "./support.js";

const SCOPE = "https://www.googleapis.com/auth/devstorage.full_control";

export const storage = modelOf(JSON.stringify(storageDocument), "storage.json");

/** Part of the refusal of what the mock does not model. */
export const REFUSED = { status: 400, body: { error: { errors: [{ reason: "MOCK_NOT_MODELLED" }] } } };

export interface Shop {
  readonly mock: Mock;
  /** Sends a request. A string is content, anything else is JSON. */
  send(verb: string, path: string, body?: Json, headers?: Readonly<Record<string, string>>): Promise<MockedResponse>;
  /** Calls a method at a path below `storage/v1/`, which must succeed. */
  call(verb: string, path: string, body?: Json): Promise<JsonObject>;
  /** Uploads an object into the bucket `shop`. */
  upload(name: string, content: string, query?: string): Promise<MockedResponse>;
  /** Uploads an object, which must succeed. */
  put(name: string, content: string, query?: string): Promise<JsonObject>;
  /** Returns the path of an object. */
  at(name: string): string;
  read(name: string, query?: string): Promise<Json>;
  list(query: string): Promise<Listed>;
}

interface Listed {
  readonly names: readonly Json[];
  readonly prefixes: Json;
  readonly token: Json | undefined;
}

/** Starts a mock that has the bucket `shop`. It is closed after the test. */
export async function openShop(options: Partial<MockOptions> = {}, model: ApiModel = storage): Promise<Shop> {
  const mock = await mockFor({ models: [model], pageSize: 100, ...options });
  const token = await tokenFor(mock, { scope: SCOPE });
  const send: Shop["send"] = async (verb, path, body, headers = {}) => {
    const type = { "content-type": typeof body === "string" ? "text/plain" : "application/json" };
    const sent = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
    const init = { method: verb, headers: { authorization: `Bearer ${token}`, ...type, ...headers }, ...sent };
    return responseOf(await fetch(new URL(path, mock.url), init));
  };
  const call: Shop["call"] = async (verb, path, body) => {
    const response = await send(verb, `storage/v1/${path}`, body);
    if (response.status >= 300) throw new Error(`${response.status} ${JSON.stringify(response.body)}`);
    return response.body === undefined ? {} : object(response.body);
  };
  const at = (name: string) => `b/shop/o/${encodeURIComponent(name)}`;
  const upload: Shop["upload"] = (name, content, query = "") =>
    send("POST", `upload/storage/v1/b/shop/o?uploadType=media&name=${encodeURIComponent(name)}${query}`, content);
  await call("POST", "b?project=p", { name: "shop" });
  return {
    mock,
    send,
    call,
    upload,
    at,
    put: async (name, content, query) => {
      const response = await upload(name, content, query);
      expect(response.status).toBe(200);
      return object(response.body);
    },
    read: async (name, query = "") => (await send("GET", `storage/v1/${at(name)}?alt=media${query}`)).body ?? "",
    list: async (query) => {
      const { items, prefixes = [], nextPageToken } = await call("GET", `b/shop/o?${query}`);
      return { names: namesOf(items), prefixes, token: nextPageToken };
    },
  };
}

/** Returns the names of resources in an array. */
export function namesOf(items: Json | undefined): readonly Json[] {
  return Array.isArray(items) ? items.map((item: Json) => object(item)["name"] ?? null) : [];
}
