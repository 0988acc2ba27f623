/**
 * Acts for people of a domain (domain-wide delegation) and prints how many instances each of them sees.
 *
 *   GOOGLE_APPLICATION_CREDENTIALS  path of the key of a service account with domain-wide delegation
 *   GOOGLE_CLOUD_PROJECT            id of the project
 *   SQLADMIN_ROOT_URL               another server than Google's, such as a mock (optional)
 *
 *   npx tsx examples/delegation.ts a@example.com b@example.com
 */
import { SQLAdminClient } from "@discogen/generated/sqladmin/v1beta3";
import { ServiceAccountCredentials } from "@discogen/runtime/auth";

const {
  GOOGLE_APPLICATION_CREDENTIALS: keyFile,
  GOOGLE_CLOUD_PROJECT: project,
  SQLADMIN_ROOT_URL: rootUrl,
} = process.env;
const people = process.argv.slice(2);
if (keyFile === undefined || project === undefined || people.length === 0) {
  throw new Error("Set GOOGLE_APPLICATION_CREDENTIALS and GOOGLE_CLOUD_PROJECT, and name the people to act for.");
}

const robot = await ServiceAccountCredentials.fromFile(keyFile, { scopes: SQLAdminClient.scopes });
for (const person of people) {
  const sqladmin = new SQLAdminClient({ auth: robot.withSubject(person), rootUrl });
  let count = 0;
  for await (const _ of sqladmin.instances.list({ project })) count += 1;
  console.log(`${person}: ${count}`);
}
