// Every request that nock intercepts: the token, and each call after it. `node nock.js INPUT PACKAGE`.
import { intercepted } from "./intercepted.js";

const { default: nock } = await import(process.argv[3]);
nock.disableNetConnect();
// The harness is not tested here.
nock.enableNetConnect("127.0.0.1");
let count = 0;
nock("https://oauth2.googleapis.com")
  .persist()
  .post("/token")
  .reply(200, () => (count++, { access_token: "token", expires_in: 3600, token_type: "Bearer" }));
nock("https://www.googleapis.com")
  .persist()
  .get(/\/instances\?*/)
  .reply(200, () => (count++, { items: [{ instance: "intercepted" }] }));

await intercepted(() => count);
