/** What devices of a home tell each other: mDNS (RFC 6762), SSDP, DHCP (RFC 2131), NTP (RFC 5905). */
import type { Endpoint } from './frame-writer.ts';
import type { Product } from './home-products.ts';
import { ascii, u16, u32, u48, withLength8 } from './octets.ts';

/** A message of DNS with names compressed as responders do. */
class DnsWriter {
  readonly octets: number[] = new Array<number>(12).fill(0);
  readonly #names = new Map<string, number>();

  constructor(flags: number, questions: number, answers: number, additional: number) {
    const counts = [flags, questions, answers, 0, additional];
    counts.forEach((count, i) => this.octets.splice(2 + 2 * i, 2, ...u16(count)));
  }

  name(name: string): void {
    for (let rest = name; rest !== '';) {
      const known = this.#names.get(rest);
      if (known !== undefined) {
        this.octets.push(...u16(0xc000 | known));
        return;
      }
      this.#names.set(rest, this.octets.length);
      const [label] = rest.split('.', 1) as [string];
      this.octets.push(...withLength8(ascii(label)));
      rest = rest.slice(label.length + 1);
    }
    this.octets.push(0);
  }

  question(name: string, type: number): void {
    this.name(name);
    this.octets.push(...u16(type), 0, 1);
  }

  record(name: string, type: number, isUnique: boolean, ttl: number, data: () => void): void {
    this.name(name);
    this.octets.push(...u16(type), isUnique ? 0x80 : 0, 1, ...u32(ttl), 0, 0);
    const from = this.octets.length;
    data();
    this.octets.splice(from - 2, 2, ...u16(this.octets.length - from));
  }
}

const A = 1;
const PTR = 12;
const TXT = 16;
const SRV = 33;

export function mdnsQuery(types: readonly string[]): Uint8Array {
  const out = new DnsWriter(0, types.length, 0, 0);
  for (const type of types) out.question(`${type}.local`, PTR);
  return Uint8Array.from(out.octets);
}

/** All services of a device, with where they are. */
export function mdnsResponse(host: string, ip: number, { services }: Product): Uint8Array {
  const out = new DnsWriter(0x8400, 0, services.length, 2 * services.length + 1);
  for (const { type } of services) {
    out.record(`${type}.local`, PTR, false, 4500, () => out.name(`${host}.${type}.local`));
  }
  for (const { type, port, text } of services) {
    const instance = `${host}.${type}.local`;
    out.record(instance, SRV, true, 120, () => {
      out.octets.push(0, 0, 0, 0, ...u16(port));
      out.name(`${host}.local`);
    });
    const strings = text.length === 0 ? [''] : text;
    out.record(instance, TXT, true, 4500, () =>
      out.octets.push(...strings.flatMap((one) => withLength8(ascii(one)))),
    );
  }
  out.record(`${host}.local`, A, true, 120, () => out.octets.push(...u32(ip)));
  return Uint8Array.from(out.octets);
}

function http(start: string, fields: Readonly<Record<string, string>>): Uint8Array {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return Uint8Array.from(ascii(`${start}\r\n${lines.join('')}\r\n`));
}

function dotted(ip: number): string {
  return u32(ip).join('.');
}

export function ssdpNotify(self: Endpoint, server: string, type: string): Uint8Array {
  return http('NOTIFY * HTTP/1.1', {
    HOST: '239.255.255.250:1900',
    'CACHE-CONTROL': 'max-age=1800',
    LOCATION: `http://${dotted(self.ip)}:49152/description.xml`,
    SERVER: server,
    NTS: 'ssdp:alive',
    NT: type,
    USN: `${uuidOf(self)}::${type}`,
  });
}

export function ssdpSearch(target: string): Uint8Array {
  return http('M-SEARCH * HTTP/1.1', {
    HOST: '239.255.255.250:1900',
    MAN: '"ssdp:discover"',
    MX: '3',
    ST: target,
  });
}

