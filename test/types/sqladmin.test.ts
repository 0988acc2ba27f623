/**
 * The types of a generated client, and the misuses that they reject. `tsc -b` checks this file: a wrong type, or a
 * misuse that is no longer rejected, is a compile error.
 */
import type {
  DatabaseInstance,
  FlagsListResponse,
  Settings,
  InstanceOperation,
  InstancesInsertParams,
  InstancesInsertResponse,
  InstancesListResponse,
  SQLAdminClient,
  TiersListResponse,
} from "@discogen/generated/sqladmin/v1beta3";
import { type ApiPromise, batch, type Paged, sendBatch } from "@discogen/runtime";
import { describe, expectTypeOf, it } from "vitest";

// Only types are tested: none of this is ever called.
declare const sqladmin: SQLAdminClient;
declare const instance: DatabaseInstance;
const types = (_: (...values: never[]) => unknown) => {};

describe("a method returns its own type", () => {
  it("ordinary methods return a promise of the resource", () => {
    types(() => {
      const promise = sqladmin.instances.get({ project: "p", instance: "i" });
      expectTypeOf(promise).toEqualTypeOf<ApiPromise<DatabaseInstance>>();
      expectTypeOf(
        sqladmin.operations.get({ project: "p", instance: "i", operation: "o" }),
      ).resolves.toEqualTypeOf<InstanceOperation>();
    });
  });

  it("paged methods return pages and items", () => {
    types(async () => {
      const list = sqladmin.instances.list({ project: "p" });
      expectTypeOf(list).toEqualTypeOf<Paged<InstancesListResponse, DatabaseInstance>>();
      expectTypeOf(await list).toEqualTypeOf<InstancesListResponse>();
      for await (const item of list) expectTypeOf(item).toEqualTypeOf<DatabaseInstance>();
      for await (const page of list.pages()) expectTypeOf(page).toEqualTypeOf<InstancesListResponse>();
    });
  });

  it("properties are optional and never null", () => {
    expectTypeOf<DatabaseInstance["region"]>().toEqualTypeOf<string | undefined>();
    expectTypeOf<DatabaseInstance["maxDiskSize"]>().toEqualTypeOf<string | undefined>();
  });

  it("values from a description are suggested, others are allowed", () => {
    types(() => {
      const state: NonNullable<DatabaseInstance["state"]> = "RUNNABLE";
      const other: NonNullable<DatabaseInstance["state"]> = "SOMETHING_NEW";
      return [state, other];
    });
  });
});

