/** Cloud Storage v1 in the mock: buckets, access control, and what belongs to a project. */
import { beforeEach, describe, expect, it } from "vitest";
import type { Json } from "../../../generator/src/mock/index.js";
import { namesOf, openShop, REFUSED, type Shop } from "./storage-support.js";
import { object, responseOf } from "./support.js";

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});

describe("a bucket", () => {
  it("has the facts that the server sets", async () => {
    const bucket = await shop.call("GET", "b/shop");
    expect(bucket).toMatchObject({
      kind: "storage#bucket",
      id: "shop",
      name: "shop",
      location: "US",
      storageClass: "STANDARD",
      metageneration: "1",
      etag: "CAE=",
      projectNumber: expect.stringMatching(/^\d{12}$/),
      selfLink: `${shop.mock.url}storage/v1/b/shop`,
      iamConfiguration: { uniformBucketLevelAccess: { enabled: false } },
    });
    expect(bucket).not.toHaveProperty("acl");
    expect(await shop.call("GET", "b/shop?projection=full")).toMatchObject({ acl: [{}, {}, {}], owner: {} });
  });

  it("keeps what the client wrote, through patch and update", async () => {
    await shop.call("POST", "b?project=p", { name: "eu-shop", location: "eu", labels: { a: "1", b: "2" } });
    expect(await shop.call("GET", "b/eu-shop")).toMatchObject({ location: "EU", labels: { a: "1", b: "2" } });
    const patched = await shop.call("PATCH", "b/eu-shop", { labels: { a: null }, versioning: { enabled: true } });
    expect(patched).toMatchObject({ metageneration: "2", labels: { b: "2" }, versioning: { enabled: true } });
    const updated = await shop.call("PUT", "b/eu-shop", { labels: { c: "3" } });
    expect(updated).toMatchObject({ metageneration: "3", location: "EU", labels: { c: "3" } });
    expect(updated).not.toHaveProperty("versioning");
  });

  it("is listed by project and prefix", async () => {
    await shop.call("POST", "b?project=p", { name: "shop-2" });
    await shop.call("POST", "b?project=other", { name: "shop-3" });
    const names = async (query: string) => namesOf((await shop.call("GET", `b?${query}`))["items"]);
    expect(await names("project=p")).toEqual(["shop", "shop-2"]);
    expect(await names("project=p&prefix=shop-")).toEqual(["shop-2"]);
    expect(await names("project=other")).toEqual(["shop-3"]);
    const { nextPageToken } = await shop.call("GET", "b?project=p&maxResults=1");
    expect(await names(`project=p&maxResults=1&pageToken=${String(nextPageToken)}`)).toEqual(["shop-2"]);
  });

  it.each<[what: string, verb: string, path: string, body: Json | undefined, status: number]>([
    ["an insert of an existing bucket", "POST", "b?project=p", { name: "shop" }, 409],
    ["an insert without a name", "POST", "b?project=p", {}, 400],
    ["an invalid name", "POST", "b?project=p", { name: "A b" }, 400],
    ["a missing bucket", "GET", "b/none", undefined, 404],
    ["a patch of another metageneration", "PATCH", "b/shop?ifMetagenerationMatch=7", {}, 412],
    ["the known metageneration", "GET", "b/shop?ifMetagenerationNotMatch=1", undefined, 304],
    ["a soft-deleted bucket", "GET", "b/shop?softDeleted=true", undefined, 400],
    ["a restore", "POST", "b/shop/restore?generation=1", undefined, 400],
  ])("responds to %s with an error", async (_what, verb, path, body, status) => {
    expect((await shop.send(verb, `storage/v1/${path}`, body)).status).toBe(status);
  });

  it("is deleted only when it is empty", async () => {
    await shop.put("a", "1");
    expect(await shop.send("DELETE", "storage/v1/b/shop")).toMatchObject({ status: 409 });
    await shop.call("DELETE", shop.at("a"));
    expect(await shop.send("DELETE", "storage/v1/b/shop")).toMatchObject({ status: 204 });
    expect(await shop.send("GET", "storage/v1/b/shop")).toMatchObject({ status: 404 });
  });

  it("has a policy, which is replaced if its etag is the latest", async () => {
    const policy = await shop.call("GET", "b/shop/iam");
    expect(policy).toMatchObject({ kind: "storage#policy", resourceId: "projects/_/buckets/shop", version: 1 });
    const bindings = [{ role: "roles/storage.objectViewer", members: ["user:a@example.com"] }];
    await shop.call("PUT", "b/shop/iam", { ...policy, bindings });
    expect(await shop.call("GET", "b/shop/iam")).toMatchObject({ bindings });
    expect(await shop.send("PUT", "storage/v1/b/shop/iam", { ...policy, bindings })).toMatchObject({ status: 409 });
  });

  it("keeps objects for the period of its retention policy", async () => {
    await shop.put("a", "1");
    await shop.call("PATCH", "b/shop", { retentionPolicy: { retentionPeriod: 3600 } });
    expect(await shop.call("GET", "b/shop")).toMatchObject({ retentionPolicy: { retentionPeriod: "3600" } });
    expect(await shop.call("GET", shop.at("a"))).toHaveProperty("retentionExpirationTime");
    for (const send403 of [() => shop.send("DELETE", `storage/v1/${shop.at("a")}`), () => shop.upload("a", "2")])
      expect(await send403()).toMatchObject({
        status: 403,
        body: { error: { errors: [{ reason: "retentionPolicyNotMet" }] } },
      });
    const lock = "storage/v1/b/shop/lockRetentionPolicy?ifMetagenerationMatch=2";
    expect(await shop.send("POST", lock)).toMatchObject(REFUSED);
  });
});

