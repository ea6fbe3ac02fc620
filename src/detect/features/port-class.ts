/** Classes of responder ports: what a port is for, so that a model does not learn the port of one scenario by heart. */

interface PortClass {
  readonly name: string;
  readonly description: string;
  readonly ports: readonly number[];
}

const NAMED: readonly PortClass[] = [
  { name: 'dns', description: 'Port of DNS: 53, 853', ports: [53, 853] },
  { name: 'ntp', description: 'Port of NTP: 123', ports: [123] },
  {
    name: 'web',
    description: 'Port of the web: 80, 443, 8000, 8080, 8443',
    ports: [80, 443, 8000, 8080, 8443],
  },
  {
    name: 'remote',
    description: 'Port of remote access: 22, 23, 2222, 2323, 3389, 5555, 5900',
    ports: [22, 23, 2222, 2323, 3389, 5555, 5900],
  },
  {
    name: 'mail',
    description: 'Port of mail: 25, 110, 143, 465, 587, 993, 995',
    ports: [25, 110, 143, 465, 587, 993, 995],
  },
  {
    name: 'local',
    description:
      'Port of what hosts of a network tell each other: 67, 68, 137, 138, 546, 547, 1900, 3702, 5353, 5355',
    ports: [67, 68, 137, 138, 546, 547, 1900, 3702, 5353, 5355],
  },
  {
    name: 'device',
    description: 'Port of devices and their clouds: 554, 1883, 5222, 5223, 5228, 5683, 8883',
    ports: [554, 1883, 5222, 5223, 5228, 5683, 8883],
  },
];

/** In the order of the feature set. The last four take what no other has. */
export const PORT_CLASSES: readonly Omit<PortClass, 'ports'>[] = [
  ...NAMED,
  { name: 'system', description: 'Another port below 1024' },
  { name: 'registered', description: 'Another port from 1024 to 49151' },
  { name: 'dynamic', description: 'A port from 49152 on' },
  { name: 'none', description: 'No port: ICMP' },
];

const REST = NAMED.length;
export const PORTLESS = REST + 3;

const BY_PORT = new Uint8Array(65_536)
  .fill(REST + 2)
  .fill(REST + 1, 0, 49_152)
  .fill(REST, 0, 1024);
for (const [index, { ports }] of NAMED.entries()) for (const port of ports) BY_PORT[port] = index;

/** Index in `PORT_CLASSES` of a TCP or UDP port. */
export function portClass(port: number): number {
  return BY_PORT[port & 0xffff]!;
}
