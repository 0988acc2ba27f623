/**
 * ApiModel: the meaning of a Discovery document, with the final names of all types and members.
 *
 * Its consumers (emit, openapi, mock, diff, docs, dynamic) read only the model, never the document. All text is as in
 * the document: code that prints it must escape it.
 */

/** One API. */
export interface ApiModel {
  /** `name:version`. */
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly revision: string;
  readonly title: string;
  readonly description: string;
  readonly documentationLink: string;
  readonly deprecated: boolean;
  /** The document's labels. Some show that the API is not generally available: `limited_availability`, `labs`. */
  readonly labels: readonly string[];
  /** Name of the generated client class: `SQLAdminClient`. */
  readonly clientName: string;
  /** Name of the interface of the global parameters: `GlobalParameters`. */
  readonly globalParametersName: string;
  /** Ends with a slash. */
  readonly rootUrl: string;
  /** Empty, or a path with a slash at the end but not at the start. */
  readonly servicePath: string;
  readonly batchPath: string | undefined;
  readonly mtlsRootUrl: string | undefined;
  /** Regional root URLs, by location. Each ends with a slash. */
  readonly endpoints: ReadonlyMap<string, string>;
  /** Bodies are wrapped in `{ "data": … }`. */
  readonly dataWrapper: boolean;
  /** The default of the global parameter `alt`, almost always `json`. */
  readonly altDefault: string;
  /** Streaming methods support server-sent events: `alt=sse`. */
  readonly offersEvents: boolean;
  /** Every request must send `alt=json`, because the default is another format. */
  readonly altJson: boolean;
  readonly scopes: readonly ScopeModel[];
  /** Parameters that every method takes, except those that the runtime sets itself. */
  readonly parameters: readonly ParameterModel[];
  /** Every named type, in the order of the document: schemas, hoisted types, and input twins. */
  readonly schemas: readonly SchemaModel[];
  /** Data for the update masks of this API's methods. */
  readonly updateMasks: UpdateMasksModel;
  /** The root of the tree. Its methods and resources are members of the client. */
  readonly root: ResourceModel;
}

/** An OAuth 2.0 scope. */
export interface ScopeModel {
  readonly scope: string;
  readonly description: string;
}

export interface ResourceModel {
  /** Names from the root of the document to the resource; empty for the root. */
  readonly path: readonly string[];
  /** Member of the parent class. */
  readonly member: string;
  /** Name of the class, such as `ProjectsLocationsResource`; empty for the root. */
  readonly className: string;
  readonly deprecated: boolean;
  readonly methods: readonly MethodModel[];
  readonly resources: readonly ResourceModel[];
}

/** How to spell the fields of a body in an update mask (AIP-161). */
export interface UpdateMasksModel {
  readonly methods: readonly MaskedMethodModel[];
  /** Types with read-only or opaque fields, and types that refer to such types. */
  readonly types: ReadonlyMap<string, MaskedTypeModel>;
}

export interface MaskedMethodModel {
  /** Members from the client to the method: `["files", "update"]`. */
  readonly path: readonly string[];
  readonly method: MethodModel;
  /** Name of the body's type, if {@link UpdateMasksModel.types} contains it. */
  readonly type: string | undefined;
  /** The mask uses snake case: `display_name` for the body's `displayName`. */
  readonly snake: boolean;
}

export interface MaskedTypeModel {
  /** Properties that never belong in a mask. */
  readonly readOnly: readonly string[];
  /** Maps and values of unknown type. A mask cannot name fields inside them. */
  readonly maps: readonly string[];
  /** Names of types, by property. */
  readonly types: ReadonlyMap<string, string>;
}

export type HttpMethod = "DELETE" | "GET" | "HEAD" | "OPTIONS" | "PATCH" | "POST" | "PUT";

