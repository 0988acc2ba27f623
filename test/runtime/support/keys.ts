/** A service account with a key of its own, and a token endpoint that checks what it is sent. */
import { generateKeyPairSync } from "node:crypto";
import { importSPKI, type JWTPayload, jwtVerify, type JWTHeaderParameters } from "jose";
import type { ServiceAccountKey } from "../../../runtime/src/auth/index.js";
import { type Seen, type TestServer, json, serve } from "./server.js";

const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });

export const pkcs8: string = pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
export const pkcs1: string = pair.privateKey.export({ type: "pkcs1", format: "pem" }).toString();
const spki: string = pair.publicKey.export({ type: "spki", format: "pem" }).toString();

export function keyFor(tokenUri: string, rest: Partial<ServiceAccountKey> = {}): ServiceAccountKey {
  return {
    type: "service_account",
    client_email: "robot@example-123.iam.gserviceaccount.com",
    private_key: pkcs8,
    private_key_id: "key-1",
    token_uri: tokenUri,
    ...rest,
  };
}

export interface Assertion {
  readonly header: JWTHeaderParameters;
  readonly claims: JWTPayload & { readonly scope?: string };
}

/** The assertion of a token request; throws unless it is signed with the key and holds now. */
export async function verify(request: Seen): Promise<Assertion> {
  const form = new URLSearchParams(request.body);
  const { payload, protectedHeader } = await jwtVerify(form.get("assertion") ?? "", await importSPKI(spki, "RS256"));
  return { header: protectedHeader, claims: payload };
}

/** A token endpoint that gives `token-1`, `token-2`, … */
export async function tokenServer(expiresIn = 3600): Promise<TestServer & { readonly assertions: Assertion[] }> {
  const assertions: Assertion[] = [];
  const server = await serve(async (request, response, index) => {
    try {
      assertions.push(await verify(request));
      json(response, 200, { access_token: `token-${String(index + 1)}`, expires_in: expiresIn, token_type: "Bearer" });
    } catch (error) {
      json(response, 400, { error: "invalid_grant", error_description: String(error) });
    }
  });
  return { ...server, assertions };
}
