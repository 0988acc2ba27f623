/** A token and three calls to Google's own addresses, to which something in between must respond. */
import { SQLAdminClient } from "@discogen/generated/sqladmin/v1beta3";
import { ServiceAccountCredentials } from "@discogen/runtime/auth";
import { equal } from "./assert.ts";
import { resultOf } from "./outcome.ts";
import { type Input, post } from "./platform.ts";

/** @param count Counts the requests that were intercepted so far. */
export async function intercepted(count: () => number): Promise<void> {
  const input: Input = JSON.parse(process.argv[2] ?? "");
  const check = async () => {
    const key = { ...input.key, token_uri: "https://oauth2.googleapis.com/token" };
    const options = { auth: ServiceAccountCredentials.fromJSON(key), retry: false, timeout: 5_000 } as const;
    const client = new SQLAdminClient(options);
    for (let call = 1; call <= 3; call++) {
      const { items = [] } = await client.instances.list({ project: "example-123" });
      equal([call, items[0]?.instance, count()], [call, "intercepted", call + 1]);
    }
  };
  await post({ input }, "report", [await resultOf("calls", "a token and three calls", check, { input })]);
}
