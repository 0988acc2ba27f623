/** Every check, by area: a column of the table. */
import { batches, calls, operations } from "./calls.ts";
import { errors, identity } from "./errors.ts";
import { downloads, files, longStreams, nodeStreams, resumption, uploads } from "./media.ts";
import { resultOf } from "./outcome.ts";
import { type Checks, type Platform, type Result, post } from "./platform.ts";
import { defaultCredentials, keyFile, signIn } from "./authentication.ts";

const areas: Readonly<Record<string, Checks>> = {
  key: signIn,
  "key file": keyFile,
  environment: defaultCredentials,
  calls,
  operations,
  batch: batches,
  errors,
  identity,
  uploads,
  "long streams": longStreams,
  "Node streams": nodeStreams,
  files,
  downloads,
  resume: resumption,
};

/** Runs every check, one after another, and sends the results to the harness. */
export async function runChecks(platform: Platform): Promise<void> {
  const results: Result[] = [];
  for (const [area, checks] of Object.entries(areas))
    for (const [name, check] of Object.entries(checks)) results.push(await resultOf(area, name, check, platform));
  await post(platform, "report", results);
}
