/**
 * Prints the Cloud SQL instances of a project, from all pages, with Application Default Credentials.
 *
 *   gcloud auth application-default login
 *   gcloud config set project your-project
 *   npx tsx examples/against-google.ts
 *
 * The Cloud SQL Admin API must be enabled in the project.
 *
 *   GOOGLE_CLOUD_PROJECT            project ID, used instead of that of the credentials or of gcloud (optional)
 *   GOOGLE_APPLICATION_CREDENTIALS  path of a key file, used instead of gcloud's credentials (optional)
 *   SQLADMIN_ROOT_URL               another server than Google's, such as a mock (optional)
 */
import { SQLAdminClient } from "@discogen/generated/sqladmin/v1";
import { applicationDefault } from "@discogen/runtime/auth";

const { SQLADMIN_ROOT_URL: rootUrl } = process.env;
const auth = await applicationDefault();
const project = await auth.getProjectId();
const sqladmin = new SQLAdminClient({ auth, rootUrl });

let count = 0;
for await (const { name, databaseVersion, region, state } of sqladmin.instances.list({ project })) {
  console.log(name, databaseVersion, region, state);
  count += 1;
}
console.error(`${project} has ${count} instances.`);
