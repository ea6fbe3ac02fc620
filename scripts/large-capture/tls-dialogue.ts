/**
 * TLS handshakes as they are seen from outside, TLS 1.3 (RFC 8446) and 1.2 (RFC 5246): hellos in full, certificates that
 * parse, and opaque octets for what is encrypted or signed. Lengths are those of real ones.
 */
import { ascii, opaque, seedOf, u16, withLength16, withLength24, withLength8 } from './octets.ts';

/** What one side sends at once; it may need several segments. */
export interface Flight {
  readonly fromClient: boolean;
  readonly bytes: Uint8Array;
  /** Where 32 octets are that differ in every connection; -1 when there are none. */
  readonly randomAt: number;
}

interface Client {
  readonly ciphers: readonly number[];
  readonly groups: readonly number[];
  readonly signatures: readonly number[];
  readonly alpn: readonly string[];
}

/** A browser, a phone's system library, an appliance. */
const CLIENTS: readonly Client[] = [
  {
    ciphers: [
      0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x9c, 0x9d,
    ],
    groups: [0x001d, 0x0017, 0x0018],
    signatures: [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601],
    alpn: ['h2', 'http/1.1'],
  },
  {
    ciphers: [0x1301, 0x1302, 0x1303, 0xc02c, 0xc02b, 0xcca9, 0xc030, 0xc02f, 0xcca8],
    groups: [0x001d, 0x0017, 0x0018, 0x0019],
    signatures: [0x0403, 0x0804, 0x0401, 0x0503, 0x0203, 0x0805, 0x0501, 0x0806, 0x0601, 0x0201],
    alpn: ['h2'],
  },
  {
    ciphers: [0xc02b, 0xc02f, 0xc023, 0xc027, 0x9e, 0x67, 0x9c, 0x3c, 0x2f],
    groups: [0x0017, 0x001d],
    signatures: [0x0403, 0x0401, 0x0501, 0x0601],
    alpn: [],
  },
];

const RECORD_CCS = [20, 3, 3, 0, 1, 1];
/** In a hello that starts a record: record header, message header, version. */
const RANDOM_AT = 5 + 4 + 2;

const cache = new Map<string, readonly Flight[]>();

/** The handshake of client `client` (0 to 2; the last knows TLS 1.2 only) with `host`. */
export function tlsDialogue(host: string, client: number): readonly Flight[] {
  const key = `${client} ${host}`;
  let flights = cache.get(key);
  if (flights === undefined) {
    const profile = CLIENTS[client % CLIENTS.length]!;
    flights = profile.ciphers[0] === 0x1301 ? tls13(host, profile) : tls12(host, profile);
    cache.set(key, flights);
  }
  return flights;
}

function tls13(host: string, client: Client): Flight[] {
  const seed = seedOf(host);
  const serverHello = handshake(2, [
    ...[3, 3, ...opaque(32, seed), ...withLength8(opaque(32, seed + 1)), 0x13, 1, 0],
    ...withLength16([
      ...extension(43, [3, 4]),
      ...extension(51, [0, 0x1d, ...withLength16(opaque(32, seed + 2))]),
    ]),
  ]);
  const encrypted = record(23, opaque(2100 + (seed & 1023), seed + 3));
  return [
    flight(true, record(22, clientHello(host, client, true), 1), RANDOM_AT),
    flight(false, [...record(22, serverHello), ...RECORD_CCS, ...encrypted], RANDOM_AT),
    flight(true, [...RECORD_CCS, ...record(23, opaque(53, seed + 4))]),
    flight(false, record(23, opaque(250, seed + 5))),
  ];
}

