/** Every issue code of the header decoders, each by a frame that has it and nothing else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ISSUE_DEFINITIONS, type IssueLayer, type IssueName } from '../../src/packet/issue.ts';
import { MAX_SUBFRAMES } from '../../src/packet/link/amsdu.ts';
import { MAX_MPLS_LABELS } from '../../src/packet/link/mpls.ts';
import { MAX_EXTENSION_HEADERS } from '../../src/packet/network/ipv6.ts';
import { MAX_HEADERS, MAX_TUNNEL_DEPTH, MAX_VLAN_TAGS } from '../../src/packet/walk.ts';
import {
  arp,
  be16,
  bytesOf,
  ether,
  hexBytes,
  icmp,
  ieee8023,
  ipv4,
  ipv6,
  ipv6Extension,
  MAC_A,
  MAC_B,
  macBytes,
  snap,
  tcp,
  udp,
  vlan,
} from './build-frame.ts';
import { decodeOne } from './decode-one.ts';
import { CORE_IPV4 } from './encapsulated.ts';

const HEADER_LAYERS: readonly IssueLayer[] = [
  'link',
  'arp',
  'ipv4',
  'ipv6',
  'tcp',
  'udp',
  'sctp',
  'icmp',
  'tunnel',
];
const DATA = new Uint8Array(16);

interface IssueCase {
  readonly frame: Uint8Array;
  readonly linkType?: number;
  /** What was decoded before the issue stands. */
  readonly stands?: readonly string[];
}

function repeated(times: number, wrap: (inside: Uint8Array) => Uint8Array, inside: Uint8Array): Uint8Array {
  let packet = inside;
  for (let i = 0; i < times; i++) packet = wrap(packet);
  return packet;
}

function aggregated(subframes: number): Uint8Array {
  const inside = snap(0, 0x0800, CORE_IPV4);
  const subframe = bytesOf(macBytes(MAC_B), macBytes(MAC_A), be16(inside.length), inside);
  const header = bytesOf(
    [0x88, 0x01, 0, 0],
    macBytes(MAC_B),
    macBytes(MAC_A),
    macBytes(MAC_B),
    [0, 0, 0x80, 0],
  );
  const padded = bytesOf(subframe, new Uint8Array(-subframe.length & 3));
  return bytesOf(header, ...new Array<Uint8Array>(subframes).fill(padded));
}

