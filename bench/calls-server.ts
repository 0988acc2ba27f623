/**
 * Responds to all requests with one page of Cloud SQL instances, 2 KB, as fast as possible.
 *
 * It counts ends of headers instead of parsing: a server slower than its clients would hide their differences.
 */
import { createServer } from "node:net";

const instance = (index: number) => ({
  kind: "sql#instance",
  instance: `prod-${index}`,
  project: "example-123",
  etag: '"nF4oeNcTVxOXmHn0u9SQCXyM_Xs/Mg"',
  state: "RUNNABLE",
  databaseVersion: "MYSQL_5_6",
  region: "us-central",
  currentDiskSize: "274877906944",
  maxDiskSize: "10737418240",
  ipAddresses: [{ ipAddress: `203.0.113.${index}` }],
  settings: {
    kind: "sql#settings",
    settingsVersion: "12",
    tier: "D1",
    activationPolicy: "ON_DEMAND",
    pricingPlan: "PER_USE",
    replicationType: "SYNCHRONOUS",
    ipConfiguration: { enabled: true, requireSsl: false, authorizedNetworks: ["198.51.100.0/24"] },
    backupConfiguration: [{ kind: "sql#backupConfiguration", enabled: true, startTime: "02:00", id: "b1c2d3" }],
  },
});
const body = JSON.stringify({ kind: "sql#instancesList", items: [1, 2, 3].map(instance) });
const head = [
  "HTTP/1.1 200 OK",
  "Content-Type: application/json; charset=UTF-8",
  `Content-Length: ${Buffer.byteLength(body)}`,
  "Connection: keep-alive",
];
const response = Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`);
const end = "\r\n\r\n";

const server = createServer({ noDelay: true }, (socket) => {
  let rest = "";
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk) => {
    const text = rest + chunk.toString("latin1");
    let from = 0;
    for (let at = text.indexOf(end); at !== -1; at = text.indexOf(end, from)) {
      from = at + end.length;
      socket.write(response);
    }
    rest = text.slice(from);
  });
});

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address !== null)
    process.send?.({ port: address.port, bytes: Buffer.byteLength(body) });
});
// The benchmark has ended.
process.on("disconnect", () => process.exit());
