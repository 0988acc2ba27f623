/** An invented API whose files have content, in every protocol, and with the properties that describe it. */

const SCOPE = "https://www.example.com/auth/archive";
const text = { type: "string" };
const file = { $ref: "File" };
const filePath = { fileId: { type: "string", location: "path", required: true } };
const upload = {
  supportsMediaUpload: true,
  mediaUpload: {
    accept: ["*/*"],
    protocols: {
      simple: { multipart: true, path: "/upload/archive/v1/files" },
      resumable: { multipart: true, path: "/resumable/upload/archive/v1/files" },
    },
  },
};
const replace = {
  supportsMediaUpload: true,
  mediaUpload: {
    accept: ["*/*"],
    protocols: {
      simple: { multipart: true, path: "/upload/archive/v1/files/{fileId}" },
      resumable: { multipart: true, path: "/resumable/upload/archive/v1/files/{fileId}" },
    },
  },
};

export const archiveDocument = {
  kind: "discovery#restDescription",
  name: "archive",
  version: "v1",
  revision: "20260101",
  rootUrl: "https://archive.example.com/",
  servicePath: "archive/v1/",
  batchPath: "batch",
  auth: { oauth2: { scopes: { [SCOPE]: { description: "Everything" } } } },
  schemas: {
    File: {
      id: "File",
      type: "object",
      properties: {
        id: text,
        name: text,
        contentType: text,
        contentEncoding: text,
        contentLanguage: text,
        contentDisposition: text,
        cacheControl: text,
        md5Hash: text,
        crc32c: text,
        size: { type: "string", format: "uint64" },
        raw: { type: "string", format: "byte", annotations: { required: ["archive.files.insert"] } },
      },
    },
    Files: { id: "Files", type: "object", properties: { files: { type: "array", items: file } } },
    HttpBody: {
      id: "HttpBody",
      type: "object",
      properties: { contentType: text, data: { type: "string", format: "byte" } },
    },
  },
  resources: {
    files: {
      methods: {
        get: {
          ...method("files.get", "GET", "files/{fileId}", filePath, { response: file }),
          supportsMediaDownload: true,
        },
        list: method("files.list", "GET", "files", {}, { response: { $ref: "Files" } }),
        insert: { ...method("files.insert", "POST", "files", {}, { request: file, response: file }), ...upload },
        patch: {
          ...method("files.patch", "PATCH", "files/{fileId}", filePath, { request: file, response: file }),
          ...replace,
        },
        update: method("files.update", "PUT", "files/{fileId}", filePath, { request: file, response: file }),
        delete: method("files.delete", "DELETE", "files/{fileId}", filePath),
      },
    },
    notes: {
      methods: {
        send: method(
          "notes.send",
          "POST",
          "notes:send",
          {},
          {
            request: { $ref: "HttpBody" },
            response: { $ref: "HttpBody" },
          },
        ),
      },
    },
  },
};

function method(id: string, httpMethod: string, path: string, parameters: object, bodies: object = {}) {
  return { id: `archive.${id}`, httpMethod, path, parameters, scopes: [SCOPE], ...bodies };
}
