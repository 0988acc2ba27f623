/** Decoding of bodies that were received as they are stored. */
export { decodeStream } from "../decode.js";
