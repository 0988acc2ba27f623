/** A secret that is passed as a path, a name or a URL is never printed. */
import { expect, it } from "vitest";
import { keyFor, pkcs8 } from "../../runtime/support/keys.js";
import { discogen } from "../../support/discogen.js";
import { temporaryFolder } from "../../support/folders.js";

const key = JSON.stringify(keyFor("https://oauth2.googleapis.com/token"));

const secrets: readonly (readonly [string, string])[] = [
  ["JSON", key],
  ["a PEM", pkcs8],
  ["Base64", Buffer.from(key).toString("base64")],
  ["short Base64 for URLs", Buffer.from(key).toString("base64url").slice(0, 60)],
  ["an access token", "ya29.a0AfH6SMBx_NotForYourEyes-Either"],
];

const call = ["call", "sqladmin:v1beta3", "instances.list", "--project", "p"];
const commands: readonly (readonly [string, (secret: string) => readonly string[]])[] = [
  ["the command", (secret) => [secret]],
  ["a document", (secret) => ["generate", secret, "--out", "out", "--offline"]],
  ["a document of mock", (secret) => ["mock", secret, "--offline"]],
  ["a config", (secret) => ["generate", "--config", secret]],
  ["fixtures", (secret) => ["mock", "sqladmin:v1beta3", "--fixtures", secret]],
  ["a key file", (secret) => ["mock", "sqladmin:v1beta3", "--key-file", `/dev/null/${secret}`]],
  ["a fault", (secret) => ["mock", "sqladmin:v1beta3", "--fault", secret]],
  ["a port", (secret) => ["mock", "sqladmin:v1beta3", "--port", secret]],
  ["the method", (secret) => ["call", "sqladmin:v1beta3", secret]],
  ["a body", (secret) => ["call", "sqladmin:v1beta3", "instances.insert", "--project", "p", "--body", secret]],
  ["the root URL", (secret) => [...call, "--root-url", secret]],
  ["a credential file", (secret) => [...call, "--credentials", secret]],
  ["an account", (secret) => [...call, "--impersonate", secret]],
  ["a user", (secret) => [...call, "--subject", `${secret} `]],
  ["a URL to allow", (secret) => [...call, "--allow-url", secret]],
  ["a quota project", (secret) => [...call, "--quota-project", `${secret}\n`]],
  ["a directory", (secret) => ["list", "--directory-url", secret]],
  ["a reporter", (secret) => ["list", "--reporter", secret]],
  ["an output folder", (secret) => ["generate", "sqladmin:v1beta3", "--out", `/dev/null/${secret}`]],
];

function partsOf(secret: string): string[] {
  const body = pkcs8.split("\n")[5] ?? "";
  return [secret, secret.slice(10, 34), ...(secret.includes(body) ? [body.slice(0, 20)] : [])];
}

it.each(commands)("is not printed: %s", { timeout: 240_000 }, async (_name, args) => {
  const folder = await temporaryFolder();
  // Each run is a process: the shapes that differ most are enough here.
  for (const [name, secret] of secrets.filter(([name]) => name === "JSON" || name.startsWith("short"))) {
    const env = { GOOGLE_APPLICATION_CREDENTIALS: "/no/such/file" };
    const { code, stderr, stdout } = await discogen(args(secret), folder, env);
    expect([name, code]).not.toEqual([name, 0]);
    expect([name, partsOf(secret).filter((part) => (stdout + stderr).includes(part))]).toEqual([name, []]);
  }
});

it("reports that GOOGLE_APPLICATION_CREDENTIALS contains a key instead of a path", { timeout: 240_000 }, async () => {
  for (const [name, secret] of secrets) {
    const { code, stderr, stdout } = await discogen(call, undefined, { GOOGLE_APPLICATION_CREDENTIALS: secret });
    expect([name, code]).toEqual([name, 3]);
    const looks =
      name === "short Base64 for URLs" ? /a Base64 text of 60 characters/ : /looks like (?:the key|an access)/;
    expect(stderr).toMatch(looks);
    expect([name, partsOf(secret).filter((part) => (stdout + stderr).includes(part))]).toEqual([name, []]);
  }
});
