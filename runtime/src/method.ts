/**
 * The descriptors of an API and its methods: data in generated code.
 *
 * The generator writes these tables. The folders `request/` and `response/` read them. A property is absent for the
 * usual case, so tables stay small.
 */

/** The version of the tables that this runtime reads. Code generated for another version must be generated again. */
export const descriptorVersion = 2;

/** One API: its URLs and scopes. */
export interface ApiDescriptor {
  /** {@link descriptorVersion} of the generator. Absent in code of the first generators. */
  readonly descriptors: typeof descriptorVersion;
  /** `name:version`, for example `sqladmin:v1beta3`. */
  readonly id: string;
  /** Ends with a slash: `https://sqladmin.googleapis.com/`. */
  readonly rootUrl: string;
  /** The part between root and method path: empty, or ends with a slash. */
  readonly servicePath: string;
  /** The path for batches, relative to the root. */
  readonly batchPath?: string;
  /** The root URL for connections with a client certificate (AIP-4114). */
  readonly mtlsRootUrl?: string;
  /** The root URLs of single regions, by location: `us-central1`. */
  readonly endpoints?: { readonly [location: string]: string };
  /** All OAuth 2.0 scopes of the API. Methods refer to them by index. Empty: the API needs no authentication. */
  readonly scopes: readonly string[];
  /** `json` is not the document's default for `alt`, so every call sends `alt=json`. */
  readonly altJson?: true;
  /** Bodies are wrapped: `{ "data": … }`. */
  readonly dataWrapper?: true;
  /** Streaming methods support server-sent events: `alt=sse`. */
  readonly altSse?: true;
}

/** One method. */
export interface MethodDescriptor {
  /** The id from the document, for example `sql.instances.list`. */
  readonly id: string;
  readonly httpMethod: "DELETE" | "GET" | "HEAD" | "OPTIONS" | "PATCH" | "POST" | "PUT";
  /**
   * The path template: literals, `{x}`, `{+x}` and `{/x*}`. Relative to root and service path, or with a leading slash
   * to the root alone.
   */
  readonly path: string;
  /** Parameters other than plain ones. A parameter that is missing here is an optional query parameter. */
  readonly parameters?: { readonly [name: string]: ParameterDescriptor };
  /** Indexes into {@link ApiDescriptor.scopes}. Any one of these scopes is enough. Absent: no scope is needed. */
  readonly scopes?: readonly number[];
  /** `json`: `requestBody` is sent as JSON. `bytes`: it is `{ data, contentType }`, sent as is. Absent: no body. */
  readonly request?: "bytes" | "json";
  /** The body is required. */
  readonly requestRequired?: true;
  /** Where the request id is sent, which makes retries safe (AIP-155). The runtime generates it if necessary. */
  readonly requestId?: "body" | "query";
  /**
   * `json`: one message, a JSON object. `value`: other JSON, such as an array. `stream`: a StreamPromise of messages.
   * `media`: a MediaResponse. Absent: the body of the response is ignored.
   */
  readonly response?: "json" | "media" | "stream" | "value";
  /** How to read all pages of a list. */
  readonly paging?: PagingDescriptor;
  /** How to wait for the operation that the method starts. */
  readonly operation?: OperationDescriptor;
  /** How the content of `media` is uploaded. */
  readonly upload?: UploadDescriptor;
  /** Sent as `X-Goog-Api-Version`. */
  readonly apiVersion?: string;
}

/** The uploads that a method accepts as `media`. All protocols use one path. */
export interface UploadDescriptor {
  /** The path template from the root, with a leading slash. */
  readonly path: string;
  /** Media types and ranges of them, such as `image/*`. Absent: any. */
  readonly accept?: readonly string[];
  /** In bytes. */
  readonly maxSize?: number;
  /** Metadata and content can be sent in one request. */
  readonly multipart?: true;
  /** Content can be sent in chunks, and the upload can continue after an error. */
  readonly resumable?: true;
  /** `false`: content cannot be sent in one request, so all uploads are resumable. */
  readonly inOne?: false;
}

/** What the document defines for a parameter. The runtime checks all except the pattern before it sends a request. */
export interface ParameterDescriptor {
  /** The name in the query, if `params` has another name: `media` and `requestBody` have a special meaning there. */
  readonly name?: string;
  readonly required?: true;
  /** The type of the value. Absent: any string. `date-time` also accepts a `Date`. */
  readonly type?: "boolean" | "date-time" | "integer" | "number";
  /** A field mask: also accepts an array of paths, which is sent joined by commas. */
  readonly mask?: true;
  /** Takes an array. Sent once per element (`a=1&a=2`). */
  readonly repeated?: true;
  /**
   * A regular expression for the documented shape. Servers accept more than documents describe, so values that do not
   * match are sent. The error for a 400 or 404 mentions them. The generator makes sure that the expression is safe.
   */
  readonly pattern?: string;
  /** Inclusive bounds of an integer, as in the document. */
  readonly minimum?: string;
  readonly maximum?: string;
  /** The allowed values of a path parameter. */
  readonly enum?: readonly string[];
}

/** The properties that contain page tokens and items (AIP-158). */
export interface PagingDescriptor {
  /** The name of the page token in the request. */
  readonly token: string;
  /** The part of the request that contains the token. */
  readonly in: "body" | "query";
  /** The name of the next page token in the response. */
  readonly next: string;
  /** The response property that contains the items, an array or a map of them. Absent: only pages can be iterated. */
  readonly items?: string;
}

/** How to check whether a long-running operation is done (AIP-151 and the older styles). */
export interface OperationDescriptor {
  /**
   * Polls with the first of these whose parameters are all known. Empty: the method itself reads an operation and is
   * called again with the same parameters.
   */
  readonly polls: readonly OperationPoll[];
  /** The path of the property that is `true` or `DONE` at the end: `done`, `status.state`. */
  readonly done: string;
  /** The path of the property that is present if the operation failed. */
  readonly error: string;
  /** The method returns the operation itself, which may be done already. Absent: it returns only the name. */
  readonly isAnswer?: true;
}

/** A GET method that returns the operation. */
export interface OperationPoll {
  readonly method: MethodDescriptor;
  /** A method with the same path parameters that returns when the operation is done, or after some time. */
  readonly wait?: MethodDescriptor;
  /**
   * The sources of its parameters: `params.x`, `body.x` or `response.x` of the call that started the operation. See
   * {@link OperationValue} for the object form.
   */
  readonly parameters: { readonly [name: string]: string | OperationValue };
}

/**
 * A parameter of a poll that is not simply a value.
 *
 * - `within`: the value may be only an id, which belongs to the collection of the resource that this parameter names.
 * - `segment`: the value is a resource name (`apps/a/operations/o`). The parameter is the segment at the position of
 *   `{parameter}` in the path of the method. A name of another shape does not contain it.
 */
export type OperationValue =
  | { readonly value: string; readonly within: string }
  | { readonly value: string; readonly segment: true };
