/**
 * An invented API in today's style (AIP): resource names, field masks, operations, one setting, and doors with all that a
 * resource may have: ETags, filters and orders, an IAM policy, and a way back after a delete.
 */

const SCOPE = "https://www.example.com/auth/library";
const text = { type: "string" };
const named = (name: string, pattern: string) => ({
  [name]: { type: "string", location: "path", required: true, pattern },
});
const room = { $ref: "Room" };
const operation = { $ref: "Operation" };
const ROOM = "^houses/[^/]+/rooms/[^/]+$";
const door = { $ref: "Door" };
const DOOR = "^houses/[^/]+/rooms/[^/]+/doors/[^/]+$";
const time = { type: "string", format: "google-datetime", readOnly: true };
const query = (type: string) => ({ type, location: "query" });

export const roomsDocument = {
  kind: "discovery#restDescription",
  name: "rooms",
  version: "v2",
  revision: "20260101",
  rootUrl: "https://rooms.example.com/",
  servicePath: "",
  batchPath: "batch",
  auth: { oauth2: { scopes: { [SCOPE]: { description: "Everything" } } } },
  schemas: {
    Room: {
      id: "Room",
      type: "object",
      properties: {
        name: text,
        title: text,
        size: { type: "integer", format: "int32" },
        weight: { type: "string", format: "int64" },
        state: { type: "string", enum: ["STATE_UNSPECIFIED", "ACTIVE"], readOnly: true },
        colour: { type: "string", enum: ["RED", "BLUE"] },
        createTime: { type: "string", format: "google-datetime", readOnly: true },
        window: { $ref: "Window" },
        tags: { type: "array", items: text },
        labels: { type: "object", additionalProperties: text },
        open: { type: "boolean" },
        heated: { type: "string", format: "google-duration" },
        within: room,
      },
    },
    Door: {
      id: "Door",
      type: "object",
      properties: {
        name: text,
        title: text,
        width: { type: "integer", format: "int32" },
        weight: { type: "string", format: "int64" },
        locked: { type: "boolean" },
        colour: { type: "string", enum: ["RED", "BLUE"] },
        painted: { type: "string", format: "google-datetime" },
        handle: { $ref: "Window" },
        tags: { type: "array", items: text },
        labels: { type: "object", additionalProperties: text },
        etag: text,
        state: { type: "string", enum: ["STATE_UNSPECIFIED", "ACTIVE", "DELETED"], readOnly: true },
        createTime: time,
        deleteTime: time,
      },
    },
    Doors: {
      id: "Doors",
      type: "object",
      properties: { doors: { type: "array", items: door }, nextPageToken: text },
    },
    Undeletion: { id: "Undeletion", type: "object", properties: { etag: text } },
    Operations: {
      id: "Operations",
      type: "object",
      properties: { operations: { type: "array", items: operation }, nextPageToken: text },
    },
    Policy: {
      id: "Policy",
      type: "object",
      properties: {
        version: { type: "integer", format: "int32" },
        bindings: { type: "array", items: { $ref: "Binding" } },
        etag: { type: "string", format: "byte" },
      },
    },
    Binding: {
      id: "Binding",
      type: "object",
      properties: { role: text, members: { type: "array", items: text } },
    },
    SetPolicy: {
      id: "SetPolicy",
      type: "object",
      properties: { policy: { $ref: "Policy" }, updateMask: { type: "string", format: "google-fieldmask" } },
    },
    Permissions: {
      id: "Permissions",
      type: "object",
      properties: { permissions: { type: "array", items: text } },
    },
    Window: { id: "Window", type: "object", properties: { glass: text, panes: { type: "integer" } } },
    Rooms: {
      id: "Rooms",
      type: "object",
      properties: { rooms: { type: "array", items: room }, nextPageToken: text },
    },
    Rules: { id: "Rules", type: "object", properties: { quiet: { type: "boolean" }, text } },
    Plan: { id: "Plan", type: "object", properties: { steps: { type: "array", items: text }, next: { $ref: "Plan" } } },
    Operation: {
      id: "Operation",
      type: "object",
      properties: {
        name: text,
        done: { type: "boolean" },
        error: { type: "object", additionalProperties: { type: "any" } },
        metadata: { type: "object", additionalProperties: { type: "any" } },
        response: { type: "object", additionalProperties: { type: "any" } },
      },
    },
    Empty: { id: "Empty", type: "object", properties: {} },
  },
  resources: {
    houses: {
      methods: {
        getRules: method("houses.getRules", "GET", "v2/{+name}", named("name", "^houses/[^/]+/rules$"), {
          response: { $ref: "Rules" },
        }),
        updateRules: method("houses.updateRules", "PATCH", "v2/{+name}", named("name", "^houses/[^/]+/rules$"), {
          request: { $ref: "Rules" },
          response: { $ref: "Rules" },
        }),
        plan: method("houses.plan", "POST", "v2/{+house}:plan", named("house", "^houses/[^/]+$"), {
          request: { $ref: "Empty" },
          response: { $ref: "Plan" },
        }),
      },
      resources: {
        rooms: {
          methods: {
            get: method("houses.rooms.get", "GET", "v2/{+name}", named("name", ROOM), { response: room }),
            list: method(
              "houses.rooms.list",
              "GET",
              "v2/{+parent}/rooms",
              {
                ...named("parent", "^houses/[^/]+$"),
                pageSize: { ...query("integer"), format: "int32", minimum: "0", maximum: "100" },
                pageToken: query("string"),
                view: { ...query("string"), enum: ["BASIC", "FULL"] },
                deep: query("boolean"),
              },
              { response: { $ref: "Rooms" } },
            ),
            create: method(
              "houses.rooms.create",
              "POST",
              "v2/{+parent}/rooms",
              {
                ...named("parent", "^houses/[^/]+$"),
                roomId: query("string"),
                requestId: {
                  ...query("string"),
                  description: "A unique id of the request. Of two requests with the same id the second is ignored.",
                },
              },
              { request: room, response: operation },
            ),
            patch: method(
              "houses.rooms.patch",
              "PATCH",
              "v2/{+name}",
              {
                ...named("name", ROOM),
                updateMask: { ...query("string"), format: "google-fieldmask" },
                allowMissing: query("boolean"),
              },
              { request: room, response: room },
            ),
            delete: method("houses.rooms.delete", "DELETE", "v2/{+name}", named("name", ROOM), { response: operation }),
            paint: method("houses.rooms.paint", "POST", "v2/{+name}:paint", named("name", ROOM), {
              request: { $ref: "Empty" },
              response: room,
            }),
          },
          resources: {
            doors: {
              methods: {
                get: method("houses.rooms.doors.get", "GET", "v2/{+name}", named("name", DOOR), { response: door }),
                list: method(
                  "houses.rooms.doors.list",
                  "GET",
                  "v2/{+parent}/doors",
                  {
                    ...named("parent", ROOM),
                    filter: query("string"),
                    orderBy: query("string"),
                    showDeleted: query("boolean"),
                    pageSize: { ...query("integer"), format: "int32" },
                    pageToken: query("string"),
                  },
                  { response: { $ref: "Doors" } },
                ),
                create: method(
                  "houses.rooms.doors.create",
                  "POST",
                  "v2/{+parent}/doors",
                  { ...named("parent", ROOM), doorId: query("string"), validateOnly: query("boolean") },
                  { request: door, response: door },
                ),
                patch: method(
                  "houses.rooms.doors.patch",
                  "PATCH",
                  "v2/{+name}",
                  { ...named("name", DOOR), updateMask: { ...query("string"), format: "google-fieldmask" } },
                  { request: door, response: door },
                ),
                delete: method(
                  "houses.rooms.doors.delete",
                  "DELETE",
                  "v2/{+name}",
                  { ...named("name", DOOR), etag: query("string") },
                  { response: door },
                ),
                undelete: method("houses.rooms.doors.undelete", "POST", "v2/{+name}:undelete", named("name", DOOR), {
                  request: { $ref: "Undeletion" },
                  response: door,
                }),
                getIamPolicy: method(
                  "houses.rooms.doors.getIamPolicy",
                  "GET",
                  "v2/{+resource}:getIamPolicy",
                  named("resource", DOOR),
                  { response: { $ref: "Policy" } },
                ),
                setIamPolicy: method(
                  "houses.rooms.doors.setIamPolicy",
                  "POST",
                  "v2/{+resource}:setIamPolicy",
                  named("resource", DOOR),
                  { request: { $ref: "SetPolicy" }, response: { $ref: "Policy" } },
                ),
                testIamPermissions: method(
                  "houses.rooms.doors.testIamPermissions",
                  "POST",
                  "v2/{+resource}:testIamPermissions",
                  named("resource", DOOR),
                  { request: { $ref: "Permissions" }, response: { $ref: "Permissions" } },
                ),
              },
            },
          },
        },
        operations: {
          methods: {
            list: method(
              "houses.operations.list",
              "GET",
              "v2/{+name}/operations",
              { ...named("name", "^houses/[^/]+$"), pageSize: query("integer"), pageToken: query("string") },
              { response: { $ref: "Operations" } },
            ),
            cancel: method(
              "houses.operations.cancel",
              "POST",
              "v2/{+name}:cancel",
              named("name", "^houses/[^/]+/operations/[^/]+$"),
              { request: { $ref: "Empty" }, response: { $ref: "Empty" } },
            ),
            delete: method(
              "houses.operations.delete",
              "DELETE",
              "v2/{+name}",
              named("name", "^houses/[^/]+/operations/[^/]+$"),
              { response: { $ref: "Empty" } },
            ),
            get: method(
              "houses.operations.get",
              "GET",
              "v2/{+name}",
              named("name", "^houses/[^/]+/operations/[^/]+$"),
              { response: operation },
            ),
          },
        },
      },
    },
  },
};

function method(id: string, httpMethod: string, path: string, parameters: object, bodies: object = {}) {
  return { id: `rooms.${id}`, httpMethod, path, parameters, scopes: [SCOPE], ...bodies };
}