export interface MethodModel {
  /** The document's id. It may differ from the path of names (`sql.instances.list` in sqladmin). */
  readonly id: string;
  readonly name: string;
  /** Member of the resource class. */
  readonly member: string;
  /** Name of the type of `params`, such as `InstancesListParams`. */
  readonly paramsName: string;
  /** Name of the type of the body, such as `InstancesInsertBody`, if the method requires properties of its body. */
  readonly bodyName: string | undefined;
  readonly description: string;
  readonly deprecated: boolean;
  readonly httpMethod: HttpMethod;
  /** Path template. Relative to the root URL if it begins with a slash, otherwise to root URL and service path. */
  readonly path: string;
  /** Path parameters in the order of the path, then query parameters in the order of the document. */
  readonly parameters: readonly ParameterModel[];
  /** Names of global parameters that this method declares itself. */
  readonly shadowedGlobals: readonly string[];
  readonly request: RequestModel | undefined;
  /** Whether the method requires its parameter `updateMask`; undefined if it has none. */
  readonly updateMask: "optional" | "required" | undefined;
  /** Where to send the request id by which the server recognizes a repeated request (AIP-155). */
  readonly requestId: "body" | "query" | undefined;
  readonly response: ResponseModel | undefined;
  readonly paging: PagingModel | undefined;
  readonly operation: OperationModel | undefined;
  readonly mediaUpload: MediaUploadModel | undefined;
  readonly mediaDownload: MediaDownloadModel | undefined;
  /** Any one of these scopes is enough. */
  readonly scopes: readonly string[];
  /** Sent as `X-Goog-Api-Version`. */
  readonly apiVersion: string | undefined;
  readonly etagRequired: boolean;
  /** The API can send notifications about changes of the collection to a channel. */
  readonly supportsSubscription: boolean;
  /** Downloads are served by Google's media download service. */
  readonly useMediaDownloadService: boolean;
}

export interface ParameterModel {
  /** Member of `params`. The document's name, unless that is `requestBody` or `media`. */
  readonly name: string;
  /** The document's name, if it differs from `name`. */
  readonly wireName?: string;
  readonly location: "path" | "query";
  readonly description: string;
  readonly deprecated: boolean;
  readonly required: boolean;
  /** Takes a list of `type`. */
  readonly repeated: boolean;
  readonly type: TypeModel;
  readonly default: string | undefined;
  /** A regular expression, as in the document. */
  readonly pattern: string | undefined;
  readonly minimum: string | undefined;
  readonly maximum: string | undefined;
}

/** The type of a method's `requestBody`. */
export type RequestModel =
  | {
      readonly kind: "json";
      readonly type: TypeModel;
      /** A call without a body is an error. */
      readonly required: boolean;
      /** Properties that this method requires, in the body's type and in nested types. */
      readonly requires: RequiredProperties | undefined;
    }
  | { readonly kind: "bytes" };

/** Names of required properties, and for properties with a separate type, those required in that type. */
export interface RequiredProperties {
  readonly required: readonly string[];
  readonly nested: ReadonlyMap<string, RequiredProperties>;
}

export type ResponseModel =
  | {
      readonly kind: "json";
      readonly type: TypeModel;
      /** The response is a JSON object, not an array or a scalar. */
      readonly isMessage: boolean;
    }
  /** A stream of messages of this type. */
  | { readonly kind: "stream"; readonly type: TypeModel }
  | { readonly kind: "media" };

export interface PagingModel {
  readonly token: string;
  readonly in: "body" | "query";
  readonly next: string;
  readonly items: { readonly property: string; readonly type: TypeModel } | undefined;
}

/** A long-running operation that a method starts or reads. */
export interface OperationModel {
  /** The type of the operation resource, which polling returns. */
  readonly type: TypeModel;
  /**
   * The ways to poll. The runtime uses the first whose parameters all have values in the response. If the list is
   * empty, the method polls itself.
   */
  readonly polls: readonly OperationPoll[];
  /** Path of the property that is `true` or `DONE` when the operation is done. */
  readonly done: readonly string[];
  /** Path of the property that is only set if the operation failed. */
  readonly error: readonly string[];
  /** The method returns the operation resource, not only its name. */
  readonly isAnswer: boolean;
}

