/**
 * Google Drive: uploads a file and downloads it again.
 *
 *   npx discogen generate 'https://www.googleapis.com/discovery/v1/apis/drive/v3/rest' --out examples/google
 *   GOOGLE_APPLICATION_CREDENTIALS=service-account.json npx tsx examples/media/drive.ts FILE
 *
 * Set DRIVE_ROOT_URL to use a mock.
 */
import { basename } from "node:path";
import { ServiceAccountCredentials } from "@discogen/runtime/auth";
import { DriveClient } from "../google/drive/v3/index.js";

const [path = "README.md"] = process.argv.slice(2);
const auth = await ServiceAccountCredentials.fromFile(process.env["GOOGLE_APPLICATION_CREDENTIALS"] ?? "", {
  scopes: ["https://www.googleapis.com/auth/drive"],
});
const drive = new DriveClient({ auth, rootUrl: process.env["DRIVE_ROOT_URL"] });

// Sends small files and their metadata in one request, large files in chunks. The media type follows from the file name.
const file = await drive.files.create({
  requestBody: { name: basename(path) },
  media: { body: { path } },
  fields: "id,name,size,mimeType",
});
console.log(`${file.name ?? ""}: ${file.size ?? "?"} bytes of ${file.mimeType ?? "?"}`);

if (file.id === undefined) throw new Error("The response has no file ID.");

// Replaces the content of the file and keeps its metadata.
await drive.files.update({ fileId: file.id, media: { body: "Hello, Drive.\n", mimeType: "text/plain" } });

// Downloads the content as text, a range of it, and to a file. Broken connections are resumed, checksums verified.
const text = await drive.files.getMedia({ fileId: file.id });
console.log(await text.text());
const range = await drive.files.getMedia({ fileId: file.id }, { range: { start: 0, end: 4 } });
console.log(range.headers.get("content-range"), await range.text());
const copy = await drive.files.getMedia({ fileId: file.id });
await copy.saveTo(`${path}.copy`);
