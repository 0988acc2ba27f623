/** The examples for the live Cloud SQL API run against the mock. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { node, runningMock } from "../support/discogen.js";
import { temporaryFolder } from "../support/folders.js";

const project = "example-123";
const instances = ["catalogue", "orders", "reports", "sessions", "staging"].map((name) => ({
  name,
  databaseVersion: "POSTGRES_16",
  region: "europe-west1",
  state: "RUNNABLE",
}));

/** Runs an example with the environment that a user sets, against `discogen mock sqladmin:v1`. */
async function example(name: string, args: readonly string[] = [], env: Record<string, string | undefined> = {}) {
  const folder = await temporaryFolder();
  const [fixtures, keyFile] = [join(folder, "fixtures.json"), join(folder, "key.json")];
  await writeFile(fixtures, JSON.stringify({ [`/v1/projects/${project}/instances`]: instances }));
  const mock = await runningMock(["sqladmin:v1", "--fixtures", fixtures, "--key-file", keyFile]);
  return node(["--import", "tsx", `examples/${name}.ts`, ...args], undefined, {
    GOOGLE_APPLICATION_CREDENTIALS: keyFile,
    GOOGLE_CLOUD_PROJECT: project,
    SQLADMIN_ROOT_URL: mock.url,
    ...env,
  });
}

describe("examples", () => {
  // A page of the mock has two instances.
  it("against-google prints the instances of all pages", async () => {
    expect(await example("against-google")).toEqual({
      code: 0,
      stdout: instances.map(({ name }) => `${name} POSTGRES_16 europe-west1 RUNNABLE\n`).join(""),
      stderr: `${project} has 5 instances.\n`,
    });
  });

  it("against-google uses the project of the key file without GOOGLE_CLOUD_PROJECT", async () => {
    const { code, stderr } = await example("against-google", [], { GOOGLE_CLOUD_PROJECT: undefined });
    expect({ code, stderr }).toEqual({ code: 0, stderr: `${project} has 5 instances.\n` });
  });

  it("against-google prints how to set the project if nothing names one", async () => {
    const folder = await temporaryFolder();
    const file = join(folder, "user.json");
    const user = { type: "authorized_user", client_id: "c", client_secret: "s", refresh_token: "r" };
    await writeFile(file, JSON.stringify(user), { mode: 0o600 });
    const { code, stderr } = await example("against-google", [], {
      CLOUDSDK_CONFIG: folder,
      CLOUDSDK_CORE_PROJECT: undefined,
      GCLOUD_PROJECT: undefined,
      GOOGLE_APPLICATION_CREDENTIALS: file,
      GOOGLE_CLOUD_PROJECT: undefined,
      METADATA_SERVER_DETECTION: "none",
    });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("Set GOOGLE_CLOUD_PROJECT") });
  });

  it("delegation counts the instances that each user sees", async () => {
    expect(await example("delegation", ["a@example.com", "b@example.com"])).toEqual({
      code: 0,
      stdout: "a@example.com: 5\nb@example.com: 5\n",
      stderr: "",
    });
  });
});
