/** Decoding of bodies that were received as they are stored. */
export { decodeStream } from "../../transport/decode.js";
