import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LINK_TYPES } from '../../src/packet/link-type.ts';
import { MAX_EXTENSION_HEADERS } from '../../src/packet/network/ipv6.ts';
import {
  arp,
  bytesOf,
  ether,
  hexBytes,
  icmp,
  ipv4,
  ipv6,
  ipv6Extension,
  ipv6Fragment,
  tcp,
  udp,
  vlan,
} from './build-frame.ts';
import { decodeOne } from './decode-one.ts';

const DATA = Uint8Array.from({ length: 32 }, (_, i) => i);

test('Ethernet, IPv4, TCP with options: every column', () => {
  const segment = tcp(
    {
      ports: [40000, 443],
      seq: 0xfffffffe,
      ack: 7,
      flags: 0xc2,
      window: 65535,
      options: hexBytes('020405b4'),
    },
    DATA,
  );
  const row = decodeOne(
    ether({ src: '02:00:00:00:00:01', dst: 'ff:ff:ff:ff:ff:ff' }, ipv4({ ttl: 255 }, segment)),
  );
  assert.deepEqual(row, {
    layers: ['ethernet', 'ipv4', 'tcp', 'linkGroup'],
    srcMac: '02:00:00:00:00:01',
    dstMac: 'ff:ff:ff:ff:ff:ff',
    etherType: 0x0800,
    vlans: [],
    tunnelDepth: 0,
    netOffset: 14,
    outerNetOffset: 0,
    srcIp: '192.168.1.10',
    dstIp: '192.168.1.20',
    ipLen: 76,
    ttl: 255,
    ipProtocol: 6,
    srcPort: 40000,
    dstPort: 443,
    tcpFlags: 0xc2,
    tcpSeq: 0xfffffffe,
    tcpAck: 7,
    tcpWindow: 65535,
    transportOffset: 34,
    payloadOffset: 58,
    payloadLen: 32,
    payloadCapLen: 32,
    issues: [],
  });
});

test('Ethernet padding is not payload', () => {
  const ack = decodeOne(bytesOf(ether({}, ipv4({}, tcp({}))), new Uint8Array(6)));
  assert.deepEqual([ack.payloadLen, ack.payloadCapLen, ack.ipLen], [0, 0, 40]);
  const request = decodeOne(bytesOf(ether({ type: 0x0806 }, arp()), new Uint8Array(18)));
  assert.deepEqual(
    [request.layers, request.payloadOffset, request.payloadLen],
    [['ethernet', 'arp'], 14, 28],
  );
});

test('a short snaplen cuts, and is no issue', () => {
  const frame = ether({}, ipv4({}, tcp({ options: new Uint8Array(12) }, DATA)));
  for (const [snaplen, layers, captured] of [
    [70, ['ethernet', 'ipv4', 'tcp', 'cut'], 4],
    [60, ['ethernet', 'ipv4', 'tcp', 'cut'], 0],
    [54, ['ethernet', 'ipv4', 'tcp', 'cut'], 0],
    [53, ['ethernet', 'ipv4', 'cut'], 0],
    [33, ['ethernet', 'cut'], 0],
    [13, ['cut'], 0],
  ] as const) {
    const row = decodeOne(frame.subarray(0, snaplen), { wireLen: frame.length });
    assert.deepEqual(
      [row.layers, row.payloadCapLen, row.issues],
      [layers, captured, []],
      `snaplen ${snaplen}`,
    );
    if (snaplen >= 54) assert.equal(row.payloadLen, 32);
    assert.ok(row.payloadOffset <= snaplen);
  }
});

test('the same bytes without more on the wire are issues', () => {
  const frame = ether({}, ipv4({}, tcp({ options: new Uint8Array(12) }, DATA)));
  assert.deepEqual(decodeOne(frame.subarray(0, 13)).issues, ['link/header-short']);
  assert.deepEqual(decodeOne(frame.subarray(0, 33)).issues, ['ipv4/header-short']);
  assert.deepEqual(decodeOne(frame.subarray(0, 53)).issues, ['ipv4/length-mismatch', 'tcp/header-short']);
  const short = decodeOne(frame.subarray(0, 70));
  assert.deepEqual(short.issues, ['ipv4/length-mismatch']);
  // The claim is kept where it is a claim; the payload cannot be longer than the frame.
  assert.deepEqual([short.ipLen, short.payloadLen, short.payloadCapLen], [84, 4, 4]);
  assert.ok(short.layers.includes('malformed'));
});

