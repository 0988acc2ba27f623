/**
 * Typical helpers that programs write around a client. `tsc -b` checks this file: a helper that stops compiling, or a
 * misuse that is no longer rejected, is a compile error.
 */
import type * as sqladmin_v1beta3 from "@discogen/generated/sqladmin/v1beta3";
import {
  type DatabaseInstance,
  type InstancesInsertBody,
  type InstancesListParams,
  type InstancesListResponse,
  SQLAdminClient,
} from "@discogen/generated/sqladmin/v1beta3";
import type { MediaResponse, Paged, Patch } from "@discogen/runtime";
import { createMockTransport } from "@discogen/runtime/testing";
import { describe, expectTypeOf, it } from "vitest";
import type * as shelves_v1 from "../golden/shelves/v1/index.js";

// Only types are tested: none of this is ever called.
declare const sqladmin: SQLAdminClient;
declare const shelves: shelves_v1.ShelfKeeperClient;
const types = (_: (...values: never[]) => unknown) => {};
const project = "example-123";

describe("a request body", () => {
  it("can be annotated with the type of its method", () => {
    types(async (name: string) => {
      const body: InstancesInsertBody = { instance: name, project };
      body.settings = { tier: "D1" };
      await sqladmin.instances.insert({ project, requestBody: body }).wait();
      // @ts-expect-error the project is required
      const incomplete: InstancesInsertBody = { instance: name };
      return incomplete;
    });
  });

  it("can be annotated with its schema if nothing is required", () => {
    types((tier: string) => {
      const body: DatabaseInstance = {};
      body.settings = { tier };
      void sqladmin.instances.update({ project, instance: "i", requestBody: body });
      void sqladmin.instances.patch({ project, instance: "i", requestBody: body });
    });
  });

  it("can come from a function, or from a method's own parameters", () => {
    types((name: string) => {
      const bodyFor = (instance: string): InstancesInsertBody => ({ instance, project, settings: { tier: "D1" } });
      const again: sqladmin_v1beta3.InstancesInsertParams["requestBody"] = bodyFor(name);
      void sqladmin.instances.insert({ project, requestBody: again });
    });
  });
});

describe("Patch", () => {
  it("is the body of a PATCH, where null clears a field", () => {
    types(() => {
      const patchInstance = (instance: string, changes: Patch<DatabaseInstance>) =>
        sqladmin.instances.patch({ project, instance, requestBody: changes });
      void patchInstance("orders", { region: null, settings: { tier: null, ipConfiguration: { enabled: true } } });
      // @ts-expect-error the property is region
      void patchInstance("orders", { regoin: null });
    });
  });

  it("accepts the resource itself, changed or not", () => {
    types((instance: DatabaseInstance) => {
      const changes: Patch<DatabaseInstance> = { ...instance, region: null };
      const same: Patch<DatabaseInstance> = instance;
      return [changes, same];
    });
  });

  it("works in a helper for any resource", () => {
    types(() => {
      const clear = <Resource>(...keys: (keyof Resource)[]) =>
        Object.fromEntries(keys.map((key) => [key, null])) as Patch<Resource>; // the keys are those of the resource
      const requestBody = clear<DatabaseInstance>("region", "etag");
      void sqladmin.instances.patch({ project, instance: "i", requestBody });
    });
  });
});

describe("a part of a client", () => {
  type Instances = Pick<SQLAdminClient, "instances">;
  const tierOf = async ({ instances }: Instances, instance: string): Promise<string | undefined> =>
    (await instances.get({ project, instance, fields: "settings/tier" })).settings?.tier;

  it("accepts the client, with or without a mock transport", () => {
    types((resources: { readonly instances: sqladmin_v1beta3.InstancesResource }) => {
      void tierOf(sqladmin, "orders");
      void tierOf(resources, "orders");
      const transport = createMockTransport(SQLAdminClient, {
        "sql.instances.get": () => ({ settings: { tier: "D1" } }),
      });
      void tierOf(new SQLAdminClient({ transport }), "orders");
      // @ts-expect-error a resource is not a client
      void tierOf(sqladmin.instances, "orders");
    });
  });

  it("can be a few methods, which a test fakes without the client", () => {
    types(() => {
      interface Reader {
        readonly instances: { get(params: sqladmin_v1beta3.InstancesGetParams): PromiseLike<DatabaseInstance> };
      }
      const stateOf = async ({ instances }: Reader) => (await instances.get({ project, instance: "i" })).state;
      void stateOf(sqladmin);
      void stateOf({ instances: { get: async ({ instance }) => ({ instance, state: "RUNNABLE" }) } });
    });
  });
});