describe("a call is checked", () => {
  it("required parameters are required", () => {
    types(() => {
      // @ts-expect-error project is missing
      void sqladmin.instances.list({});
      // @ts-expect-error parameters are missing
      void sqladmin.instances.list();
      // @ts-expect-error dueTime, a required query parameter, is missing
      void sqladmin.backupRuns.get({ project: "p", instance: "i", backupConfiguration: "b" });
      void sqladmin.flags.list();
    });
  });

  it("misspelled and mistyped parameters are rejected", () => {
    types(() => {
      // @ts-expect-error the parameter is maxResults
      void sqladmin.instances.list({ project: "p", maxResult: 1 });
      // @ts-expect-error expects a number
      void sqladmin.instances.list({ project: "p", maxResults: "1" });
      // @ts-expect-error null is not a value
      void sqladmin.instances.list({ project: "p", pageToken: null });
      // @ts-expect-error the runtime sets the response format
      void sqladmin.instances.list({ project: "p", alt: "json" });
    });
  });

  it("undefined can be passed for optional parameters", () => {
    types((token?: string) =>
      sqladmin.instances.list({ project: "p", pageToken: token, maxResults: undefined, fields: "items" }),
    );
  });

  it("a body has the properties that its method requires", () => {
    types(() => {
      void sqladmin.instances.insert({ project: "p", requestBody: { instance: "i", project: "p" } });
      // @ts-expect-error the body is missing
      void sqladmin.instances.insert({ project: "p" });
      // @ts-expect-error instance is missing
      void sqladmin.instances.insert({ project: "p", requestBody: { project: "p" } });
      // @ts-expect-error settings without their tier
      void sqladmin.instances.insert({ project: "p", requestBody: { instance: "i", project: "p", settings: {} } });
      // @ts-expect-error the property is region
      void sqladmin.instances.insert({ project: "p", requestBody: { instance: "i", project: "p", regio: "x" } });
    });
    expectTypeOf<InstancesInsertParams["requestBody"]["instance"]>().toEqualTypeOf<string>();
  });

  it("get, change, update needs no cast", () => {
    types(() => {
      const changed = { ...instance, settings: { ...instance.settings, tier: "D2" } };
      void sqladmin.instances.update({ project: "p", instance: "i", requestBody: changed });
      void sqladmin.instances.update({ project: "p", instance: "i", requestBody: instance });
      void sqladmin.instances.patch({ project: "p", instance: "i", requestBody: instance });
    });
  });

  it("PATCH accepts null to clear, at any depth; others do not", () => {
    types(() => {
      void sqladmin.instances.patch({
        project: "p",
        instance: "i",
        requestBody: { region: null, settings: { tier: null } },
      });
      // @ts-expect-error PUT has nothing to clear
      void sqladmin.instances.update({ project: "p", instance: "i", requestBody: { region: null } });
    });
  });
});

describe("a literal fields parameter narrows the response", () => {
  it("to the fields it names, at any depth", () => {
    types(() => {
      const promise = sqladmin.instances.get({
        project: "p",
        instance: "i",
        fields: "instance,settings(tier,databaseFlags/name)",
      });
      expectTypeOf(promise).resolves.toEqualTypeOf<{
        instance?: string;
        settings?: { tier?: string; databaseFlags?: { name?: string }[] };
      }>();
    });
  });

  it("in all forms that Google documents", () => {
    types(() => {
      type Tier = { settings?: Pick<Settings, "tier" | "activationPolicy"> };
      expectTypeOf(
        sqladmin.instances.get({ project: "p", instance: "i", fields: "settings.tier,settings/activationPolicy" }),
      ).resolves.toEqualTypeOf<Tier>();
      expectTypeOf(
        sqladmin.instances.get({ project: "p", instance: "i", fields: " settings( tier , activation_policy ) " }),
      ).resolves.toEqualTypeOf<Tier>();
      expectTypeOf(
        sqladmin.instances.get({ project: "p", instance: "i", fields: "settings(*),instance" }),
      ).resolves.toEqualTypeOf<Pick<DatabaseInstance, "instance" | "settings">>();
      expectTypeOf(
        sqladmin.instances.list({ project: "p", fields: "next_page_token,items.settings.tier" }),
      ).resolves.toEqualTypeOf<{ nextPageToken?: string; items?: { settings?: { tier?: string } }[] }>();
      // @ts-expect-error below a star, some property must have the field
      void sqladmin.instances.get({ project: "p", instance: "i", fields: "*/tear" });
      void sqladmin.instances.get({ project: "p", instance: "i", fields: "*/tier" });
    });
  });

  it("for pages and their items", () => {
    types(async () => {
      const list = sqladmin.instances.list({ project: "p", fields: "items(instance,settings/tier),nextPageToken" });
      expectTypeOf(await list).toEqualTypeOf<{
        items?: { instance?: string; settings?: { tier?: string } }[];
        nextPageToken?: string;
      }>();
      for await (const item of list)
        expectTypeOf(item).toEqualTypeOf<{ instance?: string; settings?: { tier?: string } }>();
    });
  });

  it("to all fields with a star, or without fields", () => {
    types((fields?: string) => {
      expectTypeOf(sqladmin.tiers.list({ project: "p", fields: "*" })).resolves.toEqualTypeOf<TiersListResponse>();
      expectTypeOf(sqladmin.tiers.list({ project: "p", fields })).resolves.toEqualTypeOf<TiersListResponse>();
      expectTypeOf(
        sqladmin.tiers.list({ project: "p", fields: undefined }),
      ).resolves.toEqualTypeOf<TiersListResponse>();
    });
  });

  it("and rejects an unknown field", () => {
    types(() => {
      // @ts-expect-error unknown field: items/settings/tierr
      void sqladmin.instances.list({ project: "p", fields: "items(settings/tierr),nextPageToken" });
      // @ts-expect-error unknown field: nextPage
      void sqladmin.instances.list({ project: "p", fields: "items,nextPage" });
    });
  });
});

