/**
 * Cloud Storage: streams into an object without knowing how much will come, and out of it again.
 *
 *   npx discogen generate 'https://storage.googleapis.com/$discovery/rest?version=v1' --out examples/google
 *   GOOGLE_APPLICATION_CREDENTIALS=service-account.json npx tsx examples/media/cloud-storage.ts BUCKET < FILE
 *
 * STORAGE_ROOT_URL sends it to a mock.
 */
import { createHash } from "node:crypto";
import { ServiceAccountCredentials } from "@discogen/runtime/auth";
import { StorageClient } from "../google/storage/v1/index.js";

const [bucket = "example-bucket"] = process.argv.slice(2);
const auth = await ServiceAccountCredentials.fromFile(process.env["GOOGLE_APPLICATION_CREDENTIALS"] ?? "", {
  scopes: ["https://www.googleapis.com/auth/devstorage.read_write"],
});
const storage = new StorageClient({ auth, rootUrl: process.env["STORAGE_ROOT_URL"] });

// One part is in memory, however much comes: 1 MiB here, 8 MiB by default.
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

// Piece by piece: a slow reader slows the connection down. What does not match x-goog-hash is an error at the end.
const media = await storage.objects.getMedia({ bucket, object: "logs/today.txt" });
const hash = createHash("sha256");
for await (const piece of media.body) hash.update(piece);
console.log(`sha256 ${hash.digest("hex")}`);
