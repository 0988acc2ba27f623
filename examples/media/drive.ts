/**
 * Google Drive: uploads a file and downloads it again.
 *
 *   npx discogen generate 'https://www.googleapis.com/discovery/v1/apis/drive/v3/rest' --out examples/google
 *   GOOGLE_APPLICATION_CREDENTIALS=service-account.json npx tsx examples/media/drive.ts FILE
 *
 * DRIVE_ROOT_URL sends it to a mock.
 */
import { basename } from "node:path";
import { ServiceAccountCredentials } from "@discogen/runtime/auth";
import { DriveClient } from "../google/drive/v3/index.js";

const [path = "README.md"] = process.argv.slice(2);
const auth = await ServiceAccountCredentials.fromFile(process.env["GOOGLE_APPLICATION_CREDENTIALS"] ?? "", {
  scopes: ["https://www.googleapis.com/auth/drive"],
});
const drive = new DriveClient({ auth, rootUrl: process.env["DRIVE_ROOT_URL"] });

// Small files travel with their metadata in one request, large ones in parts. The name tells the media type.
const file = await drive.files.create({
  requestBody: { name: basename(path) },
  media: { body: { path } },
  fields: "id,name,size,mimeType",
});
console.log(`${file.name ?? ""}: ${file.size ?? "?"} bytes of ${file.mimeType ?? "?"}`);

if (file.id === undefined) throw new Error("the file has no id");

// New content for the same file; its metadata stays as it is.
await drive.files.update({ fileId: file.id, media: { body: "Hello, Drive.\n", mimeType: "text/plain" } });

// The content of a file, as text, in part, and as a file: broken connections are taken up again, checksums verified.
const text = await drive.files.getMedia({ fileId: file.id });
console.log(await text.text());
const part = await drive.files.getMedia({ fileId: file.id }, { range: { start: 0, end: 4 } });
console.log(part.headers.get("content-range"), await part.text());
const whole = await drive.files.getMedia({ fileId: file.id });
await whole.saveTo(`${path}.copy`);
