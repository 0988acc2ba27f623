/** A program of `@google-cloud/storage` with the options that it uses for emulators: without credentials. */
import assert from "node:assert/strict";
import { endpoint, load, passes, patterned, runSteps } from "./steps.js";

process.env.STORAGE_EMULATOR_HOST = endpoint;
const { Storage, TransferManager } = load("@google-cloud/storage");

const storage = new Storage({ projectId: "example-123" });
const bucket = storage.bucket("photos");
const bytes = patterned(3_000_000);

await runSteps([
  passes("create a bucket", async () => {
    await bucket.create();
    assert.deepEqual((await storage.getBuckets())[0].map(({ name }) => name), ["photos"]);
  }),
  passes("save and download", async () => {
    await bucket.file("a.bin").save(bytes);
    assert.deepEqual((await bucket.file("a.bin").download())[0], bytes);
  }),
  passes("download in parallel chunks", async () => {
    const manager = new TransferManager(bucket);
    const [content] = await manager.downloadFileInChunks("a.bin", { chunkSizeBytes: 1024 * 1024, noReturnData: false });
    assert.deepEqual(Buffer.from(content), bytes);
  }),
  passes("delete a file", async () => {
    await bucket.file("a.bin").delete();
    assert.deepEqual((await bucket.getFiles())[0], []);
  }),
]);
