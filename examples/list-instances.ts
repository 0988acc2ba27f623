/**
 * Authenticates as a service account and prints the Cloud SQL instances of a project as JSON. `npm start` runs it against
 * the mock. Google has retired v1beta3: against-google.ts does the same with the live version, v1.
 *
 *   GOOGLE_APPLICATION_CREDENTIALS  path of the service account's key file
 *   GOOGLE_CLOUD_PROJECT            project ID (optional; default: the project of the key file)
 *   SQLADMIN_ROOT_URL               another server than Google's, such as a mock (optional)
 */
import { SQLAdminClient } from "@discogen/generated/sqladmin/v1beta3";
import { ServiceAccountCredentials } from "@discogen/runtime/auth";

const { GOOGLE_APPLICATION_CREDENTIALS: keyFile, GOOGLE_CLOUD_PROJECT, SQLADMIN_ROOT_URL: rootUrl } = process.env;
if (keyFile === undefined) throw new Error("Set GOOGLE_APPLICATION_CREDENTIALS to a key file.");

const auth = await ServiceAccountCredentials.fromFile(keyFile, { scopes: SQLAdminClient.scopes });
const project = GOOGLE_CLOUD_PROJECT ?? (await auth.getProjectId());
const sqladmin = new SQLAdminClient({ auth, rootUrl });

const instances = [];
let pages = 0;
for await (const page of sqladmin.instances.list({ project }).pages()) {
  pages += 1;
  for (const { instance, databaseVersion, region, state, settings } of page.items ?? []) {
    instances.push({ instance, databaseVersion, region, state, tier: settings?.tier });
  }
}
console.error(`${instances.length} instances on ${pages} pages.`);
console.log(JSON.stringify(instances, undefined, 2));