/** A GET method that returns the operation, and the sources of its parameters. */
export interface OperationPoll {
  readonly method: MethodModel;
  /** The `wait` method of the same operation, if any. It responds when the operation is done, or after some time. */
  readonly wait: MethodModel | undefined;
  readonly sources: ReadonlyMap<string, ValueSource>;
}

/** Where to find a value in the call that started the operation. */
export interface ValueSource {
  readonly from: "body" | "params" | "response";
  readonly path: readonly string[];
  /** For an id that may not be a complete resource name: the parameter with a resource name in the same collection. */
  readonly within?: string;
  /** The value is one segment of the resource name, at the position of the variable in the path of the poll. */
  readonly isSegment?: true;
}

export interface MediaUploadModel {
  /** Media types as in the document, such as `image/*`. */
  readonly accept: readonly string[];
  /** In bytes. */
  readonly maxSize: number | undefined;
  /** Path relative to the root URL, with a leading slash. */
  readonly path: string;
  /** The upload can be a single request. */
  readonly simple: boolean;
  readonly multipart: boolean;
  readonly resumable: boolean;
}

export interface MediaDownloadModel {
  /** Name of the download method: `getMedia`. */
  readonly member: string;
  /** The method has no other response than the content, so the method itself is the download. */
  readonly isOnly: boolean;
}

/** A named type of `schemas.ts`. */
export interface SchemaModel {
  /** Name of the TypeScript type. */
  readonly name: string;
  /** The id in the document; undefined for hoisted types and input twins. */
  readonly id: string | undefined;
  /** JSON pointer into the document: `/schemas/DatabaseInstance`. */
  readonly pointer: string;
  /** For an input twin, the name of the original type. */
  readonly inputOf: string | undefined;
  readonly description: string;
  readonly deprecated: boolean;
  readonly shape: ShapeModel;
}

export type ShapeModel =
  | {
      readonly kind: "object";
      readonly properties: readonly PropertyModel[];
      /** Type of additional properties, if the document allows them. */
      readonly additional: TypeModel | undefined;
    }
  | { readonly kind: "alias"; readonly type: TypeModel };

export interface PropertyModel {
  readonly name: string;
  readonly type: TypeModel;
  readonly description: string;
  readonly deprecated: boolean;
  readonly readOnly: boolean;
  /** Only true for the discriminator of a union. */
  readonly required: boolean;
  readonly default: string | undefined;
  readonly minimum: string | undefined;
  readonly maximum: string | undefined;
  readonly pattern: string | undefined;
  /** Ids of the methods that require it. */
  readonly requiredBy: readonly string[];
}

/** A type: an inline type, or a reference to a named one. */
export type TypeModel =
  | StringType
  | { readonly kind: "number"; readonly integer: boolean; readonly format: string | undefined }
  | { readonly kind: "boolean" }
  | { readonly kind: "unknown" }
  | { readonly kind: "array"; readonly items: TypeModel }
  | { readonly kind: "map"; readonly values: TypeModel }
  /** `name` is the name of a {@link SchemaModel}. */
  | { readonly kind: "reference"; readonly name: string }
  | { readonly kind: "union"; readonly members: readonly TypeModel[] };

export interface StringType {
  readonly kind: "string";
  /** `int64`, `google-datetime`, `byte`, …. The value is a string in JSON for all formats. */
  readonly format: string | undefined;
  /** Undefined if any string is allowed. */
  readonly enum: EnumModel | undefined;
}

export interface EnumModel {
  readonly values: readonly EnumValueModel[];
  /** Other values are possible, because of `--enums open`, or because the values come from a description. */
  readonly open: boolean;
  /** The values come from a description, not from `enum`. */
  readonly harvested: boolean;
}

export interface EnumValueModel {
  readonly value: string;
  readonly description: string;
  readonly deprecated: boolean;
}
