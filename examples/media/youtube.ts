/**
 * YouTube: uploads a video in chunks. If the program is interrupted, run it again: it resumes the upload.
 *
 *   npx discogen generate 'https://youtube.googleapis.com/$discovery/rest?version=v3' --out examples/google
 *   ACCESS_TOKEN=$(gcloud auth print-access-token) npx tsx examples/media/youtube.ts VIDEO
 *
 * Videos belong to users, so this needs the token of a user. Set YOUTUBE_ROOT_URL to use a mock.
 */
import { readFile, rm, writeFile } from "node:fs/promises";
import { AccessTokenCredentials } from "@discogen/runtime/auth";
import { YouTubeClient } from "../google/youtube/v3/index.js";

const [path = "video.mp4"] = process.argv.slice(2);
const youtube = new YouTubeClient({
  auth: new AccessTokenCredentials(process.env["ACCESS_TOKEN"] ?? ""),
  rootUrl: process.env["YOUTUBE_ROOT_URL"],
});

// The session URL gives write access to the upload: keep it as secret as a token.
const stateFile = `${path}.upload`;
const session = await readFile(stateFile, "utf8").catch(() => undefined);
let saved = session;

const video = await youtube.videos.insert({
  part: ["snippet", "status"],
  requestBody: { snippet: { title: "Our video" }, status: { privacyStatus: "private" } },
  media: {
    body: { path },
    resumable: true,
    session,
    onProgress: ({ sent, total, session }) => {
      console.error(`${String(sent)} of ${String(total)} bytes`);
      if (session === undefined || session === saved) return;
      saved = session;
      void writeFile(stateFile, session, { mode: 0o600 });
    },
  },
});
await rm(stateFile, { force: true });
console.log(`https://www.youtube.com/watch?v=${video.id ?? ""}`);
