/** Sends a call with content: checks its options and chooses the protocol. */
import type { Call } from "../call/call.js";
import { type Known, checkNames } from "../call/check-names.js";
import { paramsOf, prepare } from "../call/prepare.js";
import { type PreparedCall, abortedCall, expiredCall, remainingOf } from "../call/prepared-call.js";
import type { Sent } from "../call/send.js";
import { type Fault, InvalidRequestError, TimeoutError } from "../errors.js";
import type { MethodDescriptor, UploadDescriptor } from "../method.js";
import { within } from "../policy/wait.js";
import { isBlob, nameOf } from "../request/bytes.js";
import { isAccepted, isMediaType, typeOfName, unknownType } from "../request/content-type.js";
import type { MediaUpload } from "./media-upload.js";
import { type PreparedUpload, granularity } from "./prepared-upload.js";
import { sendResumable } from "./resumable.js";
import { foreignSession, sessionAt } from "./session.js";
import { sendInOneRequest } from "./single-request.js";
import { type Source, openSource } from "./source.js";

/** In bytes. Above this size, repeating the upload costs more than the additional requests of a resumable upload. */
const singleRequestLimit: number = 8 * 1024 * 1024;

const mediaOptions: Known<MediaUpload> = {
  body: 1,
  chunkSize: 1,
  mimeType: 1,
  onProgress: 1,
  resumable: 1,
  session: 1,
  size: 1,
};

export async function sendMedia(call: Call): Promise<{ readonly prepared: PreparedCall; readonly sent: Sent }> {
  const { core, method, params } = call;
  const { media: given, ...rest } = paramsOf(method, params);
  const descriptor = method.upload;
  if (descriptor === undefined)
    throw new InvalidRequestError(method.id, [{ parameter: "media", message: "is not a parameter of this method" }]);
  const prepared = prepare({ ...call, method: onUploadPath(method, descriptor), params: rest });
  const hasMetadata = prepared.built.body !== undefined;
  const { media, mimeType } = checkMedia(method.id, descriptor, given, hasMetadata);
  if (media.session !== undefined && sessionAt(core, media.session, core.origin) === undefined)
    throw foreignSession(method.id, "media.session");
  const source = await openInTime(prepared, media);
  try {
    checkSize(method.id, descriptor, source.size);
    // A batch rejects content, so the stream stays unused.
    if (core.signal === undefined) source.take?.();
    const upload: PreparedUpload = { call: prepared, media, mimeType, source };
    const work = (): Promise<Sent> =>
      isResumable(upload, descriptor) ? sendResumable(upload) : sendInOneRequest(upload);
    return { prepared, sent: await (prepared.observer === undefined ? work() : prepared.observer.call(work)) };
  } finally {
    await source.close();
  }
}

/** Opens the content within the limits of the call: a pipe without a writer or a file system may block forever. */
async function openInTime(call: PreparedCall, media: MediaUpload): Promise<Source> {
  const opening = openSource(call.methodId, media, call.timeout);
  const left = remainingOf(call);
  const expired = (): TimeoutError =>
    left <= call.timeout
      ? expiredCall(call)
      : new TimeoutError(`${call.methodId}: media.body was not opened within ${String(call.timeout)} ms`, call.timeout);
  try {
    const remaining = Math.min(call.timeout, left);
    return await within(opening, { signal: call.signal, remaining, aborted: () => abortedCall(call), expired });
  } catch (error) {
    const close = (source: Source): Promise<void> => {
      source.take?.();
      return source.close();
    };
    opening.then(close).catch(() => undefined);
    throw error;
  }
}

const uploadMethods: WeakMap<UploadDescriptor, MethodDescriptor> = new WeakMap();

/** The same method with its upload path. Cached, since data derived from a descriptor is cached by descriptor. */
function onUploadPath(method: MethodDescriptor, upload: UploadDescriptor): MethodDescriptor {
  let found = uploadMethods.get(upload);
  if (found === undefined) {
    found = { ...method, path: upload.path };
    uploadMethods.set(upload, found);
  }
  return found;
}

