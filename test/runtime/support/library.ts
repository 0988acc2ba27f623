/** A small client like generated code, with one method of every kind. */
import * as runtime from "../../../runtime/src/index.js";
import { AnonymousCredentials } from "../../../runtime/src/auth.js";

export const api: runtime.ApiDescriptor = {
  descriptors: 2,
  id: "library:v1",
  rootUrl: "https://library.example.com/",
  servicePath: "v1/",
  batchPath: "batch",
  scopes: ["https://example.com/auth/library", "https://example.com/auth/library.readonly"],
};

export type MethodName =
  | "create"
  | "delete"
  | "export"
  | "get"
  | "insert"
  | "list"
  | "patch"
  | "query"
  | "raw"
  | "search"
  | "send"
  | "setCover"
  | "upload";

export const methods: Record<MethodName, runtime.MethodDescriptor> = {
  create: {
    id: "library.books.create",
    httpMethod: "POST",
    path: "books",
    request: "json",
    response: "json",
    upload: { path: "/upload/v1/books", multipart: true, resumable: true },
  },
  delete: {
    id: "library.books.delete",
    httpMethod: "DELETE",
    path: "books/{book}",
    parameters: { book: { required: true } },
  },
  export: {
    id: "library.books.export",
    httpMethod: "GET",
    path: "books/{book}",
    parameters: { book: { required: true } },
    response: "json",
  },
  get: {
    id: "library.books.get",
    httpMethod: "GET",
    path: "books/{book}",
    parameters: { book: { required: true } },
    response: "json",
  },
  insert: { id: "library.books.insert", httpMethod: "POST", path: "books", request: "json", response: "json" },
  list: {
    id: "library.books.list",
    httpMethod: "GET",
    path: "books",
    parameters: { labels: { repeated: true } },
    response: "json",
    paging: { token: "pageToken", in: "query", next: "nextPageToken", items: "items" },
  },
  patch: {
    id: "library.books.patch",
    httpMethod: "PATCH",
    path: "books/{book}",
    parameters: { book: { required: true } },
    request: "json",
    response: "json",
  },
  query: {
    id: "library.books.query",
    httpMethod: "GET",
    path: "books:query",
    parameters: { q: { required: true }, size: { minimum: "1", maximum: "100" } },
    response: "json",
  },
  raw: {
    id: "library.books.raw",
    httpMethod: "GET",
    path: "books/{book}/raw",
    parameters: { book: { required: true } },
    response: "media",
  },
  search: {
    id: "library.books.search",
    httpMethod: "POST",
    path: "books:search",
    request: "json",
    response: "json",
    paging: { token: "pageToken", in: "body", next: "nextPageToken", items: "books" },
  },
  send: {
    id: "library.books.send",
    httpMethod: "POST",
    path: "books:send",
    request: "json",
    response: "json",
    upload: { path: "/upload/v1/books:send", accept: ["message/*"], multipart: true },
  },
  setCover: {
    id: "library.books.setCover",
    httpMethod: "PUT",
    path: "books/{book}/cover",
    parameters: { book: { required: true } },
    upload: {
      path: "/upload/v1/books/{book}/cover",
      accept: ["image/*", "application/octet-stream"],
      maxSize: 1000,
      resumable: true,
    },
  },
  upload: { id: "library.books.upload", httpMethod: "POST", path: "books:upload", request: "bytes", response: "json" },
};

export interface Book {
  readonly name?: string;
}
export interface BookPage {
  readonly items?: readonly Book[];
  readonly nextPageToken?: string;
}
type Params = { readonly [name: string]: unknown };

export class BooksResource extends runtime.Resource {
  create(params?: Params, options?: runtime.CallOptions): runtime.ApiPromise<Book> {
    return runtime.call(this, methods.create, params, options, runtime.upload);
  }
  delete(params: Params, options?: runtime.CallOptions): runtime.ApiPromise<void> {
    return runtime.call(this, methods.delete, params, options);
  }
  export(params: Params, options?: runtime.CallOptions): runtime.ApiPromise<Book> {
    return runtime.call(this, methods.export, params, options);
  }
  exportMedia(params: Params, options?: runtime.DownloadOptions): Promise<runtime.MediaResponse> {
    return runtime.download(this, methods.export, params, options);
  }
  get(params: Params, options?: runtime.CallOptions): runtime.ApiPromise<Book> {
    return runtime.call(this, methods.get, params, options);
  }
  insert(params?: Params, options?: runtime.CallOptions): runtime.ApiPromise<Book> {
    return runtime.call(this, methods.insert, params, options);
  }
  list(params?: Params, options?: runtime.CallOptions): runtime.Paged<BookPage, Book> {
    return runtime.paged(this, methods.list, params, options);
  }
  patch(params: Params, options?: runtime.CallOptions): runtime.ApiPromise<Book> {
    return runtime.call(this, methods.patch, params, options);
  }
  query(params: Params, options?: runtime.CallOptions): runtime.ApiPromise<Book> {
    return runtime.call(this, methods.query, params, options);
  }
  raw(params: Params, options?: runtime.CallOptions): runtime.ApiPromise<runtime.MediaResponse> {
    return runtime.content(this, methods.raw, params, options);
  }
  search(params?: Params, options?: runtime.CallOptions): runtime.Paged<BookPage, Book> {
    return runtime.paged(this, methods.search, params, options);
  }
  send(params?: Params, options?: runtime.CallOptions): runtime.ApiPromise<Book> {
    return runtime.call(this, methods.send, params, options, runtime.upload);
  }
  setCover(params: Params, options?: runtime.CallOptions): runtime.ApiPromise<void> {
    return runtime.call(this, methods.setCover, params, options, runtime.upload);
  }
  upload(params: Params, options?: runtime.CallOptions): runtime.ApiPromise<Book> {
    return runtime.call(this, methods.upload, params, options);
  }
}

export class LibraryClient extends runtime.ApiClient {
  static readonly scopes: readonly string[] = api.scopes;
  readonly books: BooksResource = new BooksResource(this);
  constructor(options?: runtime.ClientOptions) {
    super(api, options);
  }
  withOptions(options: runtime.ClientOptions): LibraryClient {
    return runtime.withOptions(this, options);
  }
  batch(): runtime.Batch<LibraryClient> {
    return runtime.batch<LibraryClient>(this);
  }
}

/** A client of a test server. By default without authentication and without delays. */
export function clientOf(rootUrl: string, options: runtime.ClientOptions = {}): LibraryClient {
  return new LibraryClient({ auth: new AnonymousCredentials(), rootUrl, ...options });
}

/** Returns the error of a promise. */
export async function failureOf(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("expected a rejection");
}
