/** The examples of uploads and downloads compile against generated clients, and run against the mock. */
import { spawn } from "node:child_process";
import { cp, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { loadModel } from "@discogen/generator";
import { type Mock, startMock } from "@discogen/generator/mock";
import { ServiceAccountCredentials } from "@discogen/runtime/auth";
import { describe, expect, it, onTestFinished } from "vitest";
import { discogen, node } from "../support/discogen.js";
import { ROOT, temporaryFolder } from "../support/folders.js";

const documents = ["drive.v3", "storage.v1", "youtube.v3"].map((name) =>
  join(ROOT, `test/fixtures/media/${name}.json`),
);

interface Setup {
  readonly folder: string;
  readonly mock: Mock;
  readonly run: (example: string, args: readonly string[], env: NodeJS.ProcessEnv, stdin?: string) => Promise<string>;
}

/** Copies the examples next to newly generated clients, and starts a mock to run them against. */
async function setUp(): Promise<Setup> {
  const folder = await temporaryFolder();
  await cp(join(ROOT, "examples/media"), join(folder, "examples/media"), { recursive: true });
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"), "dir");
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  const { code, stderr } = await discogen(["generate", ...documents, "--out", join(folder, "examples/google")]);
  expect([code, stderr]).toEqual([0, ""]);
  const models = await Promise.all(documents.map(async (file) => (await loadModel(file)).model));
  const mock = await startMock({ models });
  onTestFinished(() => mock.close());
  const keyFile = join(folder, "key.json");
  await writeFile(keyFile, JSON.stringify(mock.key));
  const run: Setup["run"] = async (example, args, env, stdin = "") => {
    const child = spawn(process.execPath, ["--import", "tsx", join(folder, "examples/media", example), ...args], {
      cwd: folder,
      env: { ...process.env, GOOGLE_APPLICATION_CREDENTIALS: keyFile, ...env },
      stdio: ["pipe", "pipe", "inherit"],
    });
    child.stdin.end(stdin);
    const closed = new Promise<unknown>((resolve) => child.once("close", resolve));
    const printed = await text(child.stdout);
    expect(await closed).toBe(0);
    return printed;
  };
  return { folder, mock, run };
}

describe("the examples", () => {
  it("compile, and so do those of docs/media.md", async () => {
    const { folder } = await setUp();
    const page = await readFile(join(ROOT, "docs/media.md"), "utf8");
    const code = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, block]) => block).join("\n");
    const clients = [
      'import type { DriveClient } from "./google/drive/v3/index.js";',
      'import type { StorageClient } from "./google/storage/v1/index.js";',
      'import type { YouTubeClient } from "./google/youtube/v3/index.js";',
      "declare const drive: DriveClient, storage: StorageClient, youtube: YouTubeClient;",
    ];
    await writeFile(join(folder, "examples/page.ts"), `${clients.join("\n")}\n${code}\nvoid mock;\n`);
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      target: "es2023",
      module: "nodenext",
      types: ["node"],
      noEmit: true,
      skipLibCheck: true,
    };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["examples"] }));
    expect((await node([join(ROOT, "node_modules/typescript/bin/tsc"), "-p", folder])).stdout).toBe("");
  });

  it("Drive: upload, change, download", async () => {
    const { folder, mock, run } = await setUp();
    await writeFile(join(folder, "notes.md"), "# Notes\n");
    const printed = await run("drive.ts", [join(folder, "notes.md")], { DRIVE_ROOT_URL: mock.url });
    expect(printed).toBe("notes.md: 8 bytes of text/markdown\nHello, Drive.\n\nbytes 0-4/14 Hello\n");
    expect(await readFile(join(folder, "notes.md.copy"), "utf8")).toBe("Hello, Drive.\n");
  });

  it("Cloud Storage: a stream of unknown length, in two chunks and with a broken connection", async () => {
    const { mock, run } = await setUp();
    mock.faults.push({ on: "upload", after: 1, cutAfter: 700_000 }, { on: "download", cutAfter: 1000 });
    const content = "0123456789abcdef\n".repeat(70_000);
    await fetchBucket(mock);
    const printed = await run("cloud-storage.ts", ["shop"], { STORAGE_ROOT_URL: mock.url }, content);
    const sum = await crypto.subtle.digest("SHA-256", Buffer.from(content));
    expect(printed).toBe(`logs/today.txt: 1190000 bytes, generation 1\nsha256 ${Buffer.from(sum).toString("hex")}\n`);
    expect(mock.faults).toEqual([]);
  });

  it("YouTube: an upload whose session is saved", async () => {
    const { folder, mock, run } = await setUp();
    await writeFile(join(folder, "film.mp4"), Buffer.alloc(600_000, 1));
    const env = { YOUTUBE_ROOT_URL: mock.url, ACCESS_TOKEN: await tokenOf(mock) };
    expect(await run("youtube.ts", [join(folder, "film.mp4")], env)).toMatch(
      /^https:\/\/www\.youtube\.com\/watch\?v=\w+\n$/,
    );
  });
});

async function tokenOf(mock: Mock): Promise<string> {
  const scopes = [
    "https://www.googleapis.com/auth/youtube.upload",
    "https://www.googleapis.com/auth/devstorage.read_write",
  ];
  const headers = await ServiceAccountCredentials.fromJSON(mock.key, { scopes }).getRequestHeaders();
  return new Headers(headers).get("authorization")?.replace("Bearer ", "") ?? "";
}

async function fetchBucket(mock: Mock): Promise<void> {
  const headers = { authorization: `Bearer ${await tokenOf(mock)}`, "content-type": "application/json" };
  const { status } = await fetch(`${mock.url}storage/v1/b?project=p`, {
    method: "POST",
    headers,
    body: '{"name":"shop"}',
  });
  expect(status).toBe(200);
}
