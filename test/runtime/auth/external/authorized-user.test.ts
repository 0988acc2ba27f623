/** Credentials of a user of a workforce pool, with refresh tokens that are valid once. */
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import {
  type ExternalAccountAuthorizedUserConfig,
  ExternalAccountAuthorizedUserCredentials,
} from "../../../../runtime/src/auth.js";
import { clientOf } from "../../support/library.js";
import { json, serve } from "../../support/server.js";
import { formOf, refusalOf, temporaryFile } from "./support.js";

const configFor = (url: string): ExternalAccountAuthorizedUserConfig => ({
  type: "external_account_authorized_user",
  audience: "//iam.googleapis.com/locations/global/workforcePools/pool/providers/provider",
  client_id: "id",
  client_secret: "hush-client",
  refresh_token: "hush-0",
  token_url: `${url}v1/oauthtoken`,
  quota_project_id: "payer",
});

describe("the sign-in of a federated user", () => {
  it("exchanges the refresh token, and then uses the one that replaces it", async () => {
    const { seen, url } = await serve((_request, response, index) =>
      json(response, 200, {
        access_token: `token-${String(index + 1)}`,
        expires_in: 3600,
        // The third response does not replace the token of the second.
        ...(index < 2 ? { refresh_token: `hush-${String(index + 1)}` } : {}),
      }),
    );
    const auth = ExternalAccountAuthorizedUserCredentials.fromJSON(JSON.stringify(configFor(url)));
    for (const number of ["1", "2", "3", "4"]) {
      expect(await auth.getRequestHeaders()).toEqual({
        authorization: `Bearer token-${number}`,
        "x-goog-user-project": "payer",
      });
      auth.invalidate();
    }
    expect(seen.map((request) => [request.method, request.url, request.headers.authorization])).toEqual(
      Array.from({ length: 4 }, () => [
        "POST",
        "/v1/oauthtoken",
        `Basic ${Buffer.from("id:hush-client").toString("base64")}`,
      ]),
    );
    expect(seen.map(formOf)).toEqual(
      ["hush-0", "hush-1", "hush-2", "hush-2"].map((refresh_token) => ({ grant_type: "refresh_token", refresh_token })),
    );
  });

  it("authorizes calls of clients, without their scopes", async () => {
    const { url: tokens } = await serve((_request, response) => json(response, 200, { access_token: "t" }));
    const { seen, url } = await serve((_request, response) => json(response, 200, {}));
    const path = await temporaryFile(JSON.stringify(configFor(tokens)), "sign-in.json");
    const auth = await ExternalAccountAuthorizedUserCredentials.fromFile(path);
    await clientOf(url, { auth }).books.get({ book: "a" });
    expect(seen[0]?.headers.authorization).toBe("Bearer t");
  });

  it("reports that it has expired, without showing a secret", async () => {
    const { url } = await serve((request, response) =>
      json(response, 400, {
        error: "invalid_grant",
        error_description: `${request.body} ${String(request.headers.authorization)}`,
      }),
    );
    const auth = ExternalAccountAuthorizedUserCredentials.fromJSON(configFor(url));
    const error = await refusalOf(auth.getRequestHeaders());
    expect(error).toMatchObject({ code: "REFRESH_TOKEN_REVOKED", reason: "invalid_grant" });
    expect(error.message).toMatch(/Run `gcloud auth application-default login --login-config=FILE` to sign in again$/);
    for (const shown of [inspect(error), inspect(auth, { depth: null, showHidden: true }), JSON.stringify(auth)])
      expect(shown).not.toMatch(/hush|aWQ6/);
  });

  it.each(["client_id", "client_secret", "refresh_token"])("needs a %s", async (member) => {
    const load = Promise.resolve().then(() =>
      ExternalAccountAuthorizedUserCredentials.fromJSON({ ...configFor("https://sts.googleapis.com/"), [member]: "" }),
    );
    expect((await refusalOf(load)).message).toContain(`#/${member}: is missing or empty`);
  });
});
