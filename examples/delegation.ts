/**
 * Acts for users of a domain (domain-wide delegation) and prints how many Cloud SQL instances each of them can see.
 *
 *   GOOGLE_APPLICATION_CREDENTIALS  path of the key file of a service account with domain-wide delegation
 *   GOOGLE_CLOUD_PROJECT            project ID (optional; default: the project of the key file)
 *   SQLADMIN_ROOT_URL               another server than Google's, such as a mock (optional)
 *
 *   npx tsx examples/delegation.ts a@example.com b@example.com
 */
import { SQLAdminClient } from "@discogen/generated/sqladmin/v1";
import { ServiceAccountCredentials } from "@discogen/runtime/auth";

const { GOOGLE_APPLICATION_CREDENTIALS: keyFile, GOOGLE_CLOUD_PROJECT, SQLADMIN_ROOT_URL: rootUrl } = process.env;
const users = process.argv.slice(2);
if (keyFile === undefined || users.length === 0) {
  throw new Error("Set GOOGLE_APPLICATION_CREDENTIALS to a key file, and pass the users to act for.");
}

const account = await ServiceAccountCredentials.fromFile(keyFile, { scopes: SQLAdminClient.scopes });
const project = GOOGLE_CLOUD_PROJECT ?? (await account.getProjectId());
for (const user of users) {
  const sqladmin = new SQLAdminClient({ auth: account.withSubject(user), rootUrl });
  let count = 0;
  for await (const _ of sqladmin.instances.list({ project })) count += 1;
  console.log(`${user}: ${count}`);
}
