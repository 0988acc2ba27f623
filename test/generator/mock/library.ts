/** An invented API with shapes that Cloud SQL does not have: responses that are the item, server-set ids, custom methods. */

const SCOPES = ["https://www.example.com/auth/library"];
const inPath = { type: "string", location: "path", required: true };
const book = { $ref: "Book" };
const bookPath = { shelf: inPath, bookId: inPath };

export const libraryDocument = {
  kind: "discovery#restDescription",
  name: "library",
  version: "v1",
  revision: "20260101",
  rootUrl: "https://library.example.com/",
  servicePath: "library/v1/",
  features: ["dataWrapper"],
  auth: { oauth2: { scopes: { [SCOPES[0] ?? ""]: { description: "Everything" } } } },
  schemas: {
    Book: {
      id: "Book",
      type: "object",
      properties: {
        id: { type: "string", readOnly: true },
        kind: { type: "string", default: "library#book" },
        title: { type: "string", annotations: { required: ["library.books.insert"] } },
        shelf: { type: "string" },
        pages: { type: "integer" },
        author: { $ref: "Author" },
        chapters: { type: "array", items: { $ref: "Chapter" } },
        loans: { type: "object", additionalProperties: { $ref: "Author" } },
      },
    },
    Author: {
      id: "Author",
      type: "object",
      properties: {
        kind: { type: "string", default: "library#author" },
        name: { type: "string" },
        born: { type: "string" },
      },
    },
    Chapter: { id: "Chapter", type: "object", properties: { kind: { type: "string", default: "library#chapter" } } },
    Books: { id: "Books", type: "object", properties: { books: { type: "array", items: book } } },
    Review: { id: "Review", type: "object", properties: { text: { type: "string" } } },
    Reviews: { id: "Reviews", type: "object", properties: { items: { type: "array", items: { $ref: "Review" } } } },
  },
  resources: {
    books: {
      methods: {
        get: method("books.get", "GET", "shelves/{shelf}/books/{bookId}", bookPath, { response: book }),
        list: method("books.list", "GET", "shelves/{shelf}/books", { shelf: inPath }, { response: { $ref: "Books" } }),
        insert: method(
          "books.insert",
          "POST",
          "shelves/{shelf}/books",
          { shelf: inPath },
          { request: book, response: book },
        ),
        update: method("books.update", "PUT", "shelves/{shelf}/books/{bookId}", bookPath, {
          request: book,
          response: book,
        }),
        patch: method("books.patch", "PATCH", "shelves/{shelf}/books/{bookId}", bookPath, {
          request: book,
          response: book,
        }),
        delete: method("books.delete", "DELETE", "shelves/{shelf}/books/{bookId}", bookPath),
        burn: method("books.burn", "POST", "shelves/{shelf}/books/{bookId}:burn", bookPath, { response: book }),
      },
    },
    reviews: {
      methods: {
        list: method("reviews.list", "GET", "reviews", {}, { response: { $ref: "Reviews" } }),
      },
    },
    open: {
      methods: {
        hours: { ...method("open.hours", "GET", "/hours", {}, { response: { $ref: "Author" } }), scopes: undefined },
      },
    },
  },
};

function method(id: string, httpMethod: string, path: string, parameters: object, bodies: object = {}) {
  return { id: `library.${id}`, httpMethod, path, parameters, scopes: SCOPES, ...bodies };
}
