/** The part of OpenAPI 3.1 that a Google API needs. */
import type { SchemaObject } from "./components.js";

export interface OpenApiDocument {
  readonly openapi: "3.1.0";
  readonly info: {
    readonly title: string;
    readonly version: string;
    readonly description?: string;
    /** Revision of the Discovery document. */
    readonly "x-google-revision"?: string;
    /** Name and version of this package. */
    readonly "x-generator": string;
  };
  readonly externalDocs?: { readonly url: string };
  readonly servers: readonly [{ readonly url: string }];
  readonly tags: readonly { readonly name: string; readonly description?: string }[];
  readonly paths: { readonly [template: string]: PathItem };
  readonly components: {
    readonly schemas: { readonly [name: string]: BodySchema };
    readonly parameters: { readonly [name: string]: ParameterObject };
    readonly securitySchemes?: { readonly oauth2: OAuth2Scheme };
  };
}

export type Verb = "delete" | "get" | "head" | "options" | "patch" | "post" | "put";

export type PathItem = { readonly [verb in Verb]?: Operation };

export interface Operation {
  readonly operationId: string;
  readonly tags?: readonly string[];
  readonly description?: string;
  readonly deprecated?: true;
  readonly parameters: readonly (ParameterObject | Reference)[];
  readonly requestBody?: { readonly required?: true; readonly content: Content };
  readonly responses: { readonly "200": { readonly description: string; readonly content?: Content } };
  /** Any one of these scopes is enough. */
  readonly security?: readonly { readonly oauth2: readonly [string] }[];
  /** The path in the Discovery document, if it differs. */
  readonly "x-discogen-path"?: string;
}

export interface Reference {
  readonly $ref: string;
}

export interface ParameterObject {
  readonly name: string;
  readonly in: "header" | "path" | "query";
  readonly required?: true;
  readonly description?: string;
  readonly deprecated?: true;
  readonly schema: SchemaObject;
  /** Name of the parameter in the Discovery document, if it differs, or if this parameter is only a part of it. */
  readonly "x-discogen-parameter"?: string;
}

/** The schema of a body. A method may require properties that are optional in the type. */
export interface BodySchema extends Omit<SchemaObject, "additionalProperties" | "items" | "properties"> {
  allOf?: readonly BodySchema[];
  items?: BodySchema;
  properties?: { [name: string]: BodySchema };
  additionalProperties?: BodySchema | false;
}

/** Schemas, by media type. */
export interface Content {
  readonly [mediaType: string]: { readonly schema?: BodySchema };
}

export interface OAuth2Scheme {
  readonly type: "oauth2";
  readonly flows: {
    readonly authorizationCode: {
      readonly authorizationUrl: string;
      readonly tokenUrl: string;
      readonly scopes: { readonly [scope: string]: string };
    };
  };
}
