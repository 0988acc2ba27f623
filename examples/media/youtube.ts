/**
 * YouTube: uploads a film in parts, and goes on with it after this program was ended in the middle: start it again.
 *
 *   npx discogen generate 'https://youtube.googleapis.com/$discovery/rest?version=v3' --out examples/google
 *   ACCESS_TOKEN=$(gcloud auth print-access-token) npx tsx examples/media/youtube.ts FILM
 *
 * Videos belong to people, so a token of one is needed. YOUTUBE_ROOT_URL sends it to a mock.
 */
import { readFile, rm, writeFile } from "node:fs/promises";
import { AccessTokenCredentials } from "@discogen/runtime/auth";
import { YouTubeClient } from "../google/youtube/v3/index.js";

const [path = "film.mp4"] = process.argv.slice(2);
const youtube = new YouTubeClient({
  auth: new AccessTokenCredentials(process.env["ACCESS_TOKEN"] ?? ""),
  rootUrl: process.env["YOUTUBE_ROOT_URL"],
});

// Whoever has the URL of the session can write to the upload: keep it as secret as a token.
const notes = `${path}.upload`;
const session = await readFile(notes, "utf8").catch(() => undefined);
let noted = session;

const video = await youtube.videos.insert({
  part: ["snippet", "status"],
  requestBody: { snippet: { title: "Our film" }, status: { privacyStatus: "private" } },
  media: {
    body: { path },
    resumable: true,
    session,
    onProgress: ({ sent, total, session }) => {
      console.error(`${String(sent)} of ${String(total)} bytes`);
      if (session === undefined || session === noted) return;
      noted = session;
      void writeFile(notes, session, { mode: 0o600 });
    },
  },
});
await rm(notes, { force: true });
console.log(`https://www.youtube.com/watch?v=${video.id ?? ""}`);
