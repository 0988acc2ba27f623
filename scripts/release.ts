/**
 * Makes a release, in two steps:
 *
 *   npm run release -- 0.2.0      on your machine: checks everything, sets the versions, commits and tags
 *   npm run release -- --publish  in the release workflow, for the tag: checks again and publishes to npm
 *
 * CONTRIBUTING.md describes the steps.
 */
import { spawnSync } from "node:child_process";
import { release } from "./release/release.js";

const root = process.cwd();

process.exitCode = release(process.argv.slice(2), {
  root,
  // Set for jobs that may request an identity token, from which npm derives the provenance.
  isHosted: process.env["ACTIONS_ID_TOKEN_REQUEST_URL"] !== undefined,
  npm: (args) => {
    const { error, status } = spawnSync("npm", args, {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
      shell: process.platform === "win32",
    });
    if (error !== undefined) throw error;
    return status;
  },
  print: (text) => process.stdout.write(text),
  printError: (text) => process.stderr.write(text),
});