describe("a method that starts an operation", () => {
  it("returns the type of the document, and has wait()", () => {
    types(() => {
      const inserting = sqladmin.instances.insert({ project: "p", requestBody: { instance: "i", project: "p" } });
      expectTypeOf(inserting).resolves.toEqualTypeOf<InstancesInsertResponse>();
      expectTypeOf(inserting.wait()).resolves.toEqualTypeOf<InstanceOperation>();
      void inserting.wait({
        timeout: 60_000,
        onProgress: (operation) => expectTypeOf(operation).toEqualTypeOf<InstanceOperation>(),
      });
    });
  });

  it("has no wait() if the operation cannot be identified", () => {
    types(() => {
      // @ts-expect-error the response of clone does not identify its operation
      void sqladmin.instances.clone({ project: "p" }).wait();
    });
  });
});

describe("clients", () => {
  it("keep their class, and resources cannot be replaced", () => {
    expectTypeOf<(typeof SQLAdminClient)["scopes"]>().toEqualTypeOf<readonly string[]>();
    types(() => {
      expectTypeOf(sqladmin.withOptions({})).toEqualTypeOf<SQLAdminClient>();
      // @ts-expect-error resources are read-only
      sqladmin.instances = {};
    });
  });

  it("can be batches: the same members with the same types, and send()", () => {
    types(() => {
      const batch = sqladmin.batch();
      expectTypeOf(batch).toExtend<SQLAdminClient>();
      expectTypeOf(batch.instances.get({ project: "p", instance: "i" })).toEqualTypeOf<ApiPromise<DatabaseInstance>>();
      expectTypeOf(batch.send({ size: 50, signal: new AbortController().signal })).resolves.toEqualTypeOf<
        PromiseSettledResult<unknown>[]
      >();
      const one = batch.instances.get({ project: "p", instance: "i" });
      const list = batch.instances.list({ project: "p" });
      expectTypeOf(batch.send([one, list])).resolves.toEqualTypeOf<
        [PromiseSettledResult<DatabaseInstance>, PromiseSettledResult<InstancesListResponse>]
      >();
      const many = ["a", "b"].map((name) => batch.instances.get({ project: "p", instance: name }));
      expectTypeOf(batch.send(many, { size: 50 })).resolves.toEqualTypeOf<PromiseSettledResult<DatabaseInstance>[]>();
      // @ts-expect-error an ordinary client has no send()
      void sqladmin.send();
      // @ts-expect-error size is a number of calls
      void batch.send({ size: "50" });
    });
  });

  it("keep a member of the API that is called send", () => {
    interface PostClient extends SQLAdminClient {
      send(letter: string): string;
    }
    types((post: PostClient) => {
      expectTypeOf(batch(post)).toEqualTypeOf<PostClient>();
      expectTypeOf(sendBatch(batch(post))).resolves.toEqualTypeOf<PromiseSettledResult<unknown>[]>();
      const calls = [batch(post).flags.list()] as const;
      expectTypeOf(sendBatch(batch(post), calls)).resolves.toEqualTypeOf<[PromiseSettledResult<FlagsListResponse>]>();
    });
  });
});
