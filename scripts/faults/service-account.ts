/** A service account with a newly generated key. */
import { generateKeyPairSync } from "node:crypto";
import { ServiceAccountCredentials } from "../../runtime/src/auth.js";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

export function serviceAccount(tokenUri: string): ServiceAccountCredentials {
  return ServiceAccountCredentials.fromJSON({
    client_email: "robot@example-123.iam.gserviceaccount.com",
    private_key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    token_uri: tokenUri,
  });
}