function tls12(host: string, client: Client): Flight[] {
  const seed = seedOf(host);
  const serverHello = handshake(2, [
    ...[3, 3, ...opaque(32, seed), ...withLength8(opaque(32, seed + 1)), 0xc0, 0x2f, 0],
    ...withLength16([...extension(0xff01, [0]), ...extension(11, [1, 0])]),
  ]);
  const chain = [certificate(host, 'Example Issuing CA'), certificate('Example Issuing CA', 'Example Root')];
  const keyExchange = [
    ...[3, 0, 0x17, ...withLength8([4, ...opaque(64, seed + 2)]), 4, 1],
    ...withLength16(opaque(256, seed + 3)),
  ];
  return [
    flight(true, record(22, clientHello(host, client, false), 1), RANDOM_AT),
    flight(
      false,
      [
        ...record(22, serverHello),
        ...record(22, handshake(11, withLength24(chain.flatMap((one) => withLength24(one))))),
        ...record(22, handshake(12, keyExchange)),
        ...record(22, handshake(14, [])),
      ],
      RANDOM_AT,
    ),
    flight(true, [
      ...record(22, handshake(16, withLength8([4, ...opaque(64, seed + 4)]))),
      ...RECORD_CCS,
      ...record(22, opaque(40, seed + 5)),
    ]),
    flight(false, [...RECORD_CCS, ...record(22, opaque(40, seed + 6))]),
  ];
}

function clientHello(host: string, client: Client, is13: boolean): number[] {
  const extensions = [
    ...extension(0, withLength16([0, ...withLength16(ascii(host))])),
    ...extension(10, withLength16(client.groups.flatMap(u16))),
    ...extension(11, [1, 0]),
    ...extension(13, withLength16(client.signatures.flatMap(u16))),
    ...(client.alpn.length === 0
      ? []
      : extension(16, withLength16(client.alpn.flatMap((name) => withLength8(ascii(name)))))),
    ...extension(23, []),
    ...(is13
      ? [
          ...extension(43, withLength8([3, 4, 3, 3])),
          ...extension(45, [1, 1]),
          ...extension(51, withLength16([0, 0x1d, ...withLength16(opaque(32, seedOf(host)))])),
        ]
      : []),
  ];
  return handshake(1, [
    ...[3, 3, ...new Array<number>(32).fill(0)],
    ...withLength8(is13 ? opaque(32, seedOf(host) + 7) : []),
    ...withLength16(client.ciphers.flatMap(u16)),
    ...[1, 0, ...withLength16(extensions)],
  ]);
}

/** An X.509 certificate (RFC 5280) with a P-256 key; nobody signed it. */
function certificate(subject: string, issuer: string): number[] {
  const seed = seedOf(subject);
  const ecdsaWithSha256 = der(0x30, [6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2]);
  const publicKeyType = der(0x30, [
    ...[6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1],
    ...[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7],
  ]);
  const name = (text: string): number[] =>
    der(0x30, der(0x31, der(0x30, [6, 3, 0x55, 4, 3, ...der(0x0c, ascii(text))])));
  const alternativeName = der(0x30, [6, 3, 0x55, 0x1d, 17, ...der(4, der(0x30, der(0x82, ascii(subject))))]);
  const toBeSigned = der(0x30, [
    ...[0xa0, 3, 2, 1, 2],
    ...der(2, [0x51, ...opaque(15, seed)]),
    ...ecdsaWithSha256,
    ...name(issuer),
    ...der(0x30, [...der(0x17, ascii('230101000000Z')), ...der(0x17, ascii('331231235959Z'))]),
    ...name(subject),
    ...der(0x30, [...publicKeyType, ...der(3, [0, 4, ...opaque(64, seed + 1)])]),
    ...der(0xa3, der(0x30, alternativeName)),
  ]);
  const signature = der(0x30, [
    ...der(2, [0x21, ...opaque(31, seed + 2)]),
    ...der(2, [0x31, ...opaque(31, seed + 3)]),
  ]);
  return der(0x30, [...toBeSigned, ...ecdsaWithSha256, ...der(3, [0, ...signature])]);
}

function der(tag: number, content: readonly number[]): number[] {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, ...u16(length)];
  return [tag, ...size, ...content];
}

function extension(type: number, body: readonly number[]): number[] {
  return [...u16(type), ...withLength16(body)];
}

function handshake(type: number, body: readonly number[]): number[] {
  return [type, ...withLength24(body)];
}

function record(type: number, body: readonly number[], minor = 3): number[] {
  return [type, 3, minor, ...withLength16(body)];
}

function flight(fromClient: boolean, octets: readonly number[], randomAt = -1): Flight {
  return { fromClient, bytes: Uint8Array.from(octets), randomAt };
}
