/** jose's functions for signing. In one module, because Jest on Node 20 cannot load two with shared imports at once. */
export { SignJWT } from "jose/jwt/sign";
export { importPKCS8 } from "jose/key/import";
