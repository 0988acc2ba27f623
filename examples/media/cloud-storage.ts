/**
 * Cloud Storage: uploads a stream of unknown size to an object, and downloads it again.
 *
 *   npx discogen generate 'https://storage.googleapis.com/$discovery/rest?version=v1' --out examples/google
 *   GOOGLE_APPLICATION_CREDENTIALS=service-account.json npx tsx examples/media/cloud-storage.ts BUCKET < FILE
 *
 * Set STORAGE_ROOT_URL to use a mock.
 */
import { createHash } from "node:crypto";
import { ServiceAccountCredentials } from "@discogen/runtime/auth";
import { StorageClient } from "../google/storage/v1/index.js";

const [bucket = "example-bucket"] = process.argv.slice(2);
const auth = await ServiceAccountCredentials.fromFile(process.env["GOOGLE_APPLICATION_CREDENTIALS"] ?? "", {
  scopes: ["https://www.googleapis.com/auth/devstorage.read_write"],
});
const storage = new StorageClient({ auth, rootUrl: process.env["STORAGE_ROOT_URL"] });

// Only one chunk is in memory: 1 MiB here, 8 MiB by default.
const object = await storage.objects.insert({
  bucket,
  name: "logs/today.txt",
  requestBody: { metadata: { origin: "standard input" } },
  media: {
    body: process.stdin,
    mimeType: "text/plain",
    chunkSize: 1024 * 1024,
    onProgress: ({ sent, total }) => console.error(`${String(sent)} of ${String(total ?? "?")} bytes`),
  },
});
console.log(`${object.name ?? ""}: ${object.size ?? "?"} bytes, generation ${object.generation ?? "?"}`);

// Reads chunk by chunk, with backpressure. A mismatch with x-goog-hash throws at the end.
const media = await storage.objects.getMedia({ bucket, object: "logs/today.txt" });
const hash = createHash("sha256");
for await (const chunk of media.body) hash.update(chunk);
console.log(`sha256 ${hash.digest("hex")}`);
