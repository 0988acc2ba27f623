/** Browsers and workers have no servers. */
import { AuthError } from "../../errors.js";
import type { LoopbackAddress, LoopbackServer, Page } from "../node/loopback-server.js";

/** @throws AuthError always */
export async function startLoopbackServer(
  _address: LoopbackAddress,
  _respond: (query: URLSearchParams) => Promise<Page>,
): Promise<LoopbackServer> {
  throw new AuthError(
    "CONSENT_PORT_UNAVAILABLE",
    "authorizeOnLoopback: this platform has no servers. Use authorizationUrl() and exchange() with a redirect URI of your site",
  );
}
