/** The search for a metadata server. */
export { detectMetadata } from "../../auth/metadata-detection.js";
