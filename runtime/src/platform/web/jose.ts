/** What signing needs of jose, from its index: by default, Parcel does not read `exports` and finds no other entry. */
export { SignJWT, importPKCS8 } from "jose";