export function ssdpResponse(self: Endpoint, server: string, target: string): Uint8Array {
  return http('HTTP/1.1 200 OK', {
    'CACHE-CONTROL': 'max-age=1800',
    EXT: '',
    LOCATION: `http://${dotted(self.ip)}:49152/description.xml`,
    SERVER: server,
    ST: target,
    USN: `${uuidOf(self)}::${target}`,
  });
}

function uuidOf({ mac }: Endpoint): string {
  return `uuid:6b1d0c4e-39a7-4f52-8c1e-${mac.toString(16).padStart(12, '0')}`;
}

export const DHCP = { discover: 1, offer: 2, request: 3, ack: 5 } as const;

export interface DhcpMessage {
  readonly type: number;
  readonly transaction: number;
  readonly client: Endpoint;
  readonly server: Endpoint;
  /** The client has its address and asks to keep it. */
  readonly isRenewal: boolean;
  readonly host: string;
  readonly product: Product;
}

export function dhcpMessage(message: DhcpMessage): Uint8Array {
  const { type, transaction, client, server, isRenewal, host, product } = message;
  const isReply = type === DHCP.offer || type === DHCP.ack;
  const { vendorClass, parameters } = product.dhcp;
  const options = isReply
    ? [
        ...option(54, u32(server.ip)),
        ...option(51, u32(86_400)),
        ...option(1, [255, 255, 255, 0]),
        ...option(3, u32(server.ip)),
        ...option(6, u32(server.ip)),
        ...option(15, ascii('home.arpa')),
      ]
    : [
        ...option(61, [1, ...u48(client.mac)]),
        ...(type === DHCP.request && !isRenewal
          ? [...option(50, u32(client.ip)), ...option(54, u32(server.ip))]
          : []),
        ...option(57, u16(1500)),
        ...(vendorClass === '' ? [] : option(60, ascii(vendorClass))),
        ...option(12, ascii(host)),
        ...option(55, parameters),
      ];
  return Uint8Array.from([
    ...[isReply ? 2 : 1, 1, 6, 0, ...u32(transaction), 0, 0, 0, 0],
    ...u32(isRenewal ? client.ip : 0),
    ...u32(isReply ? client.ip : 0),
    ...[...u32(isReply ? server.ip : 0), ...u32(0)],
    ...[...u48(client.mac), ...new Array<number>(10 + 64 + 128).fill(0)],
    ...[0x63, 0x82, 0x53, 0x63, ...option(53, [type]), ...options, 255],
  ]);
}

function option(code: number, body: readonly number[]): number[] {
  return [code, ...withLength8(body)];
}

const SECONDS_1900_TO_1970 = 2_208_988_800;

/** A question for the time, or its answer (stratum 2). */
export function ntpMessage(isAnswer: boolean, seconds: number, micros: number): Uint8Array {
  const now = [...u32(seconds + SECONDS_1900_TO_1970), ...u32(Math.floor(micros * 4294.967296))];
  const never = new Array<number>(8).fill(0);
  return Uint8Array.from(
    isAnswer
      ? [0x24, 2, 6, 0xec, ...u32(0x0123), ...u32(0x0456), 17, 253, 84, 123, ...now, ...now, ...now, ...now]
      : [0x23, 0, 6, 0xec, ...u32(0), ...u32(0), 0, 0, 0, 0, ...never, ...never, ...never, ...now],
  );
}

/** Question for an address, or its answer. */
export function dnsLookup(id: number, name: string, address: number): Uint8Array {
  const isAnswer = address >= 0;
  const out = new DnsWriter(isAnswer ? 0x8180 : 0x0100, 1, isAnswer ? 1 : 0, 0);
  out.octets.splice(0, 2, ...u16(id));
  out.question(name, A);
  if (isAnswer) {
    out.record(name, A, false, 300, () => out.octets.push(...u32(address)));
  }
  return Uint8Array.from(out.octets);
}
