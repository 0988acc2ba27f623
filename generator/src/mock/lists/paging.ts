/** Pages of a list, and the opaque tokens that lead from one to the next. */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { invalid } from "../google-error.js";

/**
 * How many items a page holds when the request does not say: so few that every program meets a second page.
 *
 * (Google's own defaults are between 20 and 500.)
 */
export const DEFAULT_PAGE_SIZE = 2;
/** A request for more is answered with this many (AIP-158). */
const MAX_PAGE_SIZE = 1000;
/** The names that APIs give it. */
const SIZE_PARAMETERS = ["pageSize", "maxResults", "limit"];

export interface PageRequest {
  readonly size: number;
  /** What the page token stands for: where the page before ended. */
  readonly after: string | undefined;
}

export interface PageTokens {
  write(list: string, after: string): string;
  /** Undefined for what this mock did not write for this very list. */
  read(list: string, token: string): string | undefined;
}

/** Tokens are signed, not remembered: no list of them grows, and none can be made up. */
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
 * `isOpen`: a token that no list gave leads to its beginning.
 *
 * @throws {GoogleError} for a size that is no number and a token that is none of ours
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
    throw invalid(tokenParameter, "it is no page token of this list");
  return { size: sizeOf(query, facts.defaultSize), after };
}

function sizeOf(query: URLSearchParams, defaultSize: number): number {
  const name = SIZE_PARAMETERS.find((parameter) => query.has(parameter));
  const text = (name === undefined ? undefined : query.get(name)) || "0";
  if (!/^\d{1,10}$/.test(text)) throw invalid(name ?? "", "it must be a whole number, 0 or more");
  return Math.min(Number(text), MAX_PAGE_SIZE) || defaultSize;
}
