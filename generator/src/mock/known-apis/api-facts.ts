/** Behavior of an API that its document does not describe, as data and pure functions. */
import type { Call } from "../call.js";
import type { HttpResponse } from "../google-error.js";
import type { JsonObject } from "../json.js";
import type { HttpRequest } from "../request.js";
import type { MockState } from "../mock-state.js";

export interface ApiFacts {
  /** By schema of the item: completes what a client wrote. */
  readonly complete: Readonly<Record<string, Complete>>;
  /** `operationType` of an operation, by the id or the name of the method that started it. */
  readonly operationTypes: Readonly<Record<string, string>>;
  /** Returns further properties of an operation, from the path parameters and the key of the item. */
  readonly operation?: (variables: ReadonlyMap<string, string>, origin: string) => JsonObject;
  /** Parameters of lists that compare a property with another name. */
  readonly compares?: Readonly<Record<string, string>>;
  /** Custom methods on one item, by id. */
  readonly actions: Readonly<Record<string, Action>>;
  /** Methods that replace those of the mock, by id. They also receive uploads and downloads. */
  readonly methods: Readonly<Record<string, KnownMethod>>;
  /** Checks the start of a resumable upload, before its content arrives, by the id of the method. */
  readonly beforeUpload?: Readonly<Record<string, UploadCheck>>;
  /** Completes the fixtures, before the first request. */
  readonly start?: (mockState: MockState) => void;
  /** Returns the request for the path that the document describes, if it was sent to another spelling of it. */
  readonly alias?: (request: HttpRequest, mockState: MockState) => HttpRequest;
  /** Returns true for a request without a token that needs none. Throws if `sent`, before `alias`, gets another error than 401. */
  readonly isPublic?: (request: HttpRequest, sent: HttpRequest, mockState: MockState) => boolean;
}

/** `previous` is absent for a new item; `time` is that of the change. */
export type Complete = (item: JsonObject, previous: JsonObject | undefined, time: string) => JsonObject;

/** The call has the metadata as its body, and no content. */
export type UploadCheck = (call: Call, mockState: MockState) => void;

export type KnownMethod = (call: Call, mockState: MockState) => HttpResponse;

/** A custom method: a POST to the path of an item plus a verb, which returns an operation. */
export interface Action {
  /** Required property of the request, which the operation repeats. */
  readonly context?: string;
  /** Required property of the request, which the operation does not repeat. */
  readonly needs?: string;
  /** Returns the changed item. Default: the item does not change. */
  readonly change?: (item: JsonObject) => JsonObject;
  /** Returns the item that is made of this one, with its key. The operation is that of the new item. */
  readonly make?: (item: JsonObject, body: JsonObject) => JsonObject;
}
