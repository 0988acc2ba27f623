/** A program of `@google-cloud/storage` with the options that it uses for emulators: without credentials. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { all, bytesOf, endpoint, fails, load, passes, patterned, runSteps } from "./steps.js";

const { Storage } = load("@google-cloud/storage");

const storage = new Storage({ projectId: "example-123", apiEndpoint: endpoint });

const bucket = storage.bucket("orders");
const text = "Two teapots and a kettle.\n";
const large = patterned(1_500_000);
const md5 = createHash("md5").update(text).digest("base64");
let firstGeneration;

const names = (files) => files.map(({ name }) => name);

await runSteps([
  passes("create a bucket", async () => {
    const [made] = await storage.createBucket("orders", { location: "EU", storageClass: "NEARLINE" });
    assert.equal(made.name, "orders");
    assert.equal(made.metadata.location, "EU");
    assert.equal(made.metadata.storageClass, "NEARLINE");
    assert.ok(Date.parse(made.metadata.timeCreated) > 0);
  }),
  passes("a second bucket of that name is a conflict", () => fails(409, () => storage.createBucket("orders"))),
  passes("ask whether buckets exist", async () => {
    assert.deepEqual(await bucket.exists(), [true]);
    assert.deepEqual(await storage.bucket("missing").exists(), [false]);
  }),
  passes("list buckets", async () => {
    await storage.createBucket("returns");
    await storage.createBucket("archive");
    const [buckets] = await storage.getBuckets();
    assert.deepEqual(names(buckets), ["archive", "orders", "returns"]);
  }),
  passes("set the labels of a bucket", async () => {
    await bucket.setMetadata({ labels: { team: "kitchen", stage: "test" } });
    await bucket.setMetadata({ labels: { stage: null } });
    const [metadata] = await bucket.getMetadata();
    assert.deepEqual(metadata.labels, { team: "kitchen" });
    assert.equal(metadata.location, "EU");
    assert.equal(metadata.metageneration, "3");
  }),
  passes("set the CORS rules of a bucket", async () => {
    const rules = [
      { origin: ["https://example.com"], method: ["GET"], responseHeader: ["Content-Type"], maxAgeSeconds: 60 },
    ];
    await bucket.setCorsConfiguration(rules);
    assert.deepEqual((await bucket.getMetadata())[0].cors, rules);
  }),
  passes("set the storage class of a bucket", async () => {
    await bucket.setStorageClass("standard");
    assert.equal((await bucket.getMetadata())[0].storageClass, "STANDARD");
  }),
  passes("add a lifecycle rule", async () => {
    await bucket.addLifecycleRule({ action: { type: "Delete" }, condition: { age: 30 } });
    assert.deepEqual((await bucket.getMetadata())[0].lifecycle, {
      rule: [{ action: { type: "Delete" }, condition: { age: 30 } }],
    });
  }),
  passes("save text", async () => {
    await bucket.file("2026/a.txt").save(text, { resumable: false, contentType: "text/plain" });
    const [metadata] = await bucket.file("2026/a.txt").getMetadata();
    assert.equal(metadata.name, "2026/a.txt");
    assert.equal(metadata.bucket, "orders");
    assert.equal(metadata.size, String(text.length));
    assert.equal(metadata.contentType, "text/plain");
    assert.equal(metadata.md5Hash, md5);
    assert.equal(metadata.metageneration, "1");
    assert.match(metadata.generation, /^\d+$/);
    firstGeneration = metadata.generation;
  }),
  passes("save a buffer in a resumable upload", async () => {
    await bucket.file("2026/large.bin").save(large, { resumable: true, contentType: "image/png" });
    const [metadata] = await bucket.file("2026/large.bin").getMetadata();
    assert.equal(metadata.size, "1500000");
    assert.equal(metadata.contentType, "image/png");
  }),
  passes("upload a stream in chunks", async () => {
    const target = bucket.file("2027/stream.bin").createWriteStream({ resumable: true, chunkSize: 512 * 1024 });
    await pipeline(Readable.from([large.subarray(0, 700_000), large.subarray(700_000)]), target);
    assert.deepEqual((await bucket.file("2027/stream.bin").download())[0], large);
  }),
  passes("upload a stream in one request", async () => {
    const target = bucket.file("2027/simple.txt").createWriteStream({ resumable: false, validation: "md5" });
    await pipeline(Readable.from([text]), target);
    assert.equal((await bucket.file("2027/simple.txt").download())[0].toString(), text);
  }),
  passes("upload a file of the disk", async () => {
    await writeFile("kettle.json", '{"kettle":1}');
    const [file] = await bucket.upload("kettle.json", {
      destination: "2027/kettle.json",
      metadata: { cacheControl: "no-cache", metadata: { shelf: "4" } },
    });
    const [metadata] = await file.getMetadata();
    assert.equal(metadata.contentType, "application/json");
    assert.equal(metadata.cacheControl, "no-cache");
    assert.deepEqual(metadata.metadata, { shelf: "4" });
  }),
  passes("save an empty file", async () => {
    await bucket.file("empty").save("", { resumable: false });
    await bucket.file("empty-resumable").save(Buffer.alloc(0), { resumable: true });
    assert.equal((await bucket.file("empty").getMetadata())[0].size, "0");
    assert.equal((await bucket.file("empty-resumable").download())[0].length, 0);
  }),
  passes("save a name with spaces, slashes and other letters", async () => {
    const name = "Küche/50% off? #1 +&.txt";
    await bucket.file(name).save("tea");
    assert.equal((await bucket.file(name).download())[0].toString(), "tea");
    assert.ok(names((await bucket.getFiles())[0]).includes(name));
    await bucket.file(name).delete();
  }),
  passes("compress an upload and read it decompressed", async () => {
    await bucket.file("zipped.txt").save(text.repeat(100), { gzip: true, contentType: "text/plain" });
    const [metadata] = await bucket.file("zipped.txt").getMetadata();
    assert.equal(metadata.contentEncoding, "gzip");
    assert.ok(Number(metadata.size) < 2_600);
    assert.equal((await bucket.file("zipped.txt").download())[0].toString(), text.repeat(100));
    await bucket.file("zipped.txt").delete();
  }),
  passes("download bytes", async () => {
    assert.deepEqual((await bucket.file("2026/large.bin").download())[0], large);
  }),
  passes("download to a file of the disk", async () => {
    await bucket.file("2026/large.bin").download({ destination: "large.bin" });
    assert.deepEqual(await readFile("large.bin"), large);
  }),
  passes("read a range as a stream", async () => {
    const range = await bytesOf(bucket.file("2026/large.bin").createReadStream({ start: 1_000, end: 1_999 }));
    assert.deepEqual(range, large.subarray(1_000, 2_000));
    const tail = await bytesOf(bucket.file("2026/large.bin").createReadStream({ start: 1_499_000 }));
    assert.deepEqual(tail, large.subarray(1_499_000));
  }),
  passes("read the last bytes as a stream", async () => {
    const tail = await bytesOf(bucket.file("2026/large.bin").createReadStream({ end: -100 }));
    assert.deepEqual(tail, large.subarray(-100));
  }),
  passes("a missing file is not found", () => fails(404, () => bucket.file("missing").download())),
  passes("list all files", async () => {
    const [files] = await bucket.getFiles();
    assert.deepEqual(names(files), [
      "2026/a.txt",
      "2026/large.bin",
      "2027/kettle.json",
      "2027/simple.txt",
      "2027/stream.bin",
      "empty",
      "empty-resumable",
    ]);
    assert.equal(files[0].metadata.size, String(text.length));
  }),
  passes("list files by prefix", async () => {
    const [files] = await bucket.getFiles({ prefix: "2027/" });
    assert.deepEqual(names(files), ["2027/kettle.json", "2027/simple.txt", "2027/stream.bin"]);
  }),
  passes("list folders by delimiter", async () => {
    const [files, , response] = await bucket.getFiles({ delimiter: "/", maxResults: 100, autoPaginate: false });
    assert.deepEqual(names(files), ["empty", "empty-resumable"]);
    assert.deepEqual(response.prefixes, ["2026/", "2027/"]);
  }),
  passes("list pages of files", async () => {
    const [first, next] = await bucket.getFiles({ maxResults: 3, autoPaginate: false });
    assert.equal(first.length, 3);
    const [second] = await bucket.getFiles(next);
    assert.deepEqual(names(second), ["2027/simple.txt", "2027/stream.bin", "empty"]);
  }),
  passes("list files as a stream", async () => {
    assert.equal((await all(bucket.getFilesStream())).length, 7);
  }),
  passes("list files between two names", async () => {
    const [files] = await bucket.getFiles({ startOffset: "2027/", endOffset: "2027/stream" });
    assert.deepEqual(names(files), ["2027/kettle.json", "2027/simple.txt"]);
  }),
  passes("list files by glob", async () => {
    const [files] = await bucket.getFiles({ matchGlob: "**.txt" });
    assert.deepEqual(names(files), ["2026/a.txt", "2027/simple.txt"]);
  }),
  passes("set the metadata of a file", async () => {
    const file = bucket.file("2026/a.txt");
    await file.setMetadata({ contentLanguage: "en", metadata: { shelf: "2", row: "b" } });
    await file.setMetadata({ metadata: { row: null } });
    const [metadata] = await file.getMetadata();
    assert.equal(metadata.contentLanguage, "en");
    assert.deepEqual(metadata.metadata, { shelf: "2" });
    assert.equal(metadata.metageneration, "3");
    assert.equal(metadata.generation, firstGeneration);
  }),
  passes("copy a file", async () => {
    const [copy] = await bucket.file("2026/a.txt").copy(storage.bucket("archive").file("a-copy.txt"));
    assert.equal((await copy.download())[0].toString(), text);
    const [metadata] = await copy.getMetadata();
    assert.equal(metadata.bucket, "archive");
    assert.equal(metadata.contentType, "text/plain");
    assert.equal(metadata.md5Hash, md5);
  }),
  passes("copy a file with other metadata", async () => {
    const [copy] = await bucket
      .file("2026/a.txt")
      .copy("2026/b.md", { contentType: "text/markdown", metadata: { new: "1" } });
    const [metadata] = await copy.getMetadata();
    assert.equal(metadata.contentType, "text/markdown");
    assert.deepEqual(metadata.metadata, { new: "1" });
  }),
  passes("move a file", async () => {
    await bucket.file("2026/b.md").move("2026/c.md");
    assert.deepEqual(await bucket.file("2026/b.md").exists(), [false]);
    assert.equal((await bucket.file("2026/c.md").download())[0].toString(), text);
  }),
  passes("move a file at once", async () => {
    await bucket.file("2026/c.md").moveFileAtomic("2026/d.md");
    assert.deepEqual(await bucket.file("2026/c.md").exists(), [false]);
    assert.equal((await bucket.file("2026/d.md").download())[0].toString(), text);
  }),
  passes("rename a file", async () => {
    const [renamed] = await bucket.file("2026/d.md").rename("2026/e.md");
    assert.equal(renamed.name, "2026/e.md");
    await renamed.delete();
  }),
  passes("combine files", async () => {
    const [combined] = await bucket.combine(["2026/a.txt", "2027/kettle.json"], "combined.txt");
    assert.equal((await combined.download())[0].toString(), `${text}{"kettle":1}`);
    assert.equal((await combined.getMetadata())[0].componentCount, 2);
  }),
  passes("change the storage class of a file", async () => {
    await bucket.file("2026/a.txt").setStorageClass("coldline");
    assert.equal((await bucket.file("2026/a.txt").getMetadata())[0].storageClass, "COLDLINE");
  }),
  passes("overwrite a file", async () => {
    const before = (await bucket.file("2027/simple.txt").getMetadata())[0].generation;
    await bucket.file("2027/simple.txt").save("new", { resumable: false });
    const [metadata] = await bucket.file("2027/simple.txt").getMetadata();
    assert.ok(BigInt(metadata.generation) > BigInt(before));
    assert.equal((await bucket.file("2027/simple.txt").download())[0].toString(), "new");
  }),
  passes("save only if the file does not exist", async () => {
    const options = { resumable: false, preconditionOpts: { ifGenerationMatch: 0 } };
    await bucket.file("once").save("1", options);
    await fails(412, () => bucket.file("once").save("2", options));
    assert.equal((await bucket.file("once").download())[0].toString(), "1");
  }),
  passes("save only over a known generation", async () => {
    const [{ generation }] = await bucket.file("once").getMetadata();
    await bucket.file("once").save("2", { preconditionOpts: { ifGenerationMatch: generation } });
    await fails(412, () => bucket.file("once").save("3", { preconditionOpts: { ifGenerationMatch: generation } }));
    assert.equal((await bucket.file("once").download())[0].toString(), "2");
  }),
  passes("set metadata only if nothing else has", async () => {
    const file = bucket.file("once");
    await file.setMetadata({ contentLanguage: "de" }, { ifMetagenerationMatch: 1 });
    await fails(412, () => file.setMetadata({ contentLanguage: "fr" }, { ifMetagenerationMatch: 1 }));
    assert.equal((await file.getMetadata())[0].contentLanguage, "de");
  }),
  passes("delete only a known generation", async () => {
    await fails(412, () => bucket.file("once").delete({ ifGenerationMatch: 1 }));
    const [{ generation }] = await bucket.file("once").getMetadata();
    await bucket.file("once").delete({ ifGenerationMatch: generation });
    assert.deepEqual(await bucket.file("once").exists(), [false]);
  }),
  passes("list older versions of a file", async () => {
    await storage.bucket("returns").setMetadata({ versioning: { enabled: true } });
    const file = storage.bucket("returns").file("kept.txt");
    await file.save("one", { resumable: false });
    const [{ generation }] = await file.getMetadata();
    await file.save("two", { resumable: false });
    const [versions] = await storage.bucket("returns").getFiles({ versions: true });
    assert.deepEqual(names(versions), ["kept.txt", "kept.txt"]);
    const older = storage.bucket("returns").file("kept.txt", { generation });
    assert.equal((await older.download())[0].toString(), "one");
    assert.equal((await file.download())[0].toString(), "two");
  }),
  passes("share a file with everyone", async () => {
    const file = bucket.file("2026/a.txt");
    await file.makePublic();
    assert.ok((await file.acl.get())[0].some(({ entity, role }) => entity === "allUsers" && role === "READER"));
  }),
  passes("grant, change and withdraw access to a file", async () => {
    const { acl } = bucket.file("2026/a.txt");
    const entity = "user-cook@example.com";
    const [added] = await acl.add({ entity, role: storage.acl.READER_ROLE });
    assert.equal(added.role, "READER");
    await acl.update({ entity, role: storage.acl.OWNER_ROLE });
    assert.equal((await acl.get({ entity }))[0].role, "OWNER");
    await acl.delete({ entity });
    await fails(404, () => acl.get({ entity }));
  }),
  passes("grant access to a bucket, and by default to its files", async () => {
    await bucket.acl.add({ entity: "user-cook@example.com", role: "WRITER" });
    assert.equal((await bucket.acl.get({ entity: "user-cook@example.com" }))[0].role, "WRITER");
    await bucket.acl.default.add({ entity: "allAuthenticatedUsers", role: "READER" });
    assert.equal((await bucket.acl.default.get({ entity: "allAuthenticatedUsers" }))[0].role, "READER");
  }),
  passes("change the IAM policy of a bucket", async () => {
    const [policy] = await bucket.iam.getPolicy();
    policy.bindings = [
      ...(policy.bindings ?? []),
      { role: "roles/storage.objectViewer", members: ["user:cook@example.com"] },
    ];
    await bucket.iam.setPolicy(policy);
    const [after] = await bucket.iam.getPolicy();
    assert.ok(after.bindings.some(({ role }) => role === "roles/storage.objectViewer"));
  }),
  passes("test permissions of a bucket", async () => {
    const [permissions] = await bucket.iam.testPermissions(["storage.objects.get", "storage.objects.list"]);
    assert.deepEqual(permissions, { "storage.objects.get": true, "storage.objects.list": true });
  }),
  passes("notify a topic", async () => {
    const [notification] = await bucket.createNotification("projects/example-123/topics/files");
    assert.ok(notification.id);
    const [notifications] = await bucket.getNotifications();
    assert.deepEqual(
      notifications.map(({ id }) => id),
      [notification.id],
    );
    await notification.delete();
    assert.deepEqual((await bucket.getNotifications())[0], []);
  }),
  passes("make, find, change and delete an HMAC key", async () => {
    const email = "robot@example-123.iam.gserviceaccount.com";
    const [hmacKey, secret] = await storage.createHmacKey(email);
    assert.ok(secret.length > 0);
    assert.equal(hmacKey.metadata.serviceAccountEmail, email);
    assert.equal(hmacKey.metadata.state, "ACTIVE");
    const [keys] = await storage.getHmacKeys();
    assert.deepEqual(
      keys.map(({ metadata }) => metadata.accessId),
      [hmacKey.metadata.accessId],
    );
    await hmacKey.setMetadata({ state: "INACTIVE" });
    assert.equal((await hmacKey.getMetadata())[0].state, "INACTIVE");
    await hmacKey.delete();
  }),
  passes("find the service account of the project", async () => {
    const [account] = await storage.getServiceAccount();
    assert.match(account.emailAddress, /@/);
  }),
  passes("delete all files", async () => {
    await bucket.deleteFiles({ prefix: "2027/" });
    assert.deepEqual(names((await bucket.getFiles({ prefix: "2027/" }))[0]), []);
    await bucket.deleteFiles();
    assert.deepEqual((await bucket.getFiles())[0], []);
  }),
  passes("a bucket with files cannot be deleted", async () => {
    await fails(409, () => storage.bucket("archive").delete());
    assert.deepEqual(await storage.bucket("archive").exists(), [true]);
  }),
  passes("delete a bucket", async () => {
    await bucket.delete();
    assert.deepEqual(await bucket.exists(), [false]);
    await fails(404, () => bucket.getMetadata());
  }),
]);
