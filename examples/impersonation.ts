/**
 * Acts as a service account without its key, through your own credentials, and prints the instances that the account can
 * see. With a user, the service account acts for that user (domain-wide delegation).
 *
 *   GOOGLE_CLOUD_PROJECT  project ID, used instead of that of the credentials or of gcloud (optional)
 *
 *   npx tsx examples/impersonation.ts robot@example-123.iam.gserviceaccount.com [user@example.com]
 *
 * Your account needs the role Service Account Token Creator on the service account.
 */
import { SQLAdminClient } from "@discogen/generated/sqladmin/v1";
import { applicationDefault, ImpersonatedCredentials } from "@discogen/runtime/auth";

const [targetPrincipal, subject] = process.argv.slice(2);
if (targetPrincipal === undefined) throw new Error("Pass the service account to act as.");

const sourceCredentials = await applicationDefault();
const project = await sourceCredentials.getProjectId();
const auth = new ImpersonatedCredentials({
  sourceCredentials,
  targetPrincipal,
  subject,
  lifetime: 600_000, // 10 minutes
});
const sqladmin = new SQLAdminClient({ auth });
for await (const { name } of sqladmin.instances.list({ project })) console.log(name);
