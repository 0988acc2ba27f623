/**
 * ApiModel: what a Discovery document means, with every name decided.
 *
 * Rooms after this one (emit, openapi, mock, diff, docs) read the model and never the document. Member and type names
 * are final here; emitters only print them. All text is as the document has it: whoever prints it makes it safe.
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
  /** How far the API is from general availability, as the document labels it: `limited_availability`, `labs`. */
  readonly labels: readonly string[];
  /** Name of the generated client class: `SQLAdminClient`. */
  readonly clientName: string;
  /** Name of the interface of the global parameters: `GlobalParameters`. */
  readonly globalParametersName: string;
  /** Ends with a slash. */
  readonly rootUrl: string;
  /** Empty, or ends with a slash and begins without one. */
  readonly servicePath: string;
  readonly batchPath: string | undefined;
  readonly mtlsRootUrl: string | undefined;
  /** Roots of single regions: location to URL, each with a slash at the end. */
  readonly endpoints: ReadonlyMap<string, string>;
  /** Bodies travel inside `{ "data": … }`. */
  readonly dataWrapper: boolean;
  /** The default of the global parameter `alt`; almost always `json`. */
  readonly altDefault: string;
  /** Methods that stream offer server-sent events: `alt=sse`. */
  readonly offersEvents: boolean;
  /** Every call must say `alt=json`: the document's default is something else, and it has `json`. */
  readonly altJson: boolean;
  readonly scopes: readonly ScopeModel[];
  /** Parameters that every method takes, those that are the runtime's own business left out. */
  readonly parameters: readonly ParameterModel[];
  /** Every type, in the order of the document: schemas, types hoisted out of them, input twins. */
  readonly schemas: readonly SchemaModel[];
  /** What update masks of this API's methods need to know. */
  readonly updateMasks: UpdateMasksModel;
  /** The top of the tree: its methods and resources are members of the client. */
  readonly root: ResourceModel;
}

/** An OAuth 2.0 scope. */
export interface ScopeModel {
  readonly scope: string;
  readonly description: string;
}

export interface ResourceModel {
  /** Names from the top of the document down; empty for the top itself. */
  readonly path: readonly string[];
  /** Member of the parent class. */
  readonly member: string;
  /** `ProjectsLocationsResource`; empty for the top itself. */
  readonly className: string;
  readonly deprecated: boolean;
  readonly methods: readonly MethodModel[];
  readonly resources: readonly ResourceModel[];
}

/** How to name the fields of a body in an update mask (AIP-161). */
export interface UpdateMasksModel {
  readonly methods: readonly MaskedMethodModel[];
  /** The fields of types that are special, or lead to types with such fields. */
  readonly types: ReadonlyMap<string, MaskedTypeModel>;
}

export interface MaskedMethodModel {
  /** Members from the client down: `["files", "update"]`. */
  readonly path: readonly string[];
  readonly method: MethodModel;
  /** The type of the body, where {@link UpdateMasksModel.types} has it. */
  readonly type: string | undefined;
  /** The document asks for `display_name` where the body has `displayName`. */
  readonly snake: boolean;
}

export interface MaskedTypeModel {
  /** Never in a mask. */
  readonly readOnly: readonly string[];
  /** Maps and values of any shape: a mask does not reach into them. */
  readonly maps: readonly string[];
  /** Property to the name of its type. */
  readonly types: ReadonlyMap<string, string>;
}

export type HttpMethod = "DELETE" | "GET" | "HEAD" | "OPTIONS" | "PATCH" | "POST" | "PUT";

export interface MethodModel {
  /** The document's id; not always the path of names (`sql.instances.list` in sqladmin). */
  readonly id: string;
  readonly name: string;
  /** Member of the resource class. */
  readonly member: string;
  /** `InstancesListParams`. */
  readonly paramsName: string;
  /** `InstancesInsertBody`, where the method requires properties of its body. */
  readonly bodyName: string | undefined;
  readonly description: string;
  readonly deprecated: boolean;
  readonly httpMethod: HttpMethod;
  /** Path template; relative to the root when it begins with a slash, else to root and service path. */
  readonly path: string;
  /** Path parameters first in the order of the path, then query parameters in the order of the document. */
  readonly parameters: readonly ParameterModel[];
  /** Global parameters that a parameter of this method replaces. */
  readonly shadowedGlobals: readonly string[];
  readonly request: RequestModel | undefined;
  /** Whether the parameter `updateMask`, if there is one, must say which fields of the body count. */
  readonly updateMask: "optional" | "required" | undefined;
  /** Where a request id goes, by which the server knows a repetition (AIP-155). */
  readonly requestId: "body" | "query" | undefined;
  readonly response: ResponseModel | undefined;
  readonly paging: PagingModel | undefined;
  readonly operation: OperationModel | undefined;
  readonly mediaUpload: MediaUploadModel | undefined;
  readonly mediaDownload: MediaDownloadModel | undefined;
  /** Any one of these is enough. */
  readonly scopes: readonly string[];
  /** Sent as `X-Goog-Api-Version`. */
  readonly apiVersion: string | undefined;
  readonly etagRequired: boolean;
  /** Changes of the collection can be pushed to a channel. */
  readonly supportsSubscription: boolean;
  /** Downloads are served by Google's media download service. */
  readonly useMediaDownloadService: boolean;
}

export interface ParameterModel {
  /** Member of `params`; the document's name, unless that is `requestBody` or `media`. */
  readonly name: string;
  /** The document's name, where it is another one. */
  readonly wireName?: string;
  readonly location: "path" | "query";
  readonly description: string;
  readonly deprecated: boolean;
  readonly required: boolean;
  /** Takes a list of `type`. */
  readonly repeated: boolean;
  readonly type: TypeModel;
  readonly default: string | undefined;
  /** As in the document; may be no valid expression of JavaScript. */
  readonly pattern: string | undefined;
  readonly minimum: string | undefined;
  readonly maximum: string | undefined;
}

