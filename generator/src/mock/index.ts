/**
 * A local server for tests and examples. It implements APIs from their models, and Google's token endpoint.
 *
 * ```ts
 * const mock = await startMock({ models, fixtures: exampleFixtures(models) });
 * const auth = ServiceAccountCredentials.fromJSON(mock.key, { scopes: SQLAdminClient.scopes });
 * const client = new SQLAdminClient({ auth, rootUrl: mock.url });
 * ```
 */
export { type Fault, readFault } from "./faults.js";
export { exampleFixtures, FixtureError, type Fixtures } from "./fixtures.js";
export {
  type MockAnswer,
  mockAnswer,
  type MockHandler,
  type MockHandlers,
  type MockRequest,
  type MockResult,
} from "./handlers.js";
export type { Json, JsonObject } from "./json.js";
export type { ServiceAccountKey } from "./authentication/key.js";

export { type LoggedRequest, type Mock, type MockContent, type MockOptions, startMock } from "./server.js";
