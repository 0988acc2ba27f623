/** Subject tokens of real programs. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { ExternalAccountCredentials } from "../../../../runtime/src/auth.js";
import {
  email,
  formOf,
  google,
  jwt,
  type Members,
  refusalOf,
  scopes,
  temporaryFile,
  temporaryFolder,
} from "./support.js";

const saml = "urn:ietf:params:oauth:token-type:saml2";
const soon = (): number => Math.floor(Date.now() / 1000) + 600;
const success = (rest: Members = {}): Members => ({
  version: 1,
  success: true,
  token_type: jwt,
  id_token: "subject",
  expiration_time: soon(),
  ...rest,
});

/** A command that runs this script. */
async function commandOf(script: string, ...parameters: string[]): Promise<string> {
  const path = await temporaryFile(script, "my program.mjs");
  return [process.execPath, path, ...parameters].map((part) => `"${part}"`).join(" ");
}
const printing = (output: unknown): Promise<string> =>
  commandOf(`console.log(${JSON.stringify(JSON.stringify(output))})`);

beforeEach(() => void vi.stubEnv("GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES", "1"));
afterEach(() => void vi.unstubAllEnvs());

async function tokenOf(
  executable: Members,
  members: Members = {},
): Promise<{ readonly token: string | undefined; readonly refusal: unknown }> {
  const { config, exchanges } = await google();
  const auth = ExternalAccountCredentials.fromJSON(
    { ...config, credential_source: { executable }, ...members },
    { scopes },
  );
  const refusal: unknown = await auth.getRequestHeaders().then(
    () => undefined,
    (error: unknown) => error,
  );
  return { token: formOf(exchanges[0])["subject_token"], refusal };
}