test('lies in the IPv4 header', () => {
  const lie = (fields: Parameters<typeof ipv4>[0]) => decodeOne(ether({}, ipv4(fields, tcp({}, DATA))));
  assert.deepEqual(lie({ version: 5 }).issues, ['ipv4/bad-version']);
  assert.deepEqual(lie({ headerLength: 16 }).issues, ['ipv4/bad-header-length']);
  assert.deepEqual(lie({ totalLength: 19 }).issues, ['ipv4/bad-total-length']);
  assert.deepEqual(lie({ totalLength: 30 }).issues, ['tcp/header-short']);
  assert.deepEqual(lie({ totalLength: 5000 }).issues, ['ipv4/length-mismatch']);
  assert.deepEqual(decodeOne(ether({}, ipv4({ headerLength: 60 }, DATA.subarray(0, 8)))).issues, [
    'ipv4/bad-header-length',
  ]);
});

test('segmentation offload: a length of 0 means the frame', () => {
  const v4 = decodeOne(ether({}, ipv4({ totalLength: 0 }, tcp({}, new Uint8Array(70_000)))));
  assert.deepEqual([v4.issues, v4.ipLen, v4.payloadLen], [[], 70_040, 70_000]);
  const v6 = decodeOne(ether({ type: 0x86dd }, ipv6({ payloadLength: 0 }, tcp({}, new Uint8Array(70_000)))));
  assert.deepEqual([v6.issues, v6.ipLen, v6.payloadLen], [[], 70_060, 70_000]);
  const udp6 = decodeOne(
    ether(
      { type: 0x86dd },
      ipv6({ payloadLength: 0, nextHeader: 17 }, udp({ length: 0 }, new Uint8Array(70_000))),
    ),
  );
  assert.deepEqual([udp6.issues, udp6.payloadLen], [[], 70_000]);
});

test('the jumbo payload option says the length', () => {
  const segment = tcp({}, new Uint8Array(66_000));
  const jumbo = ipv6Extension(6, bytesOf([0xc2, 4], hexBytes('00000000')), segment);
  new DataView(jumbo.buffer).setUint32(4, jumbo.length);
  const row = decodeOne(
    bytesOf(ether({ type: 0x86dd }, ipv6({ nextHeader: 0, payloadLength: 0 }, jumbo)), new Uint8Array(9)),
  );
  assert.deepEqual([row.issues, row.ipLen, row.payloadLen], [[], 40 + jumbo.length, 66_000]);
});

test('IPv4 fragments: ports in the first only', () => {
  const first = decodeOne(
    ether({}, ipv4({ protocol: 17, moreFragments: true }, udp({ length: 2000 }, DATA))),
  );
  assert.deepEqual(first.layers, ['ethernet', 'ipv4', 'udp', 'fragment']);
  assert.deepEqual([first.dstPort, first.payloadLen, first.issues], [9999, 32, []]);
  const later = decodeOne(ether({}, ipv4({ protocol: 17, fragmentOffset: 40 }, DATA)));
  assert.deepEqual(later.layers, ['ethernet', 'ipv4', 'fragment', 'laterFragment']);
  assert.deepEqual(
    [later.dstPort, later.payloadOffset, later.payloadLen, later.transportOffset],
    [0, 34, 32, 0],
  );
});

test('IPv6 extension headers, fragments among them', () => {
  const chain = ipv6Extension(
    60,
    hexBytes('050200000100'),
    ipv6Extension(17, new Uint8Array(14), udp({}, DATA)),
  );
  const whole = decodeOne(ether({ type: 0x86dd }, ipv6({ nextHeader: 0 }, chain)));
  assert.deepEqual(
    [whole.layers, whole.ipProtocol, whole.dstPort, whole.payloadLen],
    [['ethernet', 'ipv6', 'udp'], 17, 9999, 32],
  );
  const later = decodeOne(
    ether({ type: 0x86dd }, ipv6({ nextHeader: 44 }, ipv6Fragment(17, 1480, false, DATA))),
  );
  assert.deepEqual(
    [later.layers, later.ipProtocol, later.payloadLen],
    [['ethernet', 'ipv6', 'fragment', 'laterFragment'], 17, 32],
  );
  const atomic = decodeOne(
    ether({ type: 0x86dd }, ipv6({ nextHeader: 44 }, ipv6Fragment(17, 0, false, udp({}, DATA)))),
  );
  assert.deepEqual([atomic.layers, atomic.dstPort], [['ethernet', 'ipv6', 'udp'], 9999]);
  const nothing = decodeOne(ether({ type: 0x86dd }, ipv6({ nextHeader: 59 }, new Uint8Array(0))));
  assert.deepEqual([nothing.issues, nothing.ipProtocol, nothing.payloadLen], [[], 59, 0]);
});

