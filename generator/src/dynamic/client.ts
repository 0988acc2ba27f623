/**
 * The model → a client at run time, for scripts and tools: the members that a generated client has, without its types.
 *
 * Descriptors are the same data that generated modules print, so that a call is checked, signed, sent and read the
 * same way.
 */
import * as runtime from "@discogen/runtime";
import { apiDescriptor, methodDescriptor, operationDescriptor, updateMasks } from "../emit/descriptors.js";
import type { Data } from "../emit/literal.js";
import { senderOf } from "../emit/signatures.js";
import type { ApiModel, MethodModel, ResourceModel } from "../model/types.js";

/** A client, or a resource of one. Members are named as those of the generated client. */
export interface DynamicResource {
  readonly [member: string]: DynamicMember;
}

/** A method or a resource: which of them, the document tells. */
export type DynamicMember = DynamicMethod & DynamicResource;

/**
 * Calls a method. `params` holds parameters under their wire names, `requestBody` and `media`; options are those of a
 * call, for a `…Media` method those of a download.
 */
export type DynamicMethod = (params?: object, options?: runtime.DownloadOptions) => DynamicPromise;

/**
 * What a method returns. `await` gives the answer, of a `…Media` method a `MediaResponse`. As for a generated client,
 * pages and items are there for methods with pages, messages for those that stream, `wait` for those that start an operation, `withResponse` for all but
 * downloads; elsewhere they are no functions.
 */
export interface DynamicPromise
  extends
    Promise<unknown>,
    AsyncIterable<unknown>,
    Pick<runtime.Paged<unknown, unknown>, "pages" | "withResponse">,
    Pick<runtime.OperationPromise<unknown, unknown>, "wait"> {}

/**
 * A client without types. Where the document has members called `withOptions` or `batch`, those are what they are; the
 * functions of that name in `@discogen/runtime` take this client too.
 */
export type DynamicClient = DynamicResource &
  runtime.ApiClient & {
    /** A client with these options over those of this one; both share their credentials. */
    withOptions(options: runtime.ClientOptions): DynamicClient;
    /** This client with its calls collected, and sent as one request by `send()`. */
    batch(): DynamicClient & runtime.BatchSender;
  };

/**
 * A client of the API that the model describes.
 *
 * @throws {InvalidRequestError} with code `INVALID_OPTION`, listing every invalid option
 */
export function createClient(model: ApiModel, options: runtime.ClientOptions = {}): DynamicClient {
  const api: runtime.ApiDescriptor = plain(apiDescriptor(model));
  const tables = tablesOf(model.root, new Map(api.scopes.map((scope, index) => [scope, index])));
  const masks = updateMasks(model.updateMasks);
  // A class, as clones and batches are made by the constructor of what they are made of.
  class Client extends runtime.ApiClient {
    static readonly updateMasks: runtime.UpdateMasks | undefined = masks === undefined ? undefined : plain(masks);

    constructor(given: runtime.ClientOptions) {
      super(api, given);
      addMembers(this, tables);
    }

    // On the prototype, where members of the document go before them.
    withOptions(given: runtime.ClientOptions): this {
      return runtime.withOptions(this, given);
    }

    batch(): runtime.Batch<this> {
      return runtime.batch(this);
    }
  }
  // Members are added by name, which the compiler cannot see.
  return new Client(options) as runtime.ApiClient as DynamicClient;
}

/** Where clients without a `rootUrl` send their calls: what universe and client certificates make of the document's. */
export function rootUrlOf(model: ApiModel): URL {
  return new URL(new runtime.ApiClient(plain(apiDescriptor(model)))[runtime.core]().rootUrl);
}

/** What a client and its clones share: descriptors, made once. */
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

/** The method, and its `…Media` twin where the resource can be downloaded. */
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

/** Without the members that are undefined, which descriptors leave out. */
function plain<Descriptor>(data: Data): Descriptor {
  return JSON.parse(JSON.stringify(data)) as Descriptor; // descriptors.ts says of each which type of the runtime it is
}
