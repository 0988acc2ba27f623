/** An ordinary program of `@googleapis/storage`. */
import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { bytesOf, endpoint, fails, load, passes, patterned, runSteps, signIn } from "./steps.js";

const google = load("@googleapis/storage");

/** The options of a client do not reach its uploads, so they are in each upload, too. */
const here = { rootUrl: `${endpoint}/` };
const auth = signIn(["https://www.googleapis.com/auth/devstorage.full_control"], google.auth);
const storage = google.storage({ version: "v1", ...here, auth });

const bucket = "orders";
const project = "example-123";
const large = patterned(400_000);

await runSteps([
  passes("create and get a bucket", async () => {
    const { data } = await storage.buckets.insert({ project, requestBody: { name: bucket, labels: { team: "a" } } });
    assert.equal(data.kind, "storage#bucket");
    assert.equal(data.projectNumber === undefined || /^\d+$/.test(data.projectNumber), true);
    const { data: read } = await storage.buckets.get({ bucket });
    assert.deepEqual(read.labels, { team: "a" });
    assert.equal(read.storageClass, "STANDARD");
  }),
  passes("upload text", async () => {
    const media = { mimeType: "text/plain", body: "tea" };
    const { data } = await storage.objects.insert({ bucket, name: "a/tea.txt", media }, here);
    assert.equal(data.name, "a/tea.txt");
    assert.equal(data.size, "3");
    assert.equal(data.contentType, "text/plain");
    assert.equal(data.kind, "storage#object");
  }),
  passes("upload a stream with metadata", async () => {
    const media = { mimeType: "image/png", body: Readable.from([large]) };
    const requestBody = { name: "a/large.png", metadata: { shelf: "2" } };
    const { data } = await storage.objects.insert({ bucket, requestBody, media }, here);
    assert.equal(data.size, "400000");
    assert.deepEqual(data.metadata, { shelf: "2" });
  }),
  passes("download", async () => {
    const object = "a/large.png";
    const { data } = await storage.objects.get({ bucket, object, alt: "media" }, { responseType: "stream" });
    assert.deepEqual(await bytesOf(data), large);
  }),
  passes("list by prefix, with chosen fields", async () => {
    const { data } = await storage.objects.list({ bucket, prefix: "a/t", fields: "items(name,size)" });
    assert.deepEqual(data, { items: [{ name: "a/tea.txt", size: "3" }] });
  }),
  passes("update, patch and delete an object", async () => {
    const object = "a/tea.txt";
    await storage.objects.patch({ bucket, object, requestBody: { contentLanguage: "de" } });
    const { data } = await storage.objects.get({ bucket, object });
    assert.equal(data.contentLanguage, "de");
    await storage.objects.update({ bucket, object, requestBody: { contentType: "text/markdown" } });
    const { data: updated } = await storage.objects.get({ bucket, object });
    assert.equal(updated.contentType, "text/markdown");
    assert.equal(updated.contentLanguage, undefined);
    await storage.objects.delete({ bucket, object });
    await fails(404, () => storage.objects.get({ bucket, object }));
  }),
  passes("only if nothing has changed", async () => {
    const object = "a/large.png";
    const { data } = await storage.objects.get({ bucket, object });
    const { generation } = data;
    const unchanged = { bucket, object, ifGenerationNotMatch: generation };
    const response = await storage.objects.get(unchanged).catch((error) => error.response);
    assert.equal(response.status, 304);
    await fails(412, () => storage.objects.get({ bucket, object, ifGenerationMatch: "1" }));
  }),
  passes("rewrite to another bucket", async () => {
    await storage.buckets.insert({ project, requestBody: { name: "archive" } });
    const source = { sourceBucket: bucket, sourceObject: "a/large.png" };
    const { data } = await storage.objects.rewrite({
      ...source,
      destinationBucket: "archive",
      destinationObject: "large.png",
      requestBody: { contentType: "image/gif" },
    });
    assert.equal(data.done, true);
    assert.equal(data.rewriteToken, undefined);
    assert.equal(data.totalBytesRewritten, "400000");
    assert.equal(data.resource.contentType, "image/gif");
  }),
  passes("change the IAM policy of a bucket", async () => {
    const { data: policy } = await storage.buckets.getIamPolicy({ bucket });
    const bindings = [{ role: "roles/storage.admin", members: ["user:cook@example.com"] }];
    await storage.buckets.setIamPolicy({ bucket, requestBody: { ...policy, bindings } });
    assert.deepEqual((await storage.buckets.getIamPolicy({ bucket })).data.bindings, bindings);
  }),
  passes("create, list and delete a folder of a managed bucket", async () => {
    const managed = { bucket, managedFolder: "reports/" };
    await storage.managedFolders.insert({ bucket, requestBody: { name: "reports/" } });
    const { data } = await storage.managedFolders.list({ bucket });
    assert.deepEqual(
      data.items.map(({ name }) => name),
      ["reports/"],
    );
    await storage.managedFolders.delete(managed);
    await fails(404, () => storage.managedFolders.get(managed));
  }),
]);