const CASES: Partial<Record<IssueName, IssueCase>> = {
  'link/header-short': { frame: new Uint8Array(9) },
  'link/vlan-depth': {
    frame: ether(
      { type: 0x8100 },
      repeated(MAX_VLAN_TAGS + 1, (p) => vlan(1, 0x8100, p), DATA),
    ),
    stands: ['ethernet', 'vlan'],
  },
  'link/unknown-ethertype': { frame: ether({ type: 0x1235 }, DATA), stands: ['ethernet', 'otherEtherType'] },
  'link/length-mismatch': {
    frame: ieee8023({ type: 700 }, bytesOf([0x42, 0x42, 3], DATA)),
    stands: ['ethernet', 'llc'],
  },
  'link/header-depth': {
    frame: ether(
      { type: 0x8926 },
      repeated(MAX_HEADERS, (p) => bytesOf([0, 0, 0, 0, 0x89, 0x26], p), DATA),
    ),
    stands: ['ethernet'],
  },
  'link/unsupported': { frame: ether({ type: 0x8864 }, bytesOf([0x22], DATA)), stands: ['ethernet'] },
  'link/subframe-limit': {
    frame: aggregated(MAX_SUBFRAMES + 1),
    linkType: 105,
    stands: ['wlan', 'ipv4', 'udp'],
  },
  'arp/header-short': { frame: ether({ type: 0x0806 }, arp().subarray(0, 20)), stands: ['ethernet'] },
  'arp/unsupported': {
    frame: ether({ type: 0x0806 }, bytesOf(hexBytes('0001 0806 06 04 0001'), new Uint8Array(20))),
    stands: ['ethernet'],
  },
  'ipv4/header-short': { frame: ether({}, CORE_IPV4.subarray(0, 19)), stands: ['ethernet'] },
  'ipv4/bad-version': { frame: ether({}, ipv4({ version: 7 }, DATA)), stands: ['ethernet'] },
  'ipv4/bad-header-length': { frame: ether({}, ipv4({ headerLength: 8 }, DATA)), stands: ['ethernet'] },
  'ipv4/bad-total-length': { frame: ether({}, ipv4({ totalLength: 12 }, DATA)), stands: ['ethernet'] },
  'ipv4/length-mismatch': { frame: ether({}, ipv4({ totalLength: 999 }, tcp({}))), stands: ['ipv4', 'tcp'] },
  'ipv6/header-short': {
    frame: ether({ type: 0x86dd }, ipv6({}, DATA).subarray(0, 39)),
    stands: ['ethernet'],
  },
  'ipv6/bad-version': { frame: ether({ type: 0x86dd }, ipv6({ version: 4 }, DATA)), stands: ['ethernet'] },
  'ipv6/extension-depth': {
    frame: ether(
      { type: 0x86dd },
      ipv6(
        { nextHeader: 60 },
        repeated(MAX_EXTENSION_HEADERS + 1, (p) => ipv6Extension(60, new Uint8Array(6), p), DATA),
      ),
    ),
    stands: ['ipv6'],
  },
  'ipv6/bad-extension': {
    frame: ether({ type: 0x86dd }, ipv6({ nextHeader: 0 }, bytesOf([6, 9], DATA))),
    stands: ['ipv6'],
  },
  'ipv6/length-mismatch': {
    frame: ether({ type: 0x86dd }, ipv6({ payloadLength: 999 }, tcp({}))),
    stands: ['ipv6', 'tcp'],
  },
  'tcp/header-short': { frame: ether({}, ipv4({}, DATA)), stands: ['ipv4'] },
  'tcp/bad-offset': { frame: ether({}, ipv4({}, tcp({ headerLength: 60 }))), stands: ['ipv4'] },
  'udp/header-short': { frame: ether({}, ipv4({ protocol: 17 }, DATA.subarray(0, 7))), stands: ['ipv4'] },
  'udp/bad-length': {
    frame: ether({}, ipv4({ protocol: 17 }, udp({ length: 90 }, DATA))),
    stands: ['ipv4', 'udp'],
  },
  'sctp/header-short': { frame: ether({}, ipv4({ protocol: 132 }, DATA.subarray(0, 11))), stands: ['ipv4'] },
  'icmp/header-short': {
    frame: ether({}, ipv4({ protocol: 1 }, icmp(8, 0).subarray(0, 3))),
    stands: ['ipv4'],
  },
  'tunnel/depth': {
    frame: ether(
      {},
      repeated(MAX_TUNNEL_DEPTH + 1, (p) => ipv4({ protocol: 4 }, p), CORE_IPV4),
    ),
    stands: ['ipv4', 'tunnel'],
  },
  'tunnel/header-short': { frame: ether({}, ipv4({ protocol: 47 }, DATA.subarray(0, 3))), stands: ['ipv4'] },
  'tunnel/unsupported': {
    frame: ether({}, ipv4({ protocol: 47 }, bytesOf([0x40, 0, 8, 0], DATA))),
    stands: ['ipv4'],
  },
};

test('every issue code of the header decoders has a frame here', () => {
  const codes = ISSUE_DEFINITIONS.filter((d) => HEADER_LAYERS.includes(d.layer)).map(
    (d) => `${d.layer}/${d.code}`,
  );
  assert.deepEqual(Object.keys(CASES).sort(), codes.sort());
});

for (const [name, { frame, linkType = 1, stands = [] }] of Object.entries(CASES)) {
  test(`${name} is counted, and what came before it stands`, () => {
    const row = decodeOne(frame, { linkType });
    assert.deepEqual(row.issues, [name]);
    for (const layer of stands) assert.ok(row.layers.includes(layer), `${layer} in ${row.layers.join()}`);
  });
}

test('a label stack without an end meets its bound', () => {
  const row = decodeOne(ether({ type: 0x8847 }, new Uint8Array(4 * (MAX_MPLS_LABELS + 5))));
  assert.deepEqual(row.issues, ['link/header-depth']);
});
