/**
 * Acts as a service account without its key, by way of one's own sign-in, and prints the names of the instances that the
 * account sees. With a person, the account acts for that person in turn.
 *
 *   GOOGLE_CLOUD_PROJECT  id of the project
 *
 *   npx tsx examples/impersonation.ts robot@example-123.iam.gserviceaccount.com [person@example.com]
 *
 * One's own account needs the role Service Account Token Creator on the other.
 */
import { SQLAdminClient } from "@discogen/generated/sqladmin/v1beta3";
import { applicationDefault, ImpersonatedCredentials } from "@discogen/runtime/auth";

const { GOOGLE_CLOUD_PROJECT: project } = process.env;
const [targetPrincipal, subject] = process.argv.slice(2);
if (project === undefined || targetPrincipal === undefined) {
  throw new Error("Set GOOGLE_CLOUD_PROJECT to a project id, and name the service account to act as.");
}

const auth = new ImpersonatedCredentials({
  sourceCredentials: await applicationDefault(),
  targetPrincipal,
  subject,
  lifetime: 600_000,
});
const sqladmin = new SQLAdminClient({ auth });
for await (const { instance } of sqladmin.instances.list({ project })) console.log(instance);
