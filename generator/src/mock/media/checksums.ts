/** Checksums of content, computed once, and the ones that clients send to be compared. */
import { createHash } from "node:crypto";
import { GoogleError } from "../google-error.js";
import { type JsonObject, ownString } from "../json.js";
import type { HttpRequest } from "../request.js";
import { crc32c as crc32cOf } from "./crc32c.js";

/** Returns a function that computes each value once. Content is never changed in place. */
function once(compute: (bytes: Buffer) => string): (bytes: Buffer) => string {
  const known = new WeakMap<Buffer, string>();
  return (bytes) => {
    const value = known.get(bytes) ?? compute(bytes);
    known.set(bytes, value);
    return value;
  };
}

const hash = (name: string, encoding: "base64" | "hex") =>
  once((bytes) => createHash(name).update(bytes).digest(encoding));

/** In Base64, as the following one. */
export const md5 = hash("md5", "base64");
export const crc32c = once(crc32cOf);
export const md5Hex = hash("md5", "hex");
export const sha1Hex = hash("sha1", "hex");
export const sha256Hex = hash("sha256", "hex");

/** A checksum that a client sent, and the name of the header or property that contains it. */
export interface Claim {
  readonly in: string;
  readonly compute: (bytes: Buffer) => string;
  readonly value: string;
}

/** Returns the checksums of complete content in a header: `X-Goog-Hash: crc32c=…,md5=…`. */
export function hashClaims(field: string | readonly string[] | undefined): readonly Claim[] {
  const hashes = [field ?? []].flat().flatMap((line) => line.split(","));
  return hashes.flatMap((text): Claim[] => {
    const [, name, value = ""] = /^\s*(crc32c|md5)=(\S+)\s*$/.exec(text) ?? [];
    return name === undefined ? [] : [{ in: "x-goog-hash", compute: name === "md5" ? md5 : crc32c, value }];
  });
}

/** @throws {GoogleError} 400 if the body of a request does not match its `Content-MD5` (RFC 1864) */
export function checkBodyHash({ headers, body }: Pick<HttpRequest, "body" | "headers">): void {
  const value = headers["content-md5"];
  if (value !== undefined) checkClaims([{ in: "content-md5", compute: md5, value: String(value) }], body);
}

/** Returns the checksums in the metadata of content. */
export function metadataClaims(metadata: JsonObject): readonly Claim[] {
  return [
    { in: "md5Hash", compute: md5, value: ownString(metadata, "md5Hash") ?? "" },
    { in: "crc32c", compute: crc32c, value: ownString(metadata, "crc32c") ?? "" },
  ].filter(({ value }) => value !== "");
}

/** @throws {GoogleError} 400 for content that does not match a checksum */
export function checkClaims(claims: readonly Claim[], bytes: Buffer): void {
  for (const { in: place, compute, value } of claims) {
    const actual = compute(bytes);
    if (value.trim() !== actual)
      throw new GoogleError(400, `The checksum in ${place} is ${value}, but that of the content is ${actual}.`, {
        reason: "invalid",
      });
  }
}
