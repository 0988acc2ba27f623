/** Cloud Storage v1: what its document does not describe (https://cloud.google.com/storage/docs/json_api). */
import type { ApiFacts } from "../api-facts.js";
import { ACL_METHODS } from "./acl-methods.js";
import { BUCKET_METHODS } from "./buckets.js";
import { COPY_METHODS } from "./copies.js";
import { listObjects } from "./list.js";
import { checkInsert, OBJECT_METHODS } from "./objects.js";
import { start } from "./state.js";
import { alias, isPublic } from "./paths.js";

export const storageV1: ApiFacts = {
  complete: { HmacKeyMetadata: (key) => ({ state: "ACTIVE", ...key }) },
  operationTypes: {},
  actions: {},
  methods: {
    ...BUCKET_METHODS,
    ...OBJECT_METHODS,
    ...COPY_METHODS,
    ...ACL_METHODS,
    "storage.objects.list": listObjects,
  },
  beforeUpload: { "storage.objects.insert": checkInsert },
  start,
  alias,
  isPublic,
};
