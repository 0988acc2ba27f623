/**
 * What generated code knows about an API and its methods, as data.
 *
 * The generator writes these tables; the rooms `request/` and `response/` read them. A fact that is absent is the
 * ordinary case, so that a table stays as small as the API is plain.
 */

/** The version of these tables that this runtime reads. Code generated for another one must be generated again. */
export const descriptorVersion = 2;

/** One API: where it lives and what it may ask for. */
export interface ApiDescriptor {
  /** {@link descriptorVersion} of the generator. Absent in code generated before it was stated. */
  readonly descriptors: typeof descriptorVersion;
  /** `name:version`, for instance `sqladmin:v1beta3`. */
  readonly id: string;
  /** Ends with a slash: `https://sqladmin.googleapis.com/`. */
  readonly rootUrl: string;
  /** Between root and method path: empty, or ends with a slash. */
  readonly servicePath: string;
  /** Where batches go, relative to the root. */
  readonly batchPath?: string;
  /** The root for connections with a client certificate (AIP-4114). */
  readonly mtlsRootUrl?: string;
  /** The roots of single regions, by location: `us-central1`. */
  readonly endpoints?: { readonly [location: string]: string };
  /** Every OAuth 2.0 scope of the API; methods point into this list. Empty: the API needs no sign-in. */
  readonly scopes: readonly string[];
  /** The document's default for `alt` is something else, but it has `json`, so every call says `alt=json`. */
  readonly altJson?: true;
  /** Bodies travel inside `{ "data": … }`. */
  readonly dataWrapper?: true;
  /** Methods that stream offer server-sent events: `alt=sse`. */
  readonly altSse?: true;
}

/** One method. */
export interface MethodDescriptor {
  /** The document's own id, for instance `sql.instances.list`. */
  readonly id: string;
  readonly httpMethod: "DELETE" | "GET" | "HEAD" | "OPTIONS" | "PATCH" | "POST" | "PUT";
  /**
   * Path template relative to root and service path: literals, `{x}`, `{+x}` and `{/x*}`. With a leading slash it is
   * relative to the root alone.
   */
  readonly path: string;
  /** Parameters of which there is something to say; one that is missing here is an optional query parameter. */
  readonly parameters?: { readonly [name: string]: ParameterDescriptor };
  /** Any one of these is enough: indexes into {@link ApiDescriptor.scopes}. Absent: no scope is needed. */
  readonly scopes?: readonly number[];
  /** `json`: `requestBody` is sent as JSON. `bytes`: it is `{ data, contentType }`, sent as is. Absent: no body. */
  readonly request?: "bytes" | "json";
  /** The body must be given. */
  readonly requestRequired?: true;
  /** Where a request id goes, by which the server knows a repetition (AIP-155); filled in where the caller gives none. */
  readonly requestId?: "body" | "query";
  /**
   * `json`: one message, a JSON object. `value`: any other JSON, such as an array. `stream`: messages as they arrive, by
   * `stream`. `media`: a MediaResponse, by `content`. Absent: the response's body does not matter.
   */
  readonly response?: "json" | "media" | "stream" | "value";
  /** How to walk the pages, where there are pages. */
  readonly paging?: PagingDescriptor;
  /** How to follow the operation that the method starts. */
  readonly operation?: OperationDescriptor;
  /** How content is uploaded: `media`. */
  readonly upload?: UploadDescriptor;
  /** Sent as `X-Goog-Api-Version`. */
  readonly apiVersion?: string;
}

/** What a method takes as `media`. Every protocol is spoken on one path. */
export interface UploadDescriptor {
  /** Path template from the root, with a leading slash. */
  readonly path: string;
  /** Media types and ranges of them, such as `image/*`. Absent: any. */
  readonly accept?: readonly string[];
  /** Bytes. */
  readonly maxSize?: number;
  /** Metadata and content can travel in one request. */
  readonly multipart?: true;
  /** Content can travel in parts, and go on after a failure. */
  readonly resumable?: true;
  /** `false`: content cannot be sent in one request, so every upload is resumable. */
  readonly inOne?: false;
}

/** What is known of a parameter. All but its pattern is checked before anything is sent. */
export interface ParameterDescriptor {
  /** Its name in the query, where `params` has another one: `media` and `requestBody` have a meaning of their own there. */
  readonly name?: string;
  readonly required?: true;
  /** What its text must be. Absent: any text. `date-time` also takes a `Date`. */
  readonly type?: "boolean" | "date-time" | "integer" | "number";
  /** A field mask: also takes a list of paths, which is sent joined by commas. */
  readonly mask?: true;
  /** Takes a list; sent once per element (`a=1&a=2`). */
  readonly repeated?: true;
  /**
   * A regular expression for the documented shape. Servers accept more than documents say, so a value that does not
   * match is sent, and named only in the error for a 400 or 404. Written by the generator, and safe to run.
   */
  readonly pattern?: string;
  /** Inclusive bounds of an integer, as written in the document. */
  readonly minimum?: string;
  readonly maximum?: string;
  /** The values a path parameter may take. */
  readonly enum?: readonly string[];
}

/** Where page tokens and items are (AIP-158). */
export interface PagingDescriptor {
  /** Name of the token in the request. */
  readonly token: string;
  /** Where the request carries it. */
  readonly in: "body" | "query";
  /** Name of the next token in the response. */
  readonly next: string;
  /** The response property that holds the items; a map yields its values. Absent: only pages can be walked. */
  readonly items?: string;
}

/** How to find out whether a long-running operation is over (AIP-151 and the older styles). */
export interface OperationDescriptor {
  /**
   * The first of these whose parameters can all be found is the one to poll with. None: the method itself reads an
   * operation, and is called again with the same parameters.
   */
  readonly polls: readonly OperationPoll[];
  /** Path of the property that is `true`, or says `DONE`, at the end: `done`, `status.state`. */
  readonly done: string;
  /** Path of the property that is there when the operation failed. */
  readonly error: string;
  /** The method answers the operation itself, so that it may be over at once; else only its name. */
  readonly isAnswer?: true;
}

/** A GET method that answers the operation. */
export interface OperationPoll {
  readonly method: MethodDescriptor;
  /** A method with the same path parameters that answers when the operation is over, or after a while. */
  readonly wait?: MethodDescriptor;
  /**
   * Where its parameters come from: `params.x`, `body.x` or `response.x` of the call that started the operation. With
   * `within`: the value may be a bare id, which then lies in the collection of the resource that this parameter names.
   * With `segment`: the value is a resource name (`apps/a/operations/o`), and the parameter is the segment of it that
   * stands where `{parameter}` stands in the path of the method. A name of another shape has none.
   */
  readonly parameters: { readonly [name: string]: string | OperationValue };
}

/** A parameter of a poll that is only a part of a value, or needs more than the value. */
export type OperationValue =
  | { readonly value: string; readonly within: string }
  | { readonly value: string; readonly segment: true };
