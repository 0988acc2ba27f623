/** Checks the options that only clients have. */
import type { Known } from "../call/check-names.js";
import type { ClientOptions } from "../call/options.js";
import { type Fault, addFault } from "../errors.js";
import type { ClientCertificate } from "../transport/client-certificate.js";

/** Names of {@link ClientOptions}. */
export const clientOptions: Known<ClientOptions> = {
  auth: 1,
  dispatcher: 1,
  headers: 1,
  logger: 1,
  maxResponseBytes: 1,
  middleware: 1,
  mtls: 1,
  quotaProject: 1,
  region: 1,
  retry: 1,
  rootUrl: 1,
  timeout: 1,
  totalTimeout: 1,
  transport: 1,
  universeDomain: 1,
  userAgent: 1,
};

/** Names of {@link ClientOptions.mtls}. */
export const certificateOptions: Known<ClientCertificate> = { cert: 1, key: 1, passphrase: 1 };

/** Checks the maximum size of responses. */
export function checkResponseSize({ maxResponseBytes: size }: ClientOptions, faults: Fault[]): void {
  if (size !== undefined && size !== Infinity && !(Number.isInteger(size) && size > 0))
    addFault(faults, "maxResponseBytes", "must be bytes, an integer above 0, or Infinity");
}
