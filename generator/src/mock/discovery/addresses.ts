/** Addresses of the mock, in place of Google's. */
import type { IncomingHttpHeaders } from "node:http";
import type { ApiModel } from "../../model/types.js";
import { isObject, type JsonObject, own } from "../json.js";

export interface ServedDocument {
  readonly model: ApiModel;
  readonly document: JsonObject;
}

/**
 * Returns the base URL that a client uses for the mock: that of its `Host` header, because `localhost` can be the name of
 * another machine or port. `url` is used if the header names an API (`drive.googleapis.com`).
 */
export function baseUrlOf({ host = "" }: IncomingHttpHeaders, url: string): string {
  const address = `http://${host}/`;
  const isUsable = URL.canParse(address) && new URL(address).host === host.toLowerCase();
  return isUsable && !/\.googleapis\.com(?::\d+)?$/i.test(host) ? address : url;
}

/** Returns the document with the addresses of the mock. `base` ends with a slash. */
export function localDocument({ document, model }: ServedDocument, base: string): JsonObject {
  const rootUrl = localRoot(model, base);
  const endpoints = own(document, "endpoints");
  return {
    ...document,
    rootUrl,
    servicePath: model.servicePath,
    baseUrl: rootUrl + model.servicePath,
    ...(own(document, "mtlsRootUrl") !== undefined && { mtlsRootUrl: rootUrl }),
    ...(Array.isArray(endpoints) && {
      endpoints: endpoints.map((endpoint) => (isObject(endpoint) ? { ...endpoint, endpointUrl: rootUrl } : endpoint)),
    }),
  };
}

/** The mock serves the path of a root URL, on its own host. */
function localRoot({ rootUrl }: ApiModel, base: string): string {
  return new URL(new URL(rootUrl).pathname, base).href;
}