describe("access control", () => {
  it.each<[list: string, role: string]>([
    ["b/shop/acl", "WRITER"],
    ["b/shop/defaultObjectAcl", "READER"],
    ["b/shop/o/a/acl", "READER"],
  ])("has entries that are made, read, changed, listed and deleted: %s", async (path, role) => {
    await shop.put("a", "1");
    const entity = "user-a@example.com";
    expect(await shop.call("POST", path, { entity, role })).toMatchObject({ entity, role, email: "a@example.com" });
    expect(await shop.call("GET", `${path}/${entity}`)).toMatchObject({ entity, role });
    expect(await shop.call("PATCH", `${path}/${entity}`, { role: "OWNER" })).toMatchObject({ entity, role: "OWNER" });
    const { items } = await shop.call("GET", path);
    expect(items).toContainEqual(expect.objectContaining({ entity, role: "OWNER" }));
    await shop.call("DELETE", `${path}/${entity}`);
    expect(await shop.send("GET", `storage/v1/${path}/${entity}`)).toMatchObject({ status: 404 });
    expect(await shop.send("POST", `storage/v1/${path}`, { entity: "x", role })).toMatchObject({ status: 400 });
    expect(await shop.send("POST", `storage/v1/${path}`, { entity, role: "KING" })).toMatchObject({ status: 400 });
  });

  it("gives the owner's entry and the default entries to a new object", async () => {
    await shop.call("POST", "b/shop/defaultObjectAcl", { entity: "allUsers", role: "READER" });
    await shop.put("a", "1");
    const { acl, owner } = await shop.call("GET", `${shop.at("a")}?projection=full`);
    expect(owner).toMatchObject({ entity: `user-${shop.mock.key.client_email}` });
    expect(acl).toContainEqual(
      expect.objectContaining({ entity: `user-${shop.mock.key.client_email}`, role: "OWNER" }),
    );
    expect(acl).toContainEqual(expect.objectContaining({ entity: "allUsers" }));
  });

  it("opens an object to requests without a token", async () => {
    await shop.put("a", "1");
    const status = async (path: string) => (await fetch(new URL(path, shop.mock.url))).status;
    const seen = async () => [await status(`storage/v1/${shop.at("a")}?alt=media`), await status("shop/a")];
    expect(await seen()).toEqual([401, 403]);
    await shop.call("PATCH", `${shop.at("a")}?predefinedAcl=publicRead`, {});
    expect(await seen()).toEqual([200, 200]);
    await shop.call("PATCH", `${shop.at("a")}?predefinedAcl=private`, {});
    expect(await seen()).toEqual([401, 403]);
    const bindings = [{ role: "roles/storage.objectViewer", members: ["allUsers"] }];
    await shop.call("PUT", "b/shop/iam", { bindings });
    expect(await seen()).toEqual([200, 200]);
  });

  it("has no lists in a bucket with uniform access", async () => {
    await shop.call("PATCH", "b/shop", { iamConfiguration: { uniformBucketLevelAccess: { enabled: true } } });
    await shop.put("a", "1");
    expect(await shop.call("GET", `${shop.at("a")}?projection=full`)).not.toHaveProperty("acl");
    for (const path of ["b/shop/acl", "b/shop/defaultObjectAcl", "b/shop/o/a/acl"])
      expect(await shop.send("GET", `storage/v1/${path}`)).toMatchObject({ status: 400 });
    expect(await shop.upload("b", "1", "&predefinedAcl=publicRead")).toMatchObject({ status: 400 });
  });

  it("does not open a bucket that prevents public access", async () => {
    await shop.call("PATCH", "b/shop", { iamConfiguration: { publicAccessPrevention: "enforced" } });
    expect(await shop.upload("b", "1", "&predefinedAcl=publicRead")).toMatchObject({ status: 412 });
  });

  it("refuses signed URLs and writes to the XML API", async () => {
    await shop.put("a", "1");
    expect(await responseOf(await fetch(new URL("shop/a?X-Goog-Signature=00", shop.mock.url)))).toMatchObject(REFUSED);
    expect(await shop.send("PUT", "shop/a", "2")).toMatchObject(REFUSED);
  });
});

describe("a project", () => {
  it("has HMAC keys, which are listed until they are deleted", async () => {
    const path = "projects/p/hmacKeys";
    const made = await shop.call("POST", `${path}?serviceAccountEmail=a@example.com`);
    expect(made).toMatchObject({ kind: "storage#hmacKey", secret: expect.any(String), metadata: { state: "ACTIVE" } });
    const key = `${path}/${String(object(made["metadata"])["accessId"])}`;
    await shop.call("PUT", key, { state: "INACTIVE" });
    expect(await shop.call("GET", path)).toMatchObject({ items: [{ state: "INACTIVE" }] });
    await shop.call("DELETE", key);
    expect(await shop.call("GET", path)).not.toHaveProperty("items");
  });

  it("has a service account, the same each time", async () => {
    const account = await shop.call("GET", "projects/p/serviceAccount");
    expect(account).toMatchObject({ email_address: expect.stringMatching(/^service-\d+@gs-project-accounts\./) });
    expect(await shop.call("GET", "projects/p/serviceAccount")).toEqual(account);
  });

  it("has notifications of its buckets", async () => {
    const topic = "//pubsub.googleapis.com/projects/p/topics/t";
    const path = "b/shop/notificationConfigs";
    const { id } = await shop.call("POST", path, { topic, payload_format: "NONE" });
    expect(await shop.call("GET", path)).toMatchObject({ items: [{ id, topic, payload_format: "NONE" }] });
    await shop.call("DELETE", `${path}/${String(id)}`);
    expect(await shop.call("GET", path)).not.toHaveProperty("items");
    expect(await shop.send("GET", `storage/v1/${path}/${String(id)}`)).toMatchObject({ status: 404 });
  });
});
