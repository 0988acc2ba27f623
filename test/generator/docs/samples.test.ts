/** Samples of the reference: each is a program that compiles with its generated client. */
import { symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { methodSamples } from "../../../generator/src/docs/samples.js";
import { generate } from "../../../generator/src/generate.js";
import { loadModel } from "../../../generator/src/load.js";
import { node } from "../../support/discogen.js";
import { CORPUS, needsCorpus, ROOT, temporaryFolder } from "../../support/folders.js";

const FIXTURE = join(ROOT, "test/fixtures/shelves.v1.json");

async function samplesOf(api: string): Promise<ReadonlyMap<string, { source: string; upload: string | undefined }>> {
  const { model } = await loadModel(api);
  return new Map(methodSamples(model).map(({ member, source, upload }) => [member, { source, upload }]));
}

/** Returns the statements after the construction of the client. */
const callOf = (source: string | undefined) => source?.split("({ auth });\n\n")[1];

describe("a sample", () => {
  it("is a complete program", async () => {
    expect((await samplesOf("sqladmin:v1beta3")).get("instances.list")?.source).toBe(
      `import { ServiceAccountCredentials } from "@discogen/runtime/auth";
import { SQLAdminClient } from "./generated/sqladmin/v1beta3/index.js";

const auth = await ServiceAccountCredentials.fromFile("service-account.json", {
  scopes: SQLAdminClient.scopes,
});
const client = new SQLAdminClient({ auth });

for await (const item of client.instances.list({
  project: "PROJECT",
})) {
  console.log(item);
}`,
    );
  });

  it.each([
    ["waits for operations", "sqladmin:v1beta3", "instances.delete", /\.wait\(\);\nconsole\.log\(operation\);$/],
    ["fills in names by their patterns", FIXTURE, "rooms.operations.get", /name: "rooms\/ROOM\/operations\/OPERATION"/],
    ["passes required properties", FIXTURE, "search", /requestBody: { query: "QUERY" }/],
    ["passes bytes with their content type", FIXTURE, "rooms.shelves.BinaryCreate", /data: "content", contentType: /],
    [
      "reads messages as they arrive",
      FIXTURE,
      "rooms.shelves.streamQuery",
      /^for await \(const message of client\.rooms\.shelves\.streamQuery\({[^}]*}\)\) {\n {2}console\.log\(message\);\n}$/,
    ],
    ["does not use the result of a method without a response", FIXTURE, "rooms.shelves.move", /^await client/],
  ])("%s", async (_, api, member, want) => {
    expect(callOf((await samplesOf(api)).get(member)?.source)).toMatch(want);
  });

  it("has a variant with an upload", async () => {
    const send = {
      id: "mail.send",
      httpMethod: "POST",
      path: "send",
      mediaUpload: { accept: ["image/*", "image/png"], protocols: { simple: { path: "/upload/send" } } },
    };
    const document = {
      kind: "discovery#restDescription",
      name: "mail",
      version: "v1",
      rootUrl: "https://mail.example/",
    };
    const file = join(await temporaryFolder(), "mail.json");
    await writeFile(file, JSON.stringify({ ...document, methods: { send } }));
    const sample = (await samplesOf(file)).get("send");
    expect(callOf(sample?.source)).toBe("await client.send();");
    expect(callOf(sample?.upload)).toBe(
      'await client.send({\n  media: { body: "content", mimeType: "image/png" },\n});',
    );
  });
});

const UPLOADS = join(ROOT, "test/fixtures/media/youtube.v3.json");

/** Returns the compile errors in the samples of an API, uploads included. */
async function compileErrorsIn(api: string): Promise<string> {
  const { model } = await loadModel(api);
  const folder = await temporaryFolder();
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"), "dir");
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  const compilerOptions = {
    strict: true,
    target: "es2023",
    module: "nodenext",
    types: ["node"],
    noEmit: true,
    skipLibCheck: true,
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
  await generate({ apis: [api], out: join(folder, "generated"), jobs: 1 });
  const samples = methodSamples(model);
  for (const { member, source, upload } of samples) {
    await writeFile(join(folder, `${member}.ts`), `${source}\n`);
    if (upload !== undefined) await writeFile(join(folder, `${member}.upload.ts`), `${upload}\n`);
  }
  const { stdout } = await node([join(ROOT, "node_modules/typescript/bin/tsc"), "-p", folder, "--pretty", "false"]);
  return stdout;
}

describe("every sample compiles", () => {
  it.each([["sqladmin:v1beta3"], [FIXTURE], [UPLOADS]])("of %s", async (api) =>
    expect(await compileErrorsIn(api)).toBe(""),
  );

  it("including uploads", async () => {
    const uploads = [...(await samplesOf(UPLOADS)).values()].filter(({ upload }) => upload !== undefined);
    expect(uploads.length).toBeGreaterThan(0);
  });
});

describe.skipIf(needsCorpus !== "")(`every sample compiles${needsCorpus}`, () => {
  it.each([["2024/drive.v3.json"], ["2024/storage.v1.json"], ["2026/bigquery.v2.json"], ["2026/docs.v1.json"]])(
    "of %s",
    async (name) => expect(await compileErrorsIn(join(CORPUS, name))).toBe(""),
  );
});
