/** A program of `@google-cloud/storage` with credentials. */
import assert from "node:assert/strict";
import { endpoint, fails, load, passes, patterned, runSteps, signIn } from "./steps.js";

const { Storage, TransferManager } = load("@google-cloud/storage");

const storage = new Storage({
  projectId: "example-123",
  apiEndpoint: endpoint,
  useAuthWithCustomEndpoint: true,
  authClient: signIn(["https://www.googleapis.com/auth/cloud-platform"]),
});
const bucket = storage.bucket("photos");
const bytes = patterned(3_000_000);

await runSteps([
  passes("create a bucket", async () => {
    await bucket.create();
    const [buckets] = await storage.getBuckets();
    assert.deepEqual(
      buckets.map(({ name }) => name),
      ["photos"],
    );
  }),
  passes("save and download", async () => {
    await bucket.file("a.bin").save(bytes, { resumable: false });
    assert.deepEqual((await bucket.file("a.bin").download())[0], bytes);
  }),
  passes("download in parallel chunks", async () => {
    const manager = new TransferManager(bucket);
    const [content] = await manager.downloadFileInChunks("a.bin", { chunkSizeBytes: 1024 * 1024, noReturnData: false });
    assert.deepEqual(Buffer.from(content), bytes);
  }),
  // The client sends none with a resumable upload to another endpoint than Google's.
  passes("a large upload without credentials gets status 401", async () => {
    await fails(401, () => bucket.file("b.bin").save(bytes, { resumable: true }));
    assert.deepEqual(await bucket.file("b.bin").exists(), [false]);
  }),
  passes("delete a file", async () => {
    await bucket.file("a.bin").delete();
    assert.deepEqual((await bucket.getFiles())[0], []);
  }),
]);
