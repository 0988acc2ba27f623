/** What signing needs of jose, in one module: Jest on Node 20 cannot link two that share modules at the same time. */
export { SignJWT } from "jose/jwt/sign";
export { importPKCS8 } from "jose/key/import";
