/** An invented API in today's style: resource names, field masks, operations, one setting (AIP). */

const SCOPE = "https://www.example.com/auth/library";
const text = { type: "string" };
const named = (name: string, pattern: string) => ({
  [name]: { type: "string", location: "path", required: true, pattern },
});
const room = { $ref: "Room" };
const operation = { $ref: "Operation" };
const ROOM = "^houses/[^/]+/rooms/[^/]+$";
const query = (type: string) => ({ type, location: "query" });

export const roomsDocument = {
  kind: "discovery#restDescription",
  name: "rooms",
  version: "v2",
  revision: "20260101",
  rootUrl: "https://rooms.example.com/",
  servicePath: "",
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
    Window: { id: "Window", type: "object", properties: { glass: text, panes: { type: "integer" } } },
    Rooms: {
      id: "Rooms",
      type: "object",
      properties: { rooms: { type: "array", items: room }, nextPageToken: text },
    },
    Rules: { id: "Rules", type: "object", properties: { quiet: { type: "boolean" }, text } },
    Plan: { id: "Plan", type: "object", properties: { steps: { type: "array", items: text }, room } },
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
              { ...named("parent", "^houses/[^/]+$"), roomId: query("string") },
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
        },
        operations: {
          methods: {
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
