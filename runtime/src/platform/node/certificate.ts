/** Client certificates for workload identity federation. */
export { mutualTls, readCertificate } from "../../auth/external/certificate.js";
