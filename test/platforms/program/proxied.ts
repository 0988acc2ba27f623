/** Three calls through the proxy of the environment, which responds to them itself. */
import { SQLAdminClient } from "@discogen/generated/sqladmin/v1beta3";
import { AnonymousCredentials } from "@discogen/runtime/auth";
import { equal } from "./assert.ts";
import { resultOf } from "./outcome.ts";
import { type Input, post } from "./platform.ts";

async function check(): Promise<void> {
  // The host does not exist: only a proxy can respond.
  const options = { auth: new AnonymousCredentials(), rootUrl: "http://sqladmin.invalid/", retry: false } as const;
  const client = new SQLAdminClient(options);
  for (let call = 1; call <= 3; call++) {
    const { items = [] } = await client.instances.list({ project: "example-123" });
    equal([call, items[0]?.instance], [call, "proxied"]);
  }
}

async function main(): Promise<void> {
  const input: Input = JSON.parse(process.argv[2] ?? "");
  await post({ input }, "report", [await resultOf("calls", "three calls through a proxy", check, { input })]);
}

void main();
