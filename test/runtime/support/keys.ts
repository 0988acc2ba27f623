/** A service account with its own key, and a token endpoint that verifies assertions. */
import { generateKeyPairSync } from "node:crypto";
import { importPKCS8, importSPKI, type JWTPayload, jwtVerify, type JWTHeaderParameters, SignJWT } from "jose";
import type { ServiceAccountKey } from "../../../runtime/src/auth.js";
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
  readonly claims: JWTPayload & { readonly scope?: string; readonly target_audience?: string };
}

/** Returns the claims of a token request. Throws unless the key signed the assertion and it is valid now. */
export async function verify(request: Seen): Promise<Assertion> {
  return verifyJwt(new URLSearchParams(request.body).get("assertion") ?? "");
}

/** Returns header and claims. Throws unless the key signed them and they are valid now. */
export async function verifyJwt(token: string): Promise<Assertion> {
  const { payload, protectedHeader } = await jwtVerify(token, await importSPKI(spki, "RS256"));
  return { header: protectedHeader, claims: payload };
}

/** Claims signed with the key, as Google does for the account. */
export async function signJwt(claims: JWTPayload): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: "RS256" }).sign(await importPKCS8(pkcs8, "RS256"));
}

/** An id token for an hour. */
export function idTokenFor(audience: string): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return signJwt({ aud: audience, iat: now, exp: now + 3600 });
}

/** A token endpoint that returns `token-1`, `token-2`, … */
export async function tokenServer(expiresIn = 3600): Promise<TestServer & { readonly assertions: Assertion[] }> {
  const assertions: Assertion[] = [];
  const server = await serve(async (request, response, index) => {
    try {
      const assertion = await verify(request);
      assertions.push(assertion);
      const { target_audience: audience } = assertion.claims;
      if (audience !== undefined) return json(response, 200, { id_token: await idTokenFor(audience) });
      json(response, 200, { access_token: `token-${String(index + 1)}`, expires_in: expiresIn, token_type: "Bearer" });
    } catch (error) {
      json(response, 400, { error: "invalid_grant", error_description: String(error) });
    }
  });
  return { ...server, assertions };
}
