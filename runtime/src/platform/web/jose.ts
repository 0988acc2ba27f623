/** jose's functions for signing. From its index, because by default Parcel does not read `exports`. */
export { SignJWT, importPKCS8 } from "jose";
