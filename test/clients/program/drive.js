/** An ordinary program of `@googleapis/drive`. */
import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { bytesOf, endpoint, fails, load, passes, patterned, refused, runSteps, signIn } from "./steps.js";

const google = load("@googleapis/drive");

/** The options of a client do not reach its uploads, so they are in each upload, too. */
const here = { rootUrl: `${endpoint}/` };

const scopes = ["https://www.googleapis.com/auth/drive"];
const drive = google.drive({ version: "v3", ...here, auth: signIn(scopes, google.auth) });

const large = patterned(900_000);
const text = "Two teapots and a kettle.\n";
let folder;
let note;
let photo;
let permissionId;
let commentId;
let replyId;

const names = (files) => files.map(({ name }) => name).toSorted();

await runSteps([
  passes("create a folder", async () => {
    const requestBody = { name: "Orders", mimeType: "application/vnd.google-apps.folder" };
    const { data } = await drive.files.create({ requestBody, fields: "id, name, mimeType" });
    assert.equal(data.name, "Orders");
    assert.equal(data.mimeType, requestBody.mimeType);
    folder = data.id;
    assert.ok(folder);
  }),
  passes("upload text with metadata", async () => {
    const { data } = await drive.files.create(
      {
        requestBody: { name: "note.txt", parents: [folder], description: "What to buy" },
        media: { mimeType: "text/plain", body: text },
      },
      here,
    );
    note = data.id;
    assert.equal(data.name, "note.txt");
    assert.equal(data.mimeType, "text/plain");
    assert.equal(data.kind, "drive#file");
  }),
  passes("upload a stream with metadata", async () => {
    const { data } = await drive.files.create(
      {
        requestBody: { name: "photo.png" },
        media: { mimeType: "image/png", body: Readable.from([large.subarray(0, 500_000), large.subarray(500_000)]) },
        fields: "id,size,md5Checksum,mimeType",
      },
      here,
    );
    photo = data.id;
    assert.equal(data.size, "900000");
    assert.equal(data.mimeType, "image/png");
    assert.match(data.md5Checksum, /^[0-9a-f]{32}$/);
  }),
  passes("upload a file of the disk", async () => {
    await writeFile("kettle.json", '{"kettle":1}');
    const { data } = await drive.files.create(
      {
        requestBody: { name: "kettle.json" },
        media: { mimeType: "application/json", body: createReadStream("kettle.json") },
      },
      here,
    );
    const { data: content } = await drive.files.get({ fileId: data.id, alt: "media" });
    assert.deepEqual(content, { kettle: 1 });
    await drive.files.delete({ fileId: data.id });
  }),
  passes("upload without metadata", async () => {
    const { data } = await drive.files.create({ media: { mimeType: "text/plain", body: "only content" } }, here);
    assert.ok(data.id);
    const { data: content } = await drive.files.get({ fileId: data.id, alt: "media" }, { responseType: "text" });
    assert.equal(content, "only content");
    await drive.files.delete({ fileId: data.id });
  }),
  passes("make a file without content", async () => {
    const { data } = await drive.files.create({ requestBody: { name: "empty" } });
    await drive.files.delete({ fileId: data.id });
    await fails(404, () => drive.files.get({ fileId: data.id }));
  }),
  passes("get metadata", async () => {
    const { data } = await drive.files.get({ fileId: note, fields: "*" });
    assert.equal(data.description, "What to buy");
    assert.deepEqual(data.parents, [folder]);
    assert.equal(data.size, String(text.length));
    assert.ok(Date.parse(data.createdTime) > 0);
    assert.ok(Date.parse(data.modifiedTime) > 0);
    assert.equal(data.trashed ?? false, false);
  }),
  passes("download text", async () => {
    const { data } = await drive.files.get({ fileId: note, alt: "media" }, { responseType: "text" });
    assert.equal(data, text);
  }),
  passes("download a stream", async () => {
    const { data } = await drive.files.get({ fileId: photo, alt: "media" }, { responseType: "stream" });
    assert.deepEqual(await bytesOf(data), large);
  }),
  passes("download a range", async () => {
    const { data, status } = await drive.files.get(
      { fileId: photo, alt: "media" },
      { responseType: "arraybuffer", headers: { Range: "bytes=100-199" } },
    );
    assert.equal(status, 206);
    assert.deepEqual(Buffer.from(data), large.subarray(100, 200));
  }),
  passes("list files", async () => {
    const { data } = await drive.files.list({ pageSize: 100, fields: "nextPageToken, files(id, name)" });
    assert.deepEqual(names(data.files), ["Orders", "note.txt", "photo.png"]);
    assert.equal(data.nextPageToken, undefined);
  }),
  passes("list pages of files", async () => {
    const found = [];
    let pageToken;
    do {
      const { data } = await drive.files.list({ pageSize: 1, pageToken });
      found.push(...data.files);
      pageToken = data.nextPageToken;
    } while (pageToken !== undefined);
    assert.deepEqual(names(found), ["Orders", "note.txt", "photo.png"]);
  }),
  refused("search by name", () => drive.files.list({ q: "name = 'note.txt'" })),
  refused("list the files of a folder", () => drive.files.list({ q: `'${folder}' in parents and trashed = false` })),
  passes("list files by name", async () => {
    const { data } = await drive.files.list({ orderBy: "name desc", pageSize: 10 });
    assert.equal(data.files.length, 3);
  }),
  passes("rename a file", async () => {
    await drive.files.update({ fileId: note, requestBody: { name: "list.txt", appProperties: { shelf: "2" } } });
    const { data } = await drive.files.get({ fileId: note, fields: "name,description,appProperties" });
    assert.deepEqual(data, { name: "list.txt", description: "What to buy", appProperties: { shelf: "2" } });
  }),
  passes("replace content", async () => {
    const media = { mimeType: "text/plain", body: "Nothing." };
    const { data } = await drive.files.update({ fileId: note, media, fields: "size" }, here);
    assert.equal(data.size, "8");
    const { data: content } = await drive.files.get({ fileId: note, alt: "media" }, { responseType: "text" });
    assert.equal(content, "Nothing.");
  }),
  passes("replace content and metadata", async () => {
    const media = { mimeType: "text/markdown", body: Readable.from(["# Nothing"]) };
    await drive.files.update({ fileId: note, requestBody: { name: "list.md" }, media }, here);
    const { data } = await drive.files.get({ fileId: note, fields: "name,mimeType,size" });
    assert.deepEqual(data, { name: "list.md", mimeType: "text/markdown", size: "9" });
  }),
  passes("move a file to another folder", async () => {
    await drive.files.update({ fileId: photo, addParents: folder, removeParents: "root", fields: "id, parents" });
    const { data } = await drive.files.get({ fileId: photo, fields: "parents" });
    assert.deepEqual(data.parents, [folder]);
  }),
  passes("copy a file", async () => {
    const { data } = await drive.files.copy({ fileId: photo, requestBody: { name: "copy.png" } });
    assert.notEqual(data.id, photo);
    assert.equal(data.name, "copy.png");
    const { data: content } = await drive.files.get({ fileId: data.id, alt: "media" }, { responseType: "arraybuffer" });
    assert.deepEqual(Buffer.from(content), large);
  }),
  passes("move a file to the trash and back", async () => {
    await drive.files.update({ fileId: note, requestBody: { trashed: true } });
    assert.equal((await drive.files.get({ fileId: note, fields: "trashed" })).data.trashed, true);
    await drive.files.update({ fileId: note, requestBody: { trashed: false } });
    assert.equal((await drive.files.get({ fileId: note, fields: "trashed" })).data.trashed, false);
  }),
  passes("share a file", async () => {
    const requestBody = { type: "user", role: "writer", emailAddress: "cook@example.com" };
    const { data } = await drive.permissions.create({ fileId: note, requestBody, sendNotificationEmail: false });
    permissionId = data.id;
    assert.ok(permissionId);
    assert.equal(data.role, "writer");
    const { data: read } = await drive.permissions.get({ fileId: note, permissionId, fields: "*" });
    assert.equal(read.emailAddress, "cook@example.com");
  }),
  passes("list, change and withdraw permissions", async () => {
    const { data } = await drive.permissions.list({ fileId: note });
    assert.ok(data.permissions.some(({ id }) => id === permissionId));
    await drive.permissions.update({ fileId: note, permissionId, requestBody: { role: "reader" } });
    assert.equal((await drive.permissions.get({ fileId: note, permissionId })).data.role, "reader");
    await drive.permissions.delete({ fileId: note, permissionId });
    await fails(404, () => drive.permissions.get({ fileId: note, permissionId }));
  }),
  passes("comment on a file", async () => {
    const { data } = await drive.comments.create({ fileId: note, requestBody: { content: "Why?" }, fields: "*" });
    commentId = data.id;
    const { data: listed } = await drive.comments.list({ fileId: note, fields: "comments(id,content)" });
    assert.deepEqual(listed.comments, [{ id: commentId, content: "Why?" }]);
    await drive.comments.update({ fileId: note, commentId, requestBody: { content: "Why not?" }, fields: "id" });
    const { data: read } = await drive.comments.get({ fileId: note, commentId, fields: "content" });
    assert.equal(read.content, "Why not?");
  }),
  passes("reply to a comment", async () => {
    const requestBody = { content: "Because." };
    const { data } = await drive.replies.create({ fileId: note, commentId, requestBody, fields: "id" });
    replyId = data.id;
    const { data: listed } = await drive.replies.list({ fileId: note, commentId, fields: "replies(id,content)" });
    assert.deepEqual(listed.replies, [{ id: replyId, content: "Because." }]);
    await drive.replies.delete({ fileId: note, commentId, replyId });
    await drive.comments.delete({ fileId: note, commentId });
    await fails(404, () => drive.comments.get({ fileId: note, commentId, fields: "id" }));
  }),
  refused("list the revisions of a file", () => drive.revisions.list({ fileId: note })),
  refused("export a document", async () => {
    const requestBody = { name: "Menu", mimeType: "application/vnd.google-apps.document" };
    const { data } = await drive.files.create({ requestBody });
    await drive.files.export({ fileId: data.id, mimeType: "application/pdf" });
  }),
  passes("create, change and delete a shared drive", async () => {
    const { data } = await drive.drives.create({ requestId: "one", requestBody: { name: "Kitchen" } });
    await drive.drives.update({ driveId: data.id, requestBody: { name: "Big kitchen" } });
    assert.deepEqual(names((await drive.drives.list({})).data.drives), ["Big kitchen"]);
    await drive.drives.delete({ driveId: data.id });
    await fails(404, () => drive.drives.get({ driveId: data.id }));
  }),
  passes("generate ids", async () => {
    const { data } = await drive.files.generateIds({ count: 3 });
    assert.equal(new Set(data.ids).size, 3);
  }),
  passes("create a file with an id of the client", async () => {
    const id = "0B1234567890abcdefghijklmno";
    assert.equal((await drive.files.create({ requestBody: { id, name: "known" } })).data.id, id);
    assert.equal((await drive.files.get({ fileId: id })).data.name, "known");
    await fails(409, () => drive.files.create({ requestBody: { id, name: "again" } }));
    await drive.files.delete({ fileId: id });
  }),
  passes("ask about the user", async () => {
    const { data } = await drive.about.get({ fields: "user, storageQuota" });
    assert.equal(typeof data.user, "object");
  }),
  refused("list changes", async () => {
    const { data } = await drive.changes.getStartPageToken({});
    await drive.changes.list({ pageToken: data.startPageToken });
  }),
  passes("a file that was deleted is not found", async () => {
    await drive.files.delete({ fileId: photo });
    await fails(404, () => drive.files.get({ fileId: photo }));
    await fails(404, () => drive.files.get({ fileId: photo, alt: "media" }));
    await fails(404, () => drive.files.delete({ fileId: photo }));
  }),
  passes("empty the trash", async () => {
    await drive.files.update({ fileId: note, requestBody: { trashed: true } });
    await drive.files.emptyTrash({});
    await fails(404, () => drive.files.get({ fileId: note }));
  }),
  passes("a token without the scope is not enough", async () => {
    const auth = signIn(["https://www.googleapis.com/auth/calendar"], google.auth);
    const other = google.drive({ version: "v3", ...here, auth });
    await fails(403, () => other.files.list({}));
  }),
  passes("sign in by a token that the client signed itself", async () => {
    const auth = signIn(scopes, google.auth);
    auth.useJWTAccessWithScope = true;
    const own = google.drive({ version: "v3", ...here, auth });
    assert.ok(Array.isArray((await own.files.list({})).data.files));
  }),
]);
