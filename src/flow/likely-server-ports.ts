/**
 * Ports whose owner is likely the responder when the start of a flow was not seen: the ports that Zeek's standard
 * protocol scripts register (its `likely_server_ports`).
 */

const TCP = [
  21, 22, 25, 53, 79, 80, 81, 88, 110, 135, 139, 143, 389, 443, 445, 502, 563, 585, 587, 614, 631, 636, 989,
  990, 992, 993, 995, 1080, 1434, 1883, 2811, 3128, 3268, 3306, 3389, 5060, 5222, 5223, 5269, 5432, 6379,
  6666, 6667, 6668, 6669, 8000, 8080, 8888, 20000,
];

const UDP = [
  53, 67, 88, 123, 137, 161, 162, 389, 443, 514, 1812, 2123, 2152, 3268, 3544, 4789, 5060, 5072, 5353, 5355,
  6081, 20000,
];

function bitmap(ports: readonly number[]): Uint8Array {
  const map = new Uint8Array(65_536);
  for (const port of ports) map[port] = 1;
  return map;
}

const TCP_MAP = bitmap(TCP);
const UDP_MAP = bitmap(UDP);

export function isLikelyTcpServer(port: number): boolean {
  return TCP_MAP[port] === 1;
}

export function isLikelyUdpServer(port: number): boolean {
  return UDP_MAP[port] === 1;
}
