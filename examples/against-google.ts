/**
 * Prints the Cloud SQL instances of a project, from all pages, with Application Default Credentials.
 *
 *   gcloud auth application-default login
 *   GOOGLE_CLOUD_PROJECT=your-project npx tsx examples/against-google.ts
 *
 *   GOOGLE_CLOUD_PROJECT            project ID; the Cloud SQL Admin API must be enabled in this project
 *   GOOGLE_APPLICATION_CREDENTIALS  path of a key file, used instead of gcloud's credentials (optional)
 *   SQLADMIN_ROOT_URL               another server than Google's, such as a mock (optional)
 */
import { SQLAdminClient } from "@discogen/generated/sqladmin/v1";
import { applicationDefault } from "@discogen/runtime/auth";

const { GOOGLE_CLOUD_PROJECT: project, SQLADMIN_ROOT_URL: rootUrl } = process.env;
if (project === undefined) throw new Error("Set GOOGLE_CLOUD_PROJECT to a project ID.");

const sqladmin = new SQLAdminClient({ auth: await applicationDefault(), rootUrl });

let count = 0;
for await (const { name, databaseVersion, region, state } of sqladmin.instances.list({ project })) {
  console.log(name, databaseVersion, region, state);
  count += 1;
}
console.error(`${project} has ${count} instances.`);