test('IPv6 extension headers meet their bound and the end of the packet', () => {
  const chainOf = (count: number): Uint8Array => {
    let chain = udp({}, DATA);
    for (let i = 0; i < count; i++) chain = ipv6Extension(i === 0 ? 17 : 60, new Uint8Array(6), chain);
    return ether({ type: 0x86dd }, ipv6({ nextHeader: 60 }, chain));
  };
  assert.equal(decodeOne(chainOf(MAX_EXTENSION_HEADERS)).dstPort, 9999);
  assert.deepEqual(decodeOne(chainOf(MAX_EXTENSION_HEADERS + 1)).issues, ['ipv6/extension-depth']);
  const beyond = decodeOne(
    ether({ type: 0x86dd }, ipv6({ nextHeader: 60 }, bytesOf([17, 200], new Uint8Array(30)))),
  );
  assert.deepEqual(beyond.issues, ['ipv6/bad-extension']);
});

test('TCP and UDP lengths that cannot be', () => {
  const offset = (headerLength: number) =>
    decodeOne(ether({}, ipv4({}, tcp({ headerLength }, DATA.subarray(0, 4)))));
  assert.deepEqual(offset(16).issues, ['tcp/bad-offset']);
  assert.deepEqual(offset(28).issues, ['tcp/bad-offset']);
  assert.deepEqual(offset(24).issues, []);
  const length = (n: number) => decodeOne(ether({}, ipv4({ protocol: 17 }, udp({ length: n }, DATA))));
  assert.deepEqual(length(7).issues, ['udp/bad-length']);
  assert.deepEqual([length(12).issues, length(12).payloadLen], [[], 4]);
  assert.deepEqual([length(41).issues, length(41).payloadLen], [['udp/bad-length'], 32]);
});

test('ICMP type and code take the place of ports', () => {
  const unreachable = decodeOne(
    ether({}, ipv4({ protocol: 1 }, icmp(3, 1, bytesOf(new Uint8Array(4), ipv4({}, tcp({})))))),
  );
  assert.deepEqual(
    [unreachable.layers, unreachable.srcPort, unreachable.dstPort],
    [['ethernet', 'ipv4', 'icmp'], 3, 1],
  );
  assert.equal(unreachable.srcIp, '192.168.1.10');
  const solicitation = decodeOne(
    ether({ type: 0x86dd }, ipv6({ nextHeader: 58 }, icmp(135, 0, new Uint8Array(20)))),
  );
  assert.deepEqual(
    [solicitation.srcPort, solicitation.payloadOffset, solicitation.payloadLen],
    [135, 54, 24],
  );
});

test('other EtherTypes and 802.3 keep their payload for the message decoders', () => {
  const lldp = decodeOne(ether({ type: 0x88cc }, DATA));
  assert.deepEqual(
    [lldp.layers, lldp.etherType, lldp.payloadLen, lldp.issues],
    [['ethernet', 'otherEtherType'], 0x88cc, 32, []],
  );
  assert.deepEqual(decodeOne(ether({ type: 0x1234 }, DATA)).issues, ['link/unknown-ethertype']);
  const spanningTree = decodeOne(
    bytesOf(ether({ type: 38 }, bytesOf([0x42, 0x42, 3], new Uint8Array(35))), new Uint8Array(8)),
  );
  assert.deepEqual(
    [spanningTree.layers, spanningTree.payloadOffset, spanningTree.payloadLen],
    [['ethernet', 'llc'], 14, 38],
  );
  assert.deepEqual(decodeOne(ether({ type: 900 }, bytesOf([0x42, 0x42, 3], DATA))).issues, [
    'link/length-mismatch',
  ]);
});

test('a row shows nothing of the row before it', async () => {
  const { PacketBatch } = await import('../../src/packet/batch.ts');
  const { decodeHeaders } = await import('../../src/packet/decode.ts');
  const { IssueCounter } = await import('../../src/packet/issue.ts');
  const { rowOf } = await import('./decode-one.ts');
  const frames = [
    ether({ type: 0x8100 }, vlan(5, 0x86dd, ipv6({}, tcp({}, DATA)))),
    new Uint8Array(3),
    ether({ type: 0x88cc }, DATA),
  ];
  const batch = new PacketBatch(1);
  batch.count = 1;
  const rows = frames.map((frame) => {
    batch.bytes = frame;
    batch.byteLength = batch.capLen[0] = batch.wireLen[0] = frame.length;
    batch.linkType[0] = 1;
    decodeHeaders(batch, new IssueCounter());
    return rowOf(batch, 0);
  });
  assert.deepEqual(
    rows,
    frames.map((frame) => {
      const { issues: _, ...row } = decodeOne(frame);
      // Offsets are relative, except that an offset of 0 within the chunk cannot be told from none.
      return row;
    }),
  );
});

test('the registry of link types is in order', () => {
  assert.deepEqual(
    [...LINK_TYPES].sort((a, b) => a - b),
    LINK_TYPES,
  );
});
