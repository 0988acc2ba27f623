/** Client certificates of workload identity federation. */
export { mutualTls, readCertificate } from "../../auth/external/certificate.js";
