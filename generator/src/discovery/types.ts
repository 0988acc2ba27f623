/**
 * A Discovery document as this package reads it: every key that the generator uses, with the right type.
 *
 * Reference: https://developers.google.com/discovery/v1/reference/apis#resource. Maps keep the document's order and
 * support any key, `__proto__` included.
 */

export interface DiscoveryDocument {
  /** The source of the document, as the caller passed it. */
  readonly file: string;
  readonly name: string;
  readonly version: string;
  readonly canonicalName: string | undefined;
  readonly revision: string;
  readonly title: string;
  readonly description: string;
  readonly documentationLink: string;
  readonly rootUrl: string;
  readonly servicePath: string;
  readonly batchPath: string | undefined;
  readonly mtlsRootUrl: string | undefined;
  /** Regional root URLs, by location. */
  readonly endpoints: ReadonlyMap<string, string>;
  readonly labels: readonly string[];
  readonly features: readonly string[];
  readonly parameters: ReadonlyMap<string, DiscoverySchema>;
  /** Descriptions, by scope. */
  readonly scopes: ReadonlyMap<string, string>;
  readonly schemas: ReadonlyMap<string, DiscoverySchema>;
  /** The top-level methods and resources. */
  readonly root: DiscoveryResource;
}

export interface DiscoveryResource {
  readonly pointer: string;
  readonly deprecated: boolean;
  readonly methods: ReadonlyMap<string, DiscoveryMethod>;
  readonly resources: ReadonlyMap<string, DiscoveryResource>;
}

export interface DiscoveryMethod {
  readonly pointer: string;
  readonly id: string | undefined;
  readonly description: string;
  readonly deprecated: boolean;
  readonly httpMethod: string | undefined;
  readonly path: string | undefined;
  readonly parameters: ReadonlyMap<string, DiscoverySchema>;
  readonly parameterOrder: readonly string[];
  readonly request: DiscoverySchema | undefined;
  readonly response: DiscoverySchema | undefined;
  readonly scopes: readonly string[];
  readonly mediaUpload: DiscoveryMediaUpload | undefined;
  readonly supportsMediaDownload: boolean;
  readonly supportsSubscription: boolean;
  readonly useMediaDownloadService: boolean;
  readonly etagRequired: boolean;
  readonly apiVersion: string | undefined;
  readonly streamingType: string | undefined;
}

export interface DiscoveryMediaUpload {
  readonly accept: readonly string[];
  readonly maxSize: string | undefined;
  /** `protocols.simple`. Every upload protocol uses its path. */
  readonly simple: { readonly path: string; readonly multipart: boolean } | undefined;
  readonly resumable: boolean;
  /** `protocols.resumable.path`. Only used if there is no `simple`. */
  readonly resumablePath: string | undefined;
}

/** A schema, a property, an array element, or a parameter. Documents describe all four in the same form. */
export interface DiscoverySchema {
  readonly pointer: string;
  readonly reference: string | undefined;
  readonly type: string | undefined;
  readonly format: string | undefined;
  readonly description: string;
  readonly deprecated: boolean;
  readonly default: string | undefined;
  readonly pattern: string | undefined;
  readonly minimum: string | undefined;
  readonly maximum: string | undefined;
  readonly enum: readonly string[] | undefined;
  readonly enumDescriptions: readonly string[];
  readonly enumDeprecated: readonly boolean[];
  readonly properties: ReadonlyMap<string, DiscoverySchema> | undefined;
  readonly additionalProperties: DiscoverySchema | undefined;
  readonly items: DiscoverySchema | undefined;
  readonly variant: DiscoveryVariant | undefined;
  readonly readOnly: boolean;
  /** Ids of the methods that require this property. */
  readonly requiredBy: readonly string[];
  /** `path` or `query`. Only set for parameters, as are the next two. */
  readonly location: string | undefined;
  readonly required: boolean;
  readonly repeated: boolean;
}

export interface DiscoveryVariant {
  readonly discriminant: string;
  readonly map: readonly { readonly value: string; readonly reference: string; readonly pointer: string }[];
}
