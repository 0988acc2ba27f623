/** Decodes bodies that a transport returns with their content-encoding. */
export { decodeStream } from "../../transport/decode.js";
