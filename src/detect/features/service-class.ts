import { PROTOCOLS } from '../../protocol/list.ts';

/** Services that every version of Zeek recognises; what only newer ones or lanscope know counts as none. */
export const SERVICE_CLASSES = ['none', 'dns', 'http', 'ssl', 'ssh', 'irc', 'dhcp'] as const;

/** Names of which Zeek makes one service. */
const ZEEK_NAME: Readonly<Record<string, string>> = { mdns: 'dns', llmnr: 'dns', 'netbios-ns': 'dns' };

/** Index in `SERVICE_CLASSES` of a `service` of conn.log; of several the first counts. */
export function serviceClass(service: string): number {
  const first = service.split(',', 1)[0]!;
  return Math.max(0, (SERVICE_CLASSES as readonly string[]).indexOf(ZEEK_NAME[first] ?? first));
}

/** The same by `service` of a flow: index in the list of decoders plus one. */
export const SERVICE_CLASS_OF_FLOW = Uint8Array.of(0, ...PROTOCOLS.map(({ name }) => serviceClass(name)));
