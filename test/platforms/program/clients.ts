/** The clients of the checks: one that is published, one that was generated for this run. */
import { SQLAdminClient } from "@discogen/generated/sqladmin/v1beta3";
import { ServiceAccountCredentials } from "@discogen/runtime/auth";
import { StorageClient } from "./clients/storage/v1/index.ts";
import type { Platform } from "./platform.ts";

export const project = "example-123";
export const bucket = "shop";

/** The scopes are those of the client that the credentials are used with. */
function credentials({ input }: Platform): ServiceAccountCredentials {
  return ServiceAccountCredentials.fromJSON(input.key);
}

/** Pauses are short, so that rows are. */
const retry = { maxDelay: 100 };

export function sqladmin(platform: Platform): SQLAdminClient {
  return new SQLAdminClient({ auth: credentials(platform), rootUrl: platform.input.rootUrl, retry });
}

export function storage(platform: Platform): StorageClient {
  return new StorageClient({ auth: credentials(platform), rootUrl: platform.input.rootUrl, retry });
}
