/** Access control lists: the entries of buckets and objects, and the lists that `predefinedAcl` names. */
import { GoogleError, invalid } from "../../google-error.js";
import { isObject, type Json, type JsonObject, own, ownString } from "../../json.js";

export type Acl = readonly JsonObject[];

/** Where the ACL of a resource starts: with the project's owners, editors and viewers. */
export function projectAcl(projectNumber: string): Acl {
  return [
    entryFor(`project-owners-${projectNumber}`, "OWNER"),
    entryFor(`project-editors-${projectNumber}`, "OWNER"),
    entryFor(`project-viewers-${projectNumber}`, "READER"),
  ];
}

/** The predefined ACLs, as the entries that they add to that of the owner. */
const PREDEFINED: Readonly<Record<string, (projectNumber: string) => Acl>> = {
  authenticatedRead: () => [entryFor("allAuthenticatedUsers", "READER")],
  bucketOwnerFullControl: (number) => [entryFor(`project-owners-${number}`, "OWNER")],
  bucketOwnerRead: (number) => [entryFor(`project-owners-${number}`, "READER")],
  private: () => [],
  projectPrivate: projectAcl,
  publicRead: () => [entryFor("allUsers", "READER")],
  publicReadWrite: () => [entryFor("allUsers", "WRITER")],
};

/** Returns the entries of a predefined ACL without that of the owner. The document lists the valid names. */
export function predefinedAcl(name: string, projectNumber: string): Acl {
  const acl = own(PREDEFINED, name);
  if (acl === undefined) throw invalid("predefinedAcl", "it is not the name of an access control list");
  return acl(projectNumber);
}

export type AclKind = "bucket" | "object";

const ROLES = { bucket: ["OWNER", "READER", "WRITER"], object: ["OWNER", "READER"] } as const;

/** @throws {GoogleError} 400 for an entry without a valid entity and role */
export function checkedEntry(given: JsonObject, kind: AclKind): JsonObject {
  const entity = ownString(given, "entity") ?? "";
  const role = ownString(given, "role") ?? "";
  if (!/^(allUsers|allAuthenticatedUsers|(user|group|domain)-.+|project-(owners|editors|viewers)-.+)$/.test(entity))
    throw invalid("entity", "it is not an entity of an access control list");
  if (!ROLES[kind].some((one) => one === role)) throw invalid("role", `expected one of ${ROLES[kind].join(", ")}`);
  return entryFor(entity, role);
}

/** Returns the checked entries of a list in a request. The last entry of an entity counts. */
export function checkedAcl(given: Json, kind: AclKind): Acl {
  const entries: readonly Json[] = Array.isArray(given) ? given : [];
  return entries.reduce((acl: Acl, one) => withEntry(acl, checkedEntry(isObject(one) ? one : {}, kind)), []);
}

/** Returns an entry with the facts that its entity contains. */
export function entryFor(entity: string, role: string): JsonObject {
  const [, type = "", name = ""] = /^(user|group|domain|project)-(.+)$/.exec(entity) ?? [];
  const [, team = "", projectNumber = ""] = /^(owners|editors|viewers)-(.+)$/.exec(name) ?? [];
  return {
    entity,
    role,
    ...(type === "domain" ? { domain: name } : {}),
    ...(type === "project" ? { projectTeam: { projectNumber, team } } : {}),
    ...((type === "user" || type === "group") && name.includes("@") ? { email: name } : {}),
  };
}

/** Returns the list with this entry, which replaces that of the same entity. */
export function withEntry(acl: Acl, entry: JsonObject): Acl {
  return [...withoutEntity(acl, ownString(entry, "entity")), entry];
}

export function withoutEntity(acl: Acl, entity: string | undefined): Acl {
  return acl.filter((one) => ownString(one, "entity") !== entity);
}

/** Returns the list in a stored resource. */
export function aclIn(item: JsonObject, property: "acl" | "defaultObjectAcl"): Acl {
  const entries: Json | undefined = own(item, property);
  const list: readonly Json[] = Array.isArray(entries) ? entries : [];
  return list.filter(isObject);
}

/** @throws {GoogleError} 400 if the bucket controls access by its policy alone, 412 if it prevents public access */
export function checkAclAllowed(bucket: JsonObject, added: Acl): void {
  if (isUniform(bucket))
    throw new GoogleError(400, "Cannot use ACLs of a bucket with uniform bucket-level access.", { reason: "invalid" });
  const isPublic = added.some((entry) => /^all(Authenticated)?Users$/.test(ownString(entry, "entity") ?? ""));
  if (isPublic && accessSetting(bucket, "publicAccessPrevention") === "enforced")
    throw new GoogleError(412, "The bucket does not allow access of allUsers or allAuthenticatedUsers.");
}

/** Returns true for a bucket with uniform bucket-level access, which has no ACLs. */
export function isUniform(bucket: JsonObject): boolean {
  const setting = accessSetting(bucket, "uniformBucketLevelAccess");
  return isObject(setting) && own(setting, "enabled") === true;
}

function accessSetting(bucket: JsonObject, name: string): Json | undefined {
  const configuration = own(bucket, "iamConfiguration");
  return isObject(configuration) ? own(configuration, name) : undefined;
}