describe("a program", () => {
  it.each<[string, Members, Members]>([
    ["a JWT", success(), {}],
    ["an ID token", success({ token_type: "urn:ietf:params:oauth:token-type:id_token" }), {}],
    [
      "a SAML response",
      success({ token_type: saml, id_token: undefined, saml_response: "subject" }),
      { subject_token_type: saml },
    ],
    ["a token without an expiry", success({ expiration_time: undefined }), {}],
  ])("returns %s", async (_name, output, members) => {
    expect(await tokenOf({ command: await printing(output) }, members)).toEqual({
      token: "subject",
      refusal: undefined,
    });
  });

  it("gets arguments and environment variables, and no input", async () => {
    const folder = await temporaryFolder();
    const seen = join(folder, "seen.json");
    const command = await commandOf(
      `import { writeFileSync } from "node:fs";
      const names = Object.keys(process.env).filter((name) => name.startsWith("GOOGLE_EXTERNAL_ACCOUNT_")).sort();
      for await (const _ of process.stdin);
      writeFileSync(process.argv[2], JSON.stringify([process.argv.slice(3), names.map((name) => [name, process.env[name]])]));
      console.log(${JSON.stringify(JSON.stringify(success()))})`,
      seen,
      "two words",
      "$HOME; exit 1",
    );
    const output_file = join(folder, "output.json");
    const { config, impersonationUrl } = await google();
    const auth = ExternalAccountCredentials.fromJSON(
      {
        ...config,
        credential_source: { executable: { command, output_file } },
        service_account_impersonation_url: impersonationUrl,
      },
      { scopes },
    );
    expect(await auth.getRequestHeaders()).toEqual({ authorization: "Bearer impersonated-1" });
    expect(JSON.parse(await readFile(seen, "utf8"))).toEqual([
      ["two words", "$HOME; exit 1"],
      [
        ["GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES", "1"],
        ["GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE", config["audience"]],
        ["GOOGLE_EXTERNAL_ACCOUNT_IMPERSONATED_EMAIL", email],
        ["GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE", "0"],
        ["GOOGLE_EXTERNAL_ACCOUNT_OUTPUT_FILE", output_file],
        ["GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE", jwt],
      ],
    ]);
  });

  it.each(["", "0", "true"])("does not run if the environment variable is %j", async (value) => {
    vi.stubEnv("GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES", value);
    const made = join(await temporaryFolder(), "made");
    const command = await commandOf(
      `import { writeFileSync } from "node:fs"; writeFileSync(process.argv[2], "")`,
      made,
    );
    const { refusal } = await tokenOf({ command });
    expect(refusal).toMatchObject({
      code: "KEY_UNTRUSTED",
      message: expect.stringContaining("GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES=1") as string,
    });
    await expect(readFile(made)).rejects.toThrow("ENOENT");
  });

  it.each<[string, unknown, RegExp]>([
    [
      "reports a failure",
      { version: 1, success: false, code: "401", message: "signed out" },
      /reports a failure: 401: signed out$/,
    ],
    ["prints a number", 5, /does not print a JSON object$/],
    ["prints another version", success({ version: 2 }), /"version": 1/],
    ["does not print success", success({ success: undefined }), /does not print "success"$/],
    ["prints an unknown type of token", success({ token_type: "x" }), /does not print a "token_type" of urn/],
    [
      "prints SAML instead of OIDC",
      success({ token_type: saml, saml_response: "a" }),
      /whose type is not the subject_token_type/,
    ],
    ["prints no token", success({ id_token: "" }), /does not print "id_token"$/],
    [
      "prints an expired token",
      success({ expiration_time: 1 }),
      /returned an expired token. Check the clock of this machine$/,
    ],
  ])("that %s", async (_name, output, message) => {
    const { refusal } = await tokenOf({ command: await printing(output) });
    expect(refusal).toMatchObject({ code: "TOKEN_UNAVAILABLE", message: expect.stringMatching(message) as string });
  });

  it.each<[string, string, RegExp]>([
    ["fails", `console.log("hush"); process.exit(3)`, /failed with exit code 3$/],
    [
      "fails with a documented error",
      `console.log('{"version":1,"success":false,"code":"x","message":"no session"}'); process.exit(1)`,
      /failed with exit code 1: x: no session$/,
    ],
    ["prints text", `console.log("hush")`, /does not print a JSON object$/],
    ["prints too much", `console.log("hush".repeat(1_000_000))`, /prints more than 1 MiB$/],
  ])("that %s", async (_name, script, message) => {
    const { refusal } = await tokenOf({ command: await commandOf(script) });
    expect(refusal).toMatchObject({ code: "TOKEN_UNAVAILABLE", message: expect.stringMatching(message) as string });
    expect(inspect(refusal)).not.toContain("hush");
  });

  it.each([
    ["that does not exist", "/no/such/program", "ENOENT"],
    ["in a path that is not a folder", `${process.execPath}/program`, "ENO"],
  ])("%s", async (_name, command, code) => {
    const { refusal } = await tokenOf({ command });
    expect(refusal).toMatchObject({
      code: "TOKEN_UNAVAILABLE",
      message: expect.stringContaining(`${command}: cannot be run (${code}`) as string,
    });
  });

  it("that never ends is killed, and nothing waits for processes that keep its output open", async () => {
    const pidFile = join(await temporaryFolder(), "pid");
    const command = await commandOf(
      `import { spawn } from "node:child_process";
      import { writeFileSync } from "node:fs";
      process.on("SIGTERM", () => undefined);
      const other = spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000)"], { stdio: "inherit", detached: true });
      writeFileSync(process.argv[2], String(other.pid));
      setInterval(() => undefined, 1000);`,
      pidFile,
    );
    onTestFinished(async () => void process.kill(Number(await readFile(pidFile, "utf8")), "SIGKILL"));
    const { refusal } = await tokenOf({ command, timeout_millis: 5000 });
    expect(refusal).toMatchObject({ message: expect.stringMatching(/did not end within 5000 ms$/) as string });
  });
});

describe("an output file", () => {
  const never = "/no/such/program";

  it("is used until its token expires, and the program does not run", async () => {
    const output_file = await temporaryFile(JSON.stringify(success()));
    expect((await tokenOf({ command: never, output_file })).token).toBe("subject");
  });

  it.each<[string, unknown]>([
    ["does not exist", undefined],
    ["contains an expired token", success({ id_token: "old", expiration_time: 1 })],
    ["contains a token without an expiry", success({ id_token: "old", expiration_time: undefined })],
    ["contains a failure", { version: 1, success: false, code: "1", message: "no" }],
    ["is damaged", "{"],
  ])("that %s makes the program run", async (_name, content) => {
    const output_file = join(await temporaryFolder(), "output.json");
    if (content !== undefined)
      await writeFile(output_file, typeof content === "string" ? content : JSON.stringify(content));
    expect((await tokenOf({ command: await printing(success()), output_file })).token).toBe("subject");
  });

  it("needs tokens with an expiry", async () => {
    const output_file = join(await temporaryFolder(), "output.json");
    const command = await printing(success({ expiration_time: undefined }));
    const { refusal } = await tokenOf({ command, output_file });
    expect(refusal).toMatchObject({ message: expect.stringContaining('does not print "expiration_time"') as string });
  });
});

it("does not run a program if a function returns the tokens", async () => {
  const { config } = await google();
  const auth = ExternalAccountCredentials.fromJSON(
    { ...config, credential_source: { executable: { command: "/no/such/program" } } },
    { scopes, subjectToken: () => Promise.resolve("other") },
  );
  expect((await refusalOf(auth.getRequestHeaders())).code).toBe("TOKEN_REFUSED");
});
