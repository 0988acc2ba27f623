/** Pages of a list, and their page tokens. */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { invalid } from "../google-error.js";

/**
 * Page size if the request sets none. Small, so that every program gets a second page.
 *
 * Google's defaults are between 20 and 500.
 */
export const DEFAULT_PAGE_SIZE = 2;
/** A larger page size in a request is reduced to this one (AIP-158). */
const MAX_PAGE_SIZE = 1000;
/** Names of the page size parameter. */
export const SIZE_PARAMETERS: readonly string[] = ["pageSize", "maxResults", "limit", "max-results"];

export interface PageRequest {
  readonly size: number;
  /** Content of the page token: the place where the previous page ended. */
  readonly after: string | undefined;
}

export interface PageTokens {
  write(list: string, after: string): string;
  /** Returns `undefined` for a token that this mock did not write for this list. */
  read(list: string, token: string): string | undefined;
}

/** Tokens are signed instead of stored, so they use no memory and cannot be forged. */
export function createPageTokens(): PageTokens {
  const secret = randomBytes(32);
  const sign = (list: string, after: Buffer) =>
    createHmac("sha256", secret).update(`${list}\0`).update(after).digest().subarray(0, 12);
  return {
    write(list, after) {
      const bytes = Buffer.from(after);
      return Buffer.concat([sign(list, bytes), bytes]).toString("base64url");
    },
    read(list, token) {
      const bytes = Buffer.from(token, "base64url");
      const after = bytes.subarray(12);
      const isOurs = bytes.length > 12 && timingSafeEqual(bytes.subarray(0, 12), sign(list, after));
      return isOurs ? after.toString() : undefined;
    },
  };
}

/**
 * Reads page size and page token of a request. With `isOpen`, an unknown token selects the first page.
 *
 * @throws {GoogleError} 400 for a page size that is not a number, and for an unknown page token
 */
export function pageRequest(
  query: URLSearchParams,
  tokenParameter: string,
  facts: {
    readonly list: string;
    readonly tokens: PageTokens;
    readonly defaultSize: number;
    readonly isOpen?: boolean;
  },
): PageRequest {
  const token = query.get(tokenParameter) ?? "";
  const after = token === "" ? undefined : facts.tokens.read(facts.list, token);
  if (token !== "" && after === undefined && facts.isOpen !== true)
    throw invalid(tokenParameter, "it is not a page token of this list");
  return { size: sizeOf(query, facts.defaultSize), after };
}

function sizeOf(query: URLSearchParams, defaultSize: number): number {
  const name = SIZE_PARAMETERS.find((parameter) => query.has(parameter));
  const text = (name === undefined ? undefined : query.get(name)) || "0";
  if (!/^\d{1,10}$/.test(text)) throw invalid(name ?? "", "it must be a non-negative integer");
  return Math.min(Number(text), MAX_PAGE_SIZE) || defaultSize;
}
