/** The lifetime of a JWT that a service account signs. */
import { type Json, type JsonObject, own } from "../json.js";

/** Google rejects JWTs with a longer lifetime. */
const LIFETIME_SECONDS = 3600;
/** Tolerated difference if the client's clock is ahead. */
const LEEWAY_SECONDS = 5;

/** Returns what is wrong with `iat` and `exp`; `undefined` if the JWT is valid now. `now` is in seconds. */
export function timeProblem(claims: JsonObject, now: number): "expired" | "malformed" | undefined {
  const exp = own(claims, "exp");
  const iat = own(claims, "iat");
  if (!isTime(exp) || !isTime(iat) || iat > now + LEEWAY_SECONDS) return "malformed";
  if (exp <= iat || exp - iat > LIFETIME_SECONDS) return "malformed";
  return exp <= now ? "expired" : undefined;
}

function isTime(value: Json | undefined): value is number {
  return typeof value === "number" && Number.isFinite(value);
}
