/**
 * The programs of the cold benchmark, the same for our client and Google's. `ours` runs in a project where the packed
 * packages are installed. `peer` takes the path of the installed peer and loads it by `require`, its fastest way.
 */

interface Pair {
  readonly ours: string;
  readonly peer: (path: string) => string;
}

const requirePeer = (path: string) => `
import { createRequire } from "node:module";
const { auth, sqladmin } = createRequire(import.meta.url)(${JSON.stringify(path)});
`;

/** Prints the time of a program's imports in milliseconds: client and authentication. */
export const importing: Pair = {
  ours: `
const start = performance.now();
await import("@discogen/generated/sqladmin/v1beta3");
await import("@discogen/runtime/auth");
console.log(performance.now() - start);
`,
  peer: (path) => `
import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
const start = performance.now();
require(${JSON.stringify(path)});
console.log(performance.now() - start);
`,
};

/** A program that only starts Node. */
export const EMPTY = "console.log(performance.now());";

/** Prints the milliseconds from the start of the process to the first response, and exits. */
export const responding: Pair = {
  ours: `
import { SQLAdminClient } from "@discogen/generated/sqladmin/v1beta3";
import { AccessTokenCredentials } from "@discogen/runtime/auth";
const auth = new AccessTokenCredentials("ya29.benchmark");
const { instances } = new SQLAdminClient({ auth, rootUrl: process.argv[2] });
const { items } = await instances.list({ project: "example-123" });
if (items?.length === 3) console.log(performance.now());
process.exit();
`,
  peer: (path) => `${requirePeer(path)}
const oauth = new auth.OAuth2();
oauth.setCredentials({ access_token: "ya29.benchmark" });
const { instances } = sqladmin({ version: "v1beta4", auth: oauth, rootUrl: process.argv[2] });
const { data } = await instances.list({ project: "example-123" });
if (data.items?.length === 3) console.log(performance.now());
process.exit();
`,
};

/** Deployed programs: list instances, authenticated with a key file or with a token. */
export const deployed = {
  withKey: `
import { SQLAdminClient } from "@discogen/generated/sqladmin/v1beta3";
import { ServiceAccountCredentials } from "@discogen/runtime/auth";
async function main() {
  const auth = await ServiceAccountCredentials.fromFile(process.env.GOOGLE_APPLICATION_CREDENTIALS);
  const sqladmin = new SQLAdminClient({ auth, rootUrl: process.env.SQLADMIN_ROOT_URL });
  for await (const { instance } of sqladmin.instances.list({ project: "example-123" })) console.log(instance);
}
void main();
`,
  withToken: `
import { SQLAdminClient } from "@discogen/generated/sqladmin/v1beta3";
import { AccessTokenCredentials } from "@discogen/runtime/auth";
async function main() {
  const auth = new AccessTokenCredentials(process.env.TOKEN);
  const sqladmin = new SQLAdminClient({ auth, rootUrl: process.env.SQLADMIN_ROOT_URL });
  for await (const { instance } of sqladmin.instances.list({ project: "example-123" })) console.log(instance);
}
void main();
`,
  peer: `
import { auth, sqladmin } from "@googleapis/sqladmin";
async function main() {
  const googleAuth = new auth.GoogleAuth({ keyFile: process.env.GOOGLE_APPLICATION_CREDENTIALS });
  const { instances } = sqladmin({ version: "v1beta4", auth: googleAuth, rootUrl: process.env.SQLADMIN_ROOT_URL });
  let pageToken;
  do {
    const { data } = await instances.list({ project: "example-123", pageToken });
    for (const { name } of data.items ?? []) console.log(name);
    pageToken = data.nextPageToken;
  } while (pageToken);
}
void main();
`,
};