describe("a namespace of types", () => {
  it("separates types that shadow a global, or that two APIs have", () => {
    types((instance: sqladmin_v1beta3.DatabaseInstance, error: shelves_v1.Error, date: shelves_v1.Date) => {
      expectTypeOf(instance).toEqualTypeOf<DatabaseInstance>();
      expectTypeOf(error).not.toEqualTypeOf<Error>();
      expectTypeOf(date).not.toEqualTypeOf<Date>();
      return new Error("the global one");
    });
  });
});

describe("a helper for any method", () => {
  it("collects the items of any list", () => {
    types(() => {
      const collect = async <Item>(list: Paged<unknown, Item>): Promise<Item[]> => {
        const items: Item[] = [];
        for await (const item of list) items.push(item);
        return items;
      };
      expectTypeOf(collect(sqladmin.instances.list({ project }))).resolves.toEqualTypeOf<DatabaseInstance[]>();
      expectTypeOf(collect(sqladmin.instances.list({ project, fields: "items/state" }))).resolves.toEqualTypeOf<
        Pick<DatabaseInstance, "state">[]
      >();
    });
  });

  it("takes the method and its parameters", () => {
    types(() => {
      const firstPage = <Params extends { pageToken?: string | undefined }, Page, Item>(
        list: (params: Params) => Paged<Page, Item>,
        params: Params,
      ): Promise<Page> => list({ ...params, pageToken: undefined });
      const list = (params: InstancesListParams) => sqladmin.instances.list(params);
      expectTypeOf(firstPage(list, { project })).resolves.toEqualTypeOf<InstancesListResponse>();
    });
  });

  it("can repeat a call and keep its type", () => {
    types(async () => {
      const withRetry = <Call extends PromiseLike<unknown>>(call: () => Call): Call => call();
      const list = withRetry(() => sqladmin.instances.list({ project }));
      expectTypeOf(list).toEqualTypeOf<Paged<InstancesListResponse, DatabaseInstance>>();
      for await (const item of list) expectTypeOf(item).toEqualTypeOf<DatabaseInstance>();
      const later = async <Value>(call: () => PromiseLike<Value>): Promise<Value> => call();
      expectTypeOf(
        later(() => sqladmin.instances.get({ project, instance: "i" })),
      ).resolves.toEqualTypeOf<DatabaseInstance>();
    });
  });

  it("can name the return type of a method", () => {
    expectTypeOf<Awaited<ReturnType<SQLAdminClient["instances"]["list"]>>>().toEqualTypeOf<InstancesListResponse>();
    expectTypeOf<Parameters<SQLAdminClient["instances"]["list"]>[0]>().toExtend<{ project: string }>();
  });
});

describe("parameters in a variable", () => {
  it("are checked when they are passed", () => {
    types((pageToken?: string) => {
      const params = { project, maxResults: 10, pageToken };
      expectTypeOf(sqladmin.instances.list(params)).toEqualTypeOf<Paged<InstancesListResponse, DatabaseInstance>>();
    });
  });

  it("need `satisfies` or their type for enum values", () => {
    types(() => {
      const widened = { parent: "rooms/1", "order.by": ["NAME"] };
      // @ts-expect-error in a variable, "NAME" is any string
      void shelves.rooms.shelves.list(widened);
      const exact = { parent: "rooms/1", "order.by": ["NAME"] } satisfies shelves_v1.RoomsShelvesListParams;
      void shelves.rooms.shelves.list(exact);
      const typed: shelves_v1.RoomsShelvesListParams = { parent: "rooms/1" };
      typed["order.by"] = ["NAME"];
      void shelves.rooms.shelves.list(typed);
    });
  });

  it("can contain `fields`: a constant narrows, a string does not", () => {
    types((chosen: string) => {
      const fields = "items(instance,state)";
      expectTypeOf(sqladmin.instances.list({ project, fields })).resolves.toEqualTypeOf<{
        items?: Pick<DatabaseInstance, "instance" | "state">[];
      }>();
      expectTypeOf(
        sqladmin.instances.list({ project, fields: chosen }),
      ).resolves.toEqualTypeOf<InstancesListResponse>();
      const params = { project, fields };
      expectTypeOf(sqladmin.instances.list(params)).resolves.toEqualTypeOf<InstancesListResponse>();
      const literal = { project, fields } as const;
      expectTypeOf(sqladmin.instances.list(literal)).resolves.toEqualTypeOf<{
        items?: Pick<DatabaseInstance, "instance" | "state">[];
      }>();
    });
  });
});

describe("content", () => {
  it("makes a Blob without a cast", () => {
    types(async (media: MediaResponse) => {
      expectTypeOf(shelves.rooms.shelves.booksMedia({ name: "rooms/1/shelves/1" })).resolves.toEqualTypeOf(media);
      return new Blob([await media.bytes()]);
    });
  });
});