/** What a method takes as `requestBody`. */
export type RequestModel =
  | {
      readonly kind: "json";
      readonly type: TypeModel;
      /** Without the body the call is refused. */
      readonly required: boolean;
      /** Properties that this very method requires, below the type they belong to. */
      readonly requires: RequiredProperties | undefined;
    }
  | { readonly kind: "bytes" };

/** Properties to be made required, by name; nested for those whose own type has some. */
export interface RequiredProperties {
  readonly required: readonly string[];
  readonly nested: ReadonlyMap<string, RequiredProperties>;
}

export type ResponseModel =
  | {
      readonly kind: "json";
      readonly type: TypeModel;
      /** One message: a JSON object, not an array or a plain value. */
      readonly isMessage: boolean;
    }
  /** Messages of this type as they arrive. */
  | { readonly kind: "stream"; readonly type: TypeModel }
  | { readonly kind: "media" };

export interface PagingModel {
  readonly token: string;
  readonly in: "body" | "query";
  readonly next: string;
  readonly items: { readonly property: string; readonly type: TypeModel } | undefined;
}

/** A long-running operation that a method starts, or reads. */
export interface OperationModel {
  /** The operation resource: what polling answers. */
  readonly type: TypeModel;
  /** The first of these of which the answer has all that it needs is the one to poll with; none: the method itself. */
  readonly polls: readonly OperationPoll[];
  /** Path of the property that is `true`, or says `DONE`, at the end. */
  readonly done: readonly string[];
  /** Path of the property that is there when it failed. */
  readonly error: readonly string[];
  /** The method answers the operation resource itself, not only its name. */
  readonly isAnswer: boolean;
}

/** A GET method that answers the operation, and where its parameters come from. */
export interface OperationPoll {
  readonly method: MethodModel;
  /** Beside it: answers when the operation is over, or after a while. */
  readonly wait: MethodModel | undefined;
  readonly sources: ReadonlyMap<string, ValueSource>;
}

/** A value out of the call that started the operation. */
export interface ValueSource {
  readonly from: "body" | "params" | "response";
  readonly path: readonly string[];
  /** Of an id that may be short: the parameter whose resource name lies in the same collection. */
  readonly within?: string;
  /** The segment of a resource name that stands where the variable does in the path of the poll. */
  readonly isSegment?: true;
}

export interface MediaUploadModel {
  /** Media types as the document lists them, for instance `image/*`. */
  readonly accept: readonly string[];
  /** Bytes. */
  readonly maxSize: number | undefined;
  /** Path from the root, with a leading slash. */
  readonly path: string;
  /** Content can be sent in one request. */
  readonly simple: boolean;
  readonly multipart: boolean;
  readonly resumable: boolean;
}

export interface MediaDownloadModel {
  /** Member beside the method: `getMedia`. */
  readonly member: string;
  /** The method has no response but its content, so that the method itself is the download. */
  readonly isOnly: boolean;
}

/** A named type of `schemas.ts`. */
export interface SchemaModel {
  /** Name of the TypeScript type. */
  readonly name: string;
  /** The id in the document; absent for types hoisted out of others and for input twins. */
  readonly id: string | undefined;
  /** Where it stands: `/schemas/DatabaseInstance`. */
  readonly pointer: string;
  /** For an input twin the name of the type it is the twin of. */
  readonly inputOf: string | undefined;
  readonly description: string;
  readonly deprecated: boolean;
  readonly shape: ShapeModel;
}

export type ShapeModel =
  | {
      readonly kind: "object";
      readonly properties: readonly PropertyModel[];
      /** Type of every further property, where the document allows some. */
      readonly additional: TypeModel | undefined;
    }
  | { readonly kind: "alias"; readonly type: TypeModel };

export interface PropertyModel {
  readonly name: string;
  readonly type: TypeModel;
  readonly description: string;
  readonly deprecated: boolean;
  readonly readOnly: boolean;
  /** Set by nothing but a union's discriminator. */
  readonly required: boolean;
  readonly default: string | undefined;
  readonly minimum: string | undefined;
  readonly maximum: string | undefined;
  readonly pattern: string | undefined;
  /** Ids of the methods that require it. */
  readonly requiredBy: readonly string[];
}

/** A type as it is used: plain, or a reference to a named one. */
export type TypeModel =
  | StringType
  | { readonly kind: "number"; readonly integer: boolean; readonly format: string | undefined }
  | { readonly kind: "boolean" }
  | { readonly kind: "unknown" }
  | { readonly kind: "array"; readonly items: TypeModel }
  | { readonly kind: "map"; readonly values: TypeModel }
  /** `name` is that of a {@link SchemaModel}. */
  | { readonly kind: "reference"; readonly name: string }
  | { readonly kind: "union"; readonly members: readonly TypeModel[] };

export interface StringType {
  readonly kind: "string";
  /** `int64`, `google-datetime`, `byte`, …: the value still travels as a string. */
  readonly format: string | undefined;
  /** Absent: any string. */
  readonly enum: EnumModel | undefined;
}

export interface EnumModel {
  readonly values: readonly EnumValueModel[];
  /** Other values may come: harvested out of a description, or asked for by `--enums open`. */
  readonly open: boolean;
  /** The values were found in a description, not in `enum`. */
  readonly harvested: boolean;
}

export interface EnumValueModel {
  readonly value: string;
  readonly description: string;
  readonly deprecated: boolean;
}
