/** What signing needs of jose, from its index: Parcel does not know its other entries unless it is told to. */
export { SignJWT, importPKCS8 } from "jose";
