/** Writing files in place of others, for `@discogen/generator`. Node only. Not for applications. */
export {
  type FileOptions,
  type FileWriter,
  followLinks,
  isDiskFull,
  openFile,
  removeLeftovers,
} from "./platform/file-writer.js";
