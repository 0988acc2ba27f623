/** The programs for measuring the compiler: three calls each, the same for our clients and Google's. */

export const aiplatform = `
import { AiplatformClient } from "./ours/aiplatform/v1/index.js";

const { endpoints } = new AiplatformClient().projects.locations;
const name = "projects/p/locations/l/endpoints/e" as const;
const endpoint = await endpoints.get({ name });
const page = await endpoints.list({ parent: "projects/p/locations/l", pageSize: 10 });
const operation = await endpoints.undeployModel({ endpoint: name, requestBody: { deployedModelId: "1" } });
export const names = [endpoint.displayName, page.endpoints?.[0]?.displayName, operation.name];
`;

export const aiplatformPeer = `
import { aiplatform_v1 } from "googleapis/build/src/apis/aiplatform/v1.js";

const { endpoints } = new aiplatform_v1.Aiplatform({}).projects.locations;
const name = "projects/p/locations/l/endpoints/e" as const;
const endpoint = await endpoints.get({ name });
const page = await endpoints.list({ parent: "projects/p/locations/l", pageSize: 10 });
const operation = await endpoints.undeployModel({ endpoint: name, requestBody: { deployedModelId: "1" } });
export const names = [endpoint.data.displayName, page.data.endpoints?.[0]?.displayName, operation.data.name];
`;

export const sqladmin = `
import { SQLAdminClient } from "./ours/sqladmin/v1beta4/index.js";

const { instances } = new SQLAdminClient();
const instance = await instances.get({ project: "p", instance: "i" });
const page = await instances.list({ project: "p", maxResults: 10 });
const operation = await instances.restart({ project: "p", instance: "i" });
export const names = [instance.name, page.items?.[0]?.name, operation.name];
`;

export const sqladminPeer = `
import { sqladmin } from "@googleapis/sqladmin";

const { instances } = sqladmin("v1beta4");
const instance = await instances.get({ project: "p", instance: "i" });
const page = await instances.list({ project: "p", maxResults: 10 });
const operation = await instances.restart({ project: "p", instance: "i" });
export const names = [instance.data.name, page.data.items?.[0]?.name, operation.data.name];
`;

export const fields = "items(name,settings/tier),nextPageToken";

const listing = (params: string) => `
import { SQLAdminClient } from "./ours/sqladmin/v1beta4/index.js";

const page = await new SQLAdminClient().instances.list(${params});
export const tier = page.items?.[0]?.settings?.tier;
`;

export const withoutFields = listing('{ project: "p" }');
export const withFields = listing(`{ project: "p", fields: ${JSON.stringify(fields)} }`);
