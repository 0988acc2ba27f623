/** The public surface of `@discogen/runtime`, listed by name. Credentials are in `@discogen/runtime/auth`. */

// For applications
export type { Credentials, CredentialsContext, ScopedCredentials } from "./auth/credentials.js";
export type {
  ApiErrorItem,
  ErrorInfo,
  FieldViolation,
  HelpLink,
  LocalizedMessage,
  QuotaViolation,
  RetryInfo,
} from "./error-details.js";
export type { Batch, BatchOutcomes, BatchSender } from "./batch/batch.js";
export {
  AbortError,
  ApiError,
  type ApiErrorCode,
  type ApiErrorInit,
  type ApiResponse,
  AuthError,
  type AuthErrorCode,
  ConnectionError,
  DiscogenError,
  type ErrorCode,
  type Fault,
  InvalidRequestError,
  OperationError,
  TimeoutError,
  UploadError,
  type UploadErrorInit,
} from "./errors.js";
export type { ByteRange, DownloadOptions, DownloadProgress } from "./media/download.js";
export type { MediaUpload, UploadProgress } from "./media/media-upload.js";
export { cancelUpload } from "./media/upload.js";
export type { BatchOptions, CallOptions, ClientOptions } from "./call/options.js";
export type { LogFields, Logger, LogLevel } from "./policy/logger.js";
export type { Middleware } from "./policy/middleware.js";
export type { AttemptTrace, CallTrace, RetryTrace } from "./policy/observe.js";
export type { FailedAttempt, RetryOptions } from "./policy/retry.js";
export type { BytesRequest } from "./request/body.js";
export type { BytesBody, FileBody } from "./request/bytes.js";
export type { HeadersInput } from "./request/headers.js";
export type { Patch } from "./request/patch.js";
export type { WebStream } from "./request/streams.js";
export { ApiPromise, type WithResponse } from "./response/api-promise.js";
export { MediaResponse } from "./response/media-response.js";
export { OperationPromise, type WaitOptions } from "./response/operation-promise.js";
export { Paged } from "./response/paged.js";
export { StreamPromise } from "./response/stream-promise.js";
export type { ClientCertificate } from "./transport/client-certificate.js";
export { type FetchTransportOptions, fetchTransport } from "./transport/fetch.js";
export type { Fetch, FetchReader, FetchResponse } from "./transport/fetch-types.js";
export type { HttpHeaders, HttpRequest, HttpResponse, Transport } from "./transport/transport.js";
export type { Dispatcher } from "./transport/dispatcher.js";
export { undiciTransport } from "./transport/node/platform-transport.js";
export { version } from "./version.js";

// For generated code
export { batch, sendBatch } from "./batch/batch.js";
export { call, operate, paged } from "./client/methods.js";
export { ApiClient, withOptions } from "./client/client.js";
export { content, download } from "./media/methods.js";
export { type Core, type CoreHolder, core } from "./call/core.js";
export { upload } from "./media/upload.js";
export type { Sender } from "./call/call.js";
export {
  type ApiDescriptor,
  descriptorVersion,
  type MethodDescriptor,
  type OperationDescriptor,
  type OperationPoll,
  type PagingDescriptor,
  type ParameterDescriptor,
  type UploadDescriptor,
} from "./method.js";
export {
  type FieldPath,
  type MaskedMethod,
  type MaskedType,
  type UpdateMasks,
  updateMaskOf,
} from "./request/update-mask.js";
export type { Selected, SelectedItem, Selecting } from "./response/fields.js";
export { Resource } from "./client/resource.js";
export { stream } from "./client/stream.js";
