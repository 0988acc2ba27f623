// Every request that msw intercepts: the token, and each call after it.
import { http, HttpResponse } from "msw";
import { setupServer } from "msw/node";
import { intercepted } from "./intercepted.js";

let count = 0;
const reply = (value) => () => {
  count++;
  return HttpResponse.json(value);
};
const server = setupServer(
  http.post("https://oauth2.googleapis.com/token", reply({ access_token: "token", expires_in: 3600 })),
  http.get("https://www.googleapis.com/*", reply({ items: [{ instance: "intercepted" }] })),
);
server.listen({ onUnhandledRequest: "bypass" });

await intercepted(() => count);
server.close();
