/**
 * Signs in with what the environment offers (gcloud's sign-in, a key file, the machine's own account) and prints the
 * names of the Cloud SQL instances of a project.
 *
 *   GOOGLE_CLOUD_PROJECT  id of the project
 *   SQLADMIN_ROOT_URL     another server than Google's, such as a mock (optional)
 *
 * To sign in at your desk: gcloud auth application-default login
 */
import { SQLAdminClient } from "@discogen/generated/sqladmin/v1beta3";
import { applicationDefault } from "@discogen/runtime/auth";

const { GOOGLE_CLOUD_PROJECT: project, SQLADMIN_ROOT_URL: rootUrl } = process.env;
if (project === undefined) throw new Error("Set GOOGLE_CLOUD_PROJECT to a project id.");

const sqladmin = new SQLAdminClient({ auth: await applicationDefault(), rootUrl });
for await (const { instance } of sqladmin.instances.list({ project })) console.log(instance);
