/** Authentication, and files of keys. */
import { SQLAdminClient } from "@discogen/generated/sqladmin/v1beta3";
import { AuthError } from "@discogen/runtime";
import { applicationDefault, ServiceAccountCredentials } from "@discogen/runtime/auth";
import { equal, rejection } from "./assert.ts";
import { project, sqladmin } from "./clients.ts";
import { type Checks, post } from "./platform.ts";

export const signIn: Checks = {
  "a service-account key as JSON": async (platform) => {
    const { items = [] } = await sqladmin(platform).instances.list({ project });
    equal(items.length, 2);
  },
  "a new token after 401": async (platform) => {
    const client = sqladmin(platform);
    await client.instances.list({ project });
    await post(platform, "revoke");
    const { items = [] } = await client.instances.list({ project });
    equal(items.length, 2);
  },
};

export const keyFile: Checks = {
  "a service-account key file": async ({ input }) => {
    const reading = ServiceAccountCredentials.fromFile(`${input.folder ?? ""}/key.json`);
    if (input.folder === undefined) {
      await rejection(reading, AuthError, {
        code: "KEY_FILE_UNREADABLE",
        message: /this platform has no files\. Pass the JSON/,
      });
      return "not possible";
    }
    const client = new SQLAdminClient({ auth: await reading, rootUrl: input.rootUrl });
    equal((await client.instances.get({ project, instance: "orders" })).instance, "orders");
    return undefined;
  },
};

export const defaultCredentials: Checks = {
  "the key file that the environment names": async ({ input }) => {
    const auth = await applicationDefault().catch((error: unknown) => error);
    if (auth instanceof AuthError) {
      const wanted = {
        code: "NO_CREDENTIALS",
        message: /does not have\. Pass|GOOGLE_APPLICATION_CREDENTIALS is not set/,
      };
      await rejection(Promise.reject(auth), AuthError, wanted);
      return "not possible";
    }
    const client = new SQLAdminClient({ auth: await applicationDefault(), rootUrl: input.rootUrl });
    equal((await client.instances.get({ project, instance: "orders" })).instance, "orders");
    return undefined;
  },
};
