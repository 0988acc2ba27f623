/** Calls that fail, and those that are ended. */
import { SQLAdminClient } from "@discogen/generated/sqladmin/v1beta3";
import {
  AbortError,
  ApiError,
  ConnectionError,
  DiscogenError,
  InvalidRequestError,
  TimeoutError,
} from "@discogen/runtime";
import { AnonymousCredentials } from "@discogen/runtime/auth";
import { equal, rejection } from "./assert.ts";
import { project, sqladmin } from "./clients.ts";
import { type Checks, tell } from "./platform.ts";

/** The mock responds to it after some seconds. */
const slow = { project, instance: "slow" };

export const errors: Checks = {
  "an ApiError with its fields": async (platform) => {
    const call = sqladmin(platform).instances.get({ project, instance: "nowhere" });
    const error = await rejection(call, ApiError, {
      code: "API_ERROR",
      message: /^sql\.instances\.get failed with status 404/,
    });
    equal(
      [error.status, error.response.status, typeof error.serverMessage, error instanceof DiscogenError],
      [404, 404, "string", true],
    );
    equal([error.name, error.errors.length > 0, error.reason !== undefined], ["ApiError", true, true]);
  },
  "an InvalidRequestError before anything is sent": async (platform) => {
    const call = sqladmin(platform).instances.get({ project: "..", instance: "orders" });
    const { faults } = await rejection(call, InvalidRequestError, { code: "INVALID_REQUEST" });
    equal(
      faults.map(({ parameter }) => parameter),
      ["project"],
    );
  },
  "a ConnectionError": async ({ input }) => {
    const options = { auth: new AnonymousCredentials(), rootUrl: `${input.harnessUrl}cut/`, retry: false } as const;
    const call = new SQLAdminClient(options).instances.list({ project });
    await rejection(call, ConnectionError, { code: "CONNECTION_FAILED" });
  },
  "a timeout": async (platform) => {
    const client = sqladmin(platform);
    const call = client.instances.get(slow, { timeout: 200, retry: false });
    await rejection(call, TimeoutError, { code: "TIMEOUT" });
    await rejection(client.instances.get(slow, { totalTimeout: 200 }), TimeoutError, { code: "TOTAL_TIMEOUT" });
  },
  "an abort": async (platform) => {
    const client = sqladmin(platform);
    await client.instances.get({ project, instance: "orders" });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);
    await rejection(client.instances.get(slow, { signal: controller.signal }), AbortError, { code: "ABORTED" });
    const again = client.instances.get(slow, { signal: controller.signal });
    await rejection(again, AbortError, { code: "ABORTED" });
  },
  "a retry after 503": async (platform) => {
    await tell(platform, "faults", { on: "call", status: 503 });
    equal((await sqladmin(platform).instances.get({ project, instance: "orders" })).instance, "orders");
  },
  "a retry after a broken connection": async (platform) => {
    await tell(platform, "faults", { on: "call", cutAfter: 1 });
    equal((await sqladmin(platform).instances.get({ project, instance: "orders" })).instance, "orders");
  },
  "a dispatcher on a platform without undici": async ({ input }) => {
    if (input.build !== "web") return "skipped";
    const dispatcher = { dispatch: () => false };
    const making = async () => new SQLAdminClient({ auth: new AnonymousCredentials(), dispatcher });
    await rejection(making(), InvalidRequestError, { code: "INVALID_OPTION", message: /works only on Node/ });
    return undefined;
  },
  "a call after those that failed": async (platform) => {
    equal((await sqladmin(platform).instances.get({ project, instance: "orders" })).instance, "orders");
  },
};

export const identity: Checks = {
  "the errors of both builds": async (platform) => {
    const { input, builds } = platform;
    if (builds === undefined || input.build === "web") return "skipped";
    const [own, other] =
      input.build === "CommonJS" ? (["CommonJS", "ES modules"] as const) : (["ES modules", "CommonJS"] as const);
    equal([ApiError === builds[own].ApiError, ApiError === builds[other].ApiError], [true, false]);
    const call = sqladmin(platform).instances.get({ project, instance: "nowhere" });
    const error = await rejection(call, ApiError, { code: "API_ERROR" });
    equal([error instanceof builds[other].ApiError, error instanceof builds[other].DiscogenError], [true, true]);
    return undefined;
  },
};