function isResumable(
  { call, media, source }: PreparedUpload,
  { inOne, multipart, resumable }: UploadDescriptor,
): boolean {
  if (inOne === false) return true;
  if (media.resumable !== undefined) return media.resumable;
  if (media.session !== undefined) return true;
  if (resumable !== true) return false;
  const fits = multipart === true || call.built.body === undefined;
  return !fits || source.size === undefined || source.size > singleRequestLimit;
}

/** Checks the options. Reads no content. */
function checkMedia(
  methodId: string,
  descriptor: UploadDescriptor,
  given: unknown,
  hasMetadata: boolean,
): { readonly media: MediaUpload; readonly mimeType: string } {
  const faults: Fault[] = [];
  const fault = (name: string, message: string): void =>
    void faults.push({ parameter: name === "" ? "media" : `media.${name}`, message });
  if (typeof given !== "object" || given === null || !("body" in given) || given.body === undefined) {
    fault("", "must be { body, … }");
    throw new InvalidRequestError(methodId, faults);
  }
  const media = given as MediaUpload; // its members are checked here, its body when it is opened
  checkNames(media, mediaOptions, faults, "media.");
  const { chunkSize, onProgress, resumable, session, size } = media;
  if (size !== undefined && !(Number.isSafeInteger(size) && size >= 0))
    fault("size", "must be a number of bytes, 0 or more");
  if (chunkSize !== undefined && !(Number.isSafeInteger(chunkSize) && chunkSize > 0 && chunkSize % granularity === 0))
    fault("chunkSize", `must be a multiple of ${String(granularity)} (256 KiB)`);
  if (resumable !== undefined && typeof resumable !== "boolean") fault("resumable", "must be true or false");
  if (session !== undefined && (typeof session !== "string" || session === ""))
    fault("session", "must be the URL of a session");
  if (resumable === false && descriptor.inOne === false)
    fault("resumable", "must not be false: this method takes only resumable uploads");
  if (session !== undefined && resumable === false) fault("session", "needs a resumable upload");
  if ((session !== undefined || resumable === true) && descriptor.resumable !== true)
    fault(
      session === undefined ? "resumable" : "session",
      "is not supported: this method takes content only in one request",
    );
  if (onProgress !== undefined && typeof onProgress !== "function") fault("onProgress", "must be a function");
  if (hasMetadata && descriptor.multipart !== true && (resumable === false || descriptor.resumable !== true))
    faults.push({ parameter: "requestBody", message: "cannot be sent with media in one request of this method" });
  const mimeType = mimeTypeOf(media, descriptor.accept, fault);
  if (faults.length > 0) throw new InvalidRequestError(methodId, faults);
  return { media, mimeType };
}

function mimeTypeOf(
  { body, mimeType }: MediaUpload,
  accept: readonly string[] = ["*/*"],
  fault: (name: string, message: string) => void,
): string {
  const known = mimeType ?? (isBlob(body) && body.type !== "" ? body.type : undefined);
  const list = accept.join(", ");
  if (known !== undefined) {
    if (!isMediaType(known)) fault("mimeType", "must be a media type, for example image/png");
    else if (!isAccepted(known, accept)) fault("mimeType", `must be one of ${list}, not ${known}`);
    return known;
  }
  // If a method takes only one type, it is the default.
  const only = accept.length === 1 && accept[0]?.includes("*") === false ? accept[0] : undefined;
  const found = [typeOfName(nameOf(body) ?? ""), only, unknownType].find(
    (type) => type !== undefined && isAccepted(type, accept),
  );
  if (found === undefined) fault("mimeType", `is required: the method takes ${list}`);
  return found ?? unknownType;
}

function checkSize(methodId: string, { maxSize }: UploadDescriptor, size: number | undefined): void {
  if (size === undefined || maxSize === undefined || size <= maxSize) return;
  const message = `has ${String(size)} bytes, but the method takes at most ${String(maxSize)}`;
  throw new InvalidRequestError(methodId, [{ parameter: "media.body", message }]);
}
