/** Bodies that are bytes: HttpBody, media upload and media download. */
import type { DiscoveryMediaUpload, DiscoveryMethod, DiscoverySchema } from "../discovery/types.js";
import type { MediaUploadModel } from "./types.js";

/** True for google.api.HttpBody under any of its names: such a body is sent and answered as it is, not as JSON. */
export function isHttpBody(id: string | undefined, schemas: ReadonlyMap<string, DiscoverySchema>): boolean {
  if (id === undefined || !id.endsWith("HttpBody")) return false;
  const properties = schemas.get(id)?.properties;
  return properties?.has("contentType") === true && properties.has("data");
}

/** What may be uploaded, where the method takes an upload. */
export function mediaUploadOf(upload: DiscoveryMediaUpload | undefined): MediaUploadModel | undefined {
  if (upload === undefined) return undefined;
  // As Google's clients do: no server knows the path that begins with /resumable.
  const path = upload.simple?.path ?? upload.resumablePath?.replace(/^\/?resumable\//, "/");
  if (path === undefined) return undefined;
  return {
    accept: upload.accept,
    maxSize: upload.maxSize === undefined ? undefined : bytesOf(upload.maxSize),
    path: path.startsWith("/") ? path : `/${path}`,
    simple: upload.simple !== undefined,
    multipart: upload.simple?.multipart ?? false,
    resumable: upload.resumable,
  };
}

/** Whether the method has a `…Media` twin. Old documents claim it of uploads too; those answer with JSON. */
export function hasMediaDownload(method: DiscoveryMethod): boolean {
  return method.supportsMediaDownload && method.mediaUpload === undefined;
}

/** `"10GB"` or `"5497558138880"` in bytes; undefined for what is no size. */
export function bytesOf(size: string): number | undefined {
  const match = /^(\d+)\s*([KMGTP]?)B?$/i.exec(size.trim());
  if (match?.[1] === undefined) return undefined;
  const power = " KMGTP".indexOf((match[2] ?? "").toUpperCase() || " ");
  return Number(match[1]) * 1024 ** power;
}
