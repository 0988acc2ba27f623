/** External accounts of the environment, and their cost for programs without one. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, expect, it, vi } from "vitest";
import {
  applicationDefault,
  credentialsFromFile,
  ExternalAccountAuthorizedUserCredentials,
  ExternalAccountCredentials,
} from "../../../../runtime/src/auth.js";
import { configOf, formOf, google, refusalOf, scopes, temporaryFile } from "./support.js";

afterEach(() => void vi.unstubAllEnvs());

it("Application Default Credentials accept a configuration with listed URLs", async () => {
  const { config, exchanges, url } = await google();
  const token = await temporaryFile("subject");
  const path = await temporaryFile(JSON.stringify({ ...config, credential_source: { file: token } }));
  vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", path);
  const auth = await applicationDefault({ scopes, allow: { urls: [url] } });
  expect(auth).toBeInstanceOf(ExternalAccountCredentials);
  expect(await auth.getRequestHeaders()).toEqual({ authorization: "Bearer federated-1" });
  expect(formOf(exchanges[0])["scope"]).toBe(scopes.join(" "));
});

it("Application Default Credentials reject other URLs, with the file and advice", async () => {
  const { config } = await google();
  const path = await temporaryFile(JSON.stringify({ ...config, credential_source: { file: "/token" } }));
  vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", path);
  const error = await refusalOf(applicationDefault({ scopes }));
  expect(error.code).toBe("KEY_UNTRUSTED");
  expect(error.message).toContain(`${path}#/token_url: is at http://127.0.0.1`);
});

it("detects the sign-in of a federated user by its type", async () => {
  const members = { client_id: "id", client_secret: "hush", refresh_token: "hush" };
  const config = { ...configOf(members), type: "external_account_authorized_user" };
  const auth = await credentialsFromFile(await temporaryFile(JSON.stringify(config)));
  expect(auth).toBeInstanceOf(ExternalAccountAuthorizedUserCredentials);
});

it("a program that only imports credentials loads no processes, TLS or cryptography", async () => {
  const script = `await import("@discogen/runtime/auth");
    console.log(JSON.stringify(process.moduleLoadList.filter((name) => /NativeModule (child_process|crypto|tls)$/.test(name))));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: fileURLToPath(new URL("../../../..", import.meta.url)),
  });
  expect(JSON.parse(stdout)).toEqual([]);
});
