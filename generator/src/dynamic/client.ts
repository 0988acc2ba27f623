/**
 * The model → a client at run time, for scripts and tools. It has the same members as the generated client, but no
 * types.
 *
 * Its descriptors are the same as in generated modules, so that its calls are checked, authorized, sent, and decoded in
 * the same way.
 */
import * as runtime from "@discogen/runtime";
import { apiDescriptor, methodDescriptor, operationDescriptor, updateMasks } from "../emit/descriptors.js";
import type { Data } from "../emit/literal.js";
import { senderOf } from "../emit/signatures.js";
import type { ApiModel, MethodModel, ResourceModel } from "../model/types.js";

/** A client or a resource. Members have the same names as in the generated client. */
export interface DynamicResource {
  readonly [member: string]: DynamicMember;
}

/** A method or a resource, depending on the document. */
export type DynamicMember = DynamicMethod & DynamicResource;

/**
 * Calls a method. `params` has parameters by their wire names, `requestBody`, and `media`. `options` are the options of
 * a call, or of a download for a `…Media` method.
 */
export type DynamicMethod = (params?: object, options?: runtime.DownloadOptions) => DynamicPromise;

/**
 * The return value of a method. `await` resolves to the response, or to a `MediaResponse` for a `…Media` method.
 *
 * Other members exist for the same methods as in a generated client: pages and items for paged methods, messages for
 * streaming methods, `wait` for methods that start an operation, `withResponse` for all methods except downloads.
 */
export interface DynamicPromise
  extends
    Promise<unknown>,
    AsyncIterable<unknown>,
    Pick<runtime.Paged<unknown, unknown>, "pages" | "withResponse">,
    Pick<runtime.OperationPromise<unknown, unknown>, "wait"> {}

/**
 * A client without types. If the document has members named `withOptions` or `batch`, they replace the methods below.
 * The functions of the same name in `@discogen/runtime` also accept this client.
 */
export type DynamicClient = DynamicResource &
  runtime.ApiClient & {
    /** Returns a client with these options, and this client's options for all others. Both share their credentials. */
    withOptions(options: runtime.ClientOptions): DynamicClient;
    /** Returns a client that collects its calls. `send()` sends them as one request. */
    batch(): DynamicClient & runtime.BatchSender;
  };

/**
 * Creates a client for the API of a model.
 *
 * @throws {InvalidRequestError} with code `INVALID_OPTION`, listing every invalid option
 */
export function createClient(model: ApiModel, options: runtime.ClientOptions = {}): DynamicClient {
  const api: runtime.ApiDescriptor = plain(apiDescriptor(model));
  const tables = tablesOf(model.root, new Map(api.scopes.map((scope, index) => [scope, index])));
  const masks = updateMasks(model.updateMasks);
  // The runtime creates clones and batches with the constructor of the client, so a class is required.
  class Client extends runtime.ApiClient {
    static readonly updateMasks: runtime.UpdateMasks | undefined = masks === undefined ? undefined : plain(masks);

    constructor(given: runtime.ClientOptions) {
      super(api, given);
      addMembers(this, tables);
    }

    // On the prototype, so that members of the document override it, as they do `batch`.
    withOptions(given: runtime.ClientOptions): this {
      return runtime.withOptions(this, given);
    }

    batch(): runtime.Batch<this> {
      return runtime.batch(this);
    }
  }
  // Safe: `addMembers` adds the members, which the compiler cannot see.
  return new Client(options) as runtime.ApiClient as DynamicClient;
}

/**
 * Returns the root URL for clients without the option `rootUrl`. It depends on the universe and client certificates.
 */
export function rootUrlOf(model: ApiModel): URL {
  return new URL(new runtime.ApiClient(plain(apiDescriptor(model)))[runtime.core]().rootUrl);
}

/** The calls of a resource. They are created once and shared by a client and its clones. */
interface Table {
  readonly methods: readonly (readonly [member: string, call: Call])[];
  readonly resources: readonly (readonly [member: string, table: Table])[];
}

type Send = (...given: Parameters<typeof runtime.call>) => Promise<unknown>;

const senders = {
  call: runtime.call,
  content: runtime.content,
  download: runtime.download,
  operate: runtime.operate,
  paged: runtime.paged,
  stream: runtime.stream,
};

type Call = (target: runtime.CoreHolder, ...given: Parameters<DynamicMethod>) => Promise<unknown>;

function tablesOf({ methods, resources }: ResourceModel, scopes: ReadonlyMap<string, number>): Table {
  return {
    methods: methods.flatMap((method) => callsOf(method, scopes)),
    resources: resources.map((resource) => [resource.member, tablesOf(resource, scopes)]),
  };
}

/** Returns the call of a method, and that of its `…Media` twin if it has one. */
function callsOf(method: MethodModel, scopes: ReadonlyMap<string, number>): Table["methods"] {
  const operation = method.operation === undefined ? undefined : operationDescriptor(method.operation);
  const descriptor: runtime.MethodDescriptor = plain(methodDescriptor(method, scopes, operation));
  const upload = method.mediaUpload === undefined ? undefined : runtime.upload;
  const send: Send = senders[senderOf(method)];
  const ordinary: Call = (target, params, options) => send(target, descriptor, params, options, upload);
  if (method.mediaDownload === undefined) return [[method.member, ordinary]];
  const download: Call = (target, params, options) => runtime.download(target, descriptor, params, options);
  return [
    [method.member, ordinary],
    [method.mediaDownload.member, download],
  ];
}

function addMembers(holder: runtime.CoreHolder, { methods, resources }: Table): void {
  const add = (member: string, value: unknown) =>
    Object.defineProperty(holder, member, { value, enumerable: typeof value === "object", configurable: true });
  for (const [member, call] of methods) add(member, (...given: Parameters<DynamicMethod>) => call(holder, ...given));
  for (const [member, table] of resources) {
    const resource = new runtime.Resource(holder);
    addMembers(resource, table);
    add(member, resource);
  }
}

/** Removes members with the value undefined, which descriptors must not have. */
function plain<Descriptor>(data: Data): Descriptor {
  // Safe: the functions of descriptors.ts document which type of the runtime they return.
  return JSON.parse(JSON.stringify(data)) as Descriptor;
}
