/** The public surface of `@discogen/runtime/testing`, listed by name. */
export {
  createMockTransport,
  type MockHandler,
  type MockHandlers,
  type MockRequest,
  MockResponse,
  mockResponse,
  type MockTransport,
} from "./testing/mock-transport.js";
