/** Both platforms have the same modules with the same exports. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, expectTypeOf, it } from "vitest";
import type * as nodeBrowser from "../../../runtime/src/auth/node/browser.js";
import type * as nodeCertificate from "../../../runtime/src/auth/node/certificate.js";
import type * as nodeDecode from "../../../runtime/src/transport/node/decode.js";
import type * as nodeEnvironment from "../../../runtime/src/platform/node/environment.js";
import type * as nodeFiles from "../../../runtime/src/platform/node/files.js";
import type * as nodeHashes from "../../../runtime/src/platform/node/hashes.js";
import type * as nodeLoopback from "../../../runtime/src/auth/node/loopback-server.js";
import type * as nodeIsolated from "../../../runtime/src/transport/node/isolated.js";
import type * as nodeSave from "../../../runtime/src/response/node/save.js";
import type * as nodeStreams from "../../../runtime/src/platform/node/streams.js";
import type * as nodeSubprocess from "../../../runtime/src/platform/node/subprocess.js";
import type * as nodeTimers from "../../../runtime/src/platform/node/timers.js";
import type * as nodeTokenFile from "../../../runtime/src/auth/node/token-file.js";
import type * as nodeTransport from "../../../runtime/src/transport/node/platform-transport.js";
import type * as nodeUpload from "../../../runtime/src/platform/node/upload-file.js";
import type * as webBrowser from "../../../runtime/src/auth/web/browser.js";
import type * as webCertificate from "../../../runtime/src/auth/web/certificate.js";
import type * as webDecode from "../../../runtime/src/transport/web/decode.js";
import type * as webEnvironment from "../../../runtime/src/platform/web/environment.js";
import type * as webFiles from "../../../runtime/src/platform/web/files.js";
import type * as webHashes from "../../../runtime/src/platform/web/hashes.js";
import type * as webLoopback from "../../../runtime/src/auth/web/loopback-server.js";
import type * as webIsolated from "../../../runtime/src/transport/web/isolated.js";
import type * as webSave from "../../../runtime/src/response/web/save.js";
import type * as webStreams from "../../../runtime/src/platform/web/streams.js";
import type * as webSubprocess from "../../../runtime/src/platform/web/subprocess.js";
import type * as webTimers from "../../../runtime/src/platform/web/timers.js";
import type * as webTokenFile from "../../../runtime/src/auth/web/token-file.js";
import type * as webTransport from "../../../runtime/src/transport/web/platform-transport.js";
import type * as webUpload from "../../../runtime/src/platform/web/upload-file.js";
import { ROOT } from "../../support/folders.js";

/** Folders of the runtime that have a folder `node` and a folder `web`. */
const folders = ["auth", "platform", "response", "transport"].map((name) => join(ROOT, "runtime/src", name));
const modules = await Promise.all(
  folders.map(async (folder) => (await readdir(join(folder, "node"))).map((file) => ({ folder, file }))),
);

it.each(folders)("%s has the same modules for Node and the web", async (folder) => {
  const files = await readdir(join(folder, "node"));
  expect((await readdir(join(folder, "web"))).toSorted()).toEqual(files.toSorted());
});

it.each(modules.flat())("$file exports the same names for Node and the web", async ({ file, folder }) => {
  const namesIn = async (platform: string): Promise<readonly string[]> =>
    Object.keys((await import(join(folder, platform, file))) as object).toSorted();
  expect(await namesIn("web")).toEqual(await namesIn("node"));
});

it("exports the same types for Node and the web", () => {
  expectTypeOf<typeof webBrowser>().toExtend<typeof nodeBrowser>();
  expectTypeOf<typeof webCertificate>().toExtend<typeof nodeCertificate>();
  expectTypeOf<typeof webDecode>().toExtend<typeof nodeDecode>();
  expectTypeOf<typeof webEnvironment>().toExtend<typeof nodeEnvironment>();
  expectTypeOf<typeof webFiles>().toExtend<typeof nodeFiles>();
  expectTypeOf<typeof webHashes>().toExtend<typeof nodeHashes>();
  expectTypeOf<typeof webLoopback>().toExtend<typeof nodeLoopback>();
  expectTypeOf<typeof webIsolated>().toExtend<typeof nodeIsolated>();
  expectTypeOf<typeof webSave>().toExtend<typeof nodeSave>();
  expectTypeOf<typeof webStreams>().toExtend<typeof nodeStreams>();
  expectTypeOf<typeof webSubprocess>().toExtend<typeof nodeSubprocess>();
  expectTypeOf<typeof webTimers>().toExtend<typeof nodeTimers>();
  // Private members of the classes differ.
  expectTypeOf<keyof nodeTokenFile.TokenFile>().toEqualTypeOf<keyof webTokenFile.TokenFile>();
  expectTypeOf<typeof webTransport>().toExtend<typeof nodeTransport>();
  expectTypeOf<typeof webUpload>().toExtend<typeof nodeUpload>();
});
