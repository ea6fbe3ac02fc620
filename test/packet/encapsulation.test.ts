import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANALYZED_LINK_TYPES, ENCAPSULATIONS } from '../../src/packet/encapsulation.ts';
import { linkTypeName } from '../../src/packet/link-type.ts';
import { MAX_TUNNEL_DEPTH, MAX_VLAN_TAGS } from '../../src/packet/walk.ts';
import { be16, bytesOf, ether, ipv4, ipv6, MAC_A, udp, vlan } from './build-frame.ts';
import { decodeOne } from './decode-one.ts';
import { CORE_IPV4, CORE_PAYLOAD, CORE_PORTS, coreAddresses, ENCAPSULATED } from './encapsulated.ts';

for (const [index, { name, linkType, frame, tunnelDepth, core, mac }] of ENCAPSULATED.entries()) {
  test(`${name} (frame ${index + 1}) is decoded to its core`, () => {
    const row = decodeOne(frame, { linkType });
    assert.deepEqual(row.issues, []);
    assert.equal(row.srcMac, mac ? MAC_A : row.tunnelDepth > 0 ? '02:00:00:00:00:f0' : '');
    assert.equal(row.tunnelDepth, tunnelDepth);
    assert.equal(row.layers.includes('tunnel'), tunnelDepth > 0);
    assert.equal(row.outerNetOffset, tunnelDepth > 0 ? 14 : 0);
    if (core !== 'datagram') return;
    assert.ok(row.layers.includes('udp'));
    assert.deepEqual([row.srcIp, row.dstIp], coreAddresses(row.layers.includes('ipv6')));
    assert.deepEqual([row.srcPort, row.dstPort], [...CORE_PORTS]);
    assert.equal(row.payloadLen, CORE_PAYLOAD.length);
    assert.equal(row.payloadCapLen, CORE_PAYLOAD.length);
    assert.deepEqual(frame.subarray(row.payloadOffset, row.payloadOffset + row.payloadLen), CORE_PAYLOAD);
  });
}

test('every entry of the table has a frame, and every number leads to one entry', () => {
  const covered = new Set(ENCAPSULATED.map((e) => e.name));
  assert.deepEqual(
    ENCAPSULATIONS.filter((e) => !covered.has(e.name)).map((e) => e.name),
    [],
  );
  for (const space of ['linkTypes', 'etherTypes', 'ipProtocols', 'udpPorts'] as const) {
    const numbers = ENCAPSULATIONS.flatMap((e) => e[space] ?? []);
    assert.equal(new Set(numbers).size, numbers.length, `${space} has a number twice`);
  }
  for (const linkType of ANALYZED_LINK_TYPES)
    assert.notEqual(linkTypeName(linkType), '', `${linkType} has no name`);
});

test('a link type without a decoder is counted and nothing is read', () => {
  const row = decodeOne(ether({}, CORE_IPV4), { linkType: 189 });
  assert.deepEqual(row.issues, ['capture/unknown-link-type']);
  assert.deepEqual(row.layers, []);
});

test('a datagram to a tunnel port that holds no tunnel stays plain UDP', () => {
  const payloads = [
    new Uint8Array(0),
    new Uint8Array(60),
    new Uint8Array(60).fill(0xff),
    CORE_IPV4.subarray(4),
  ];
  for (const port of ENCAPSULATIONS.flatMap((e) => e.udpPorts ?? [])) {
    for (const payload of payloads) {
      const row = decodeOne(ether({}, ipv4({ protocol: 17 }, udp({ ports: [5000, port] }, payload))));
      assert.deepEqual(
        [row.tunnelDepth, row.dstPort, row.payloadLen, row.issues],
        [0, port, payload.length, []],
        `port ${port}`,
      );
    }
  }
});

test('what a tunnel leaves of the outer headers is where to find them', () => {
  const outer = ether(
    { type: 0x86dd },
    ipv6({ nextHeader: 4, src: '2001:db8::1', dst: '2001:db8::2' }, CORE_IPV4),
  );
  const row = decodeOne(outer);
  assert.equal(row.srcIp, '192.168.1.10');
  assert.deepEqual(row.layers, ['ethernet', 'ipv4', 'udp', 'tunnel']);
  assert.equal(row.outerNetOffset, 14);
  assert.equal(row.netOffset, 54);
  assert.equal(row.etherType, 0x0800);
});

test('tunnels nest to the bound, beyond which the last outer header stands', () => {
  let packet = CORE_IPV4;
  for (let depth = 0; depth < MAX_TUNNEL_DEPTH; depth++) packet = ipv4({ protocol: 4 }, packet);
  const whole = decodeOne(ether({}, packet));
  assert.equal(whole.tunnelDepth, MAX_TUNNEL_DEPTH);
  assert.equal(whole.dstPort, CORE_PORTS[1]);
  const tooDeep = decodeOne(ether({}, ipv4({ protocol: 4 }, packet)));
  assert.deepEqual(tooDeep.issues, ['tunnel/depth']);
  assert.equal(tooDeep.tunnelDepth, MAX_TUNNEL_DEPTH);
  assert.equal(tooDeep.ipProtocol, 4);
});

test('VLAN tags stack to the bound; the outermost two are kept', () => {
  const tagged = (tags: number): Uint8Array => {
    let packet = vlan(100 + tags, 0x0800, CORE_IPV4);
    for (let tag = tags - 1; tag > 0; tag--) packet = vlan(100 + tag, 0x8100, packet);
    return ether({ type: 0x8100 }, packet);
  };
  const whole = decodeOne(tagged(MAX_VLAN_TAGS));
  assert.deepEqual(whole.vlans, [101, 102]);
  assert.equal(whole.dstPort, CORE_PORTS[1]);
  const tooMany = decodeOne(tagged(MAX_VLAN_TAGS + 1));
  assert.deepEqual(tooMany.issues, ['link/vlan-depth']);
  assert.deepEqual(tooMany.vlans, [101, 102]);
});

test('a fragment of a tunnel packet is not entered', () => {
  const row = decodeOne(ether({}, ipv4({ protocol: 4, moreFragments: true }, CORE_IPV4)));
  assert.equal(row.tunnelDepth, 0);
  assert.equal(row.ipProtocol, 4);
});

test('an unknown GRE version and a header cut short leave the outer packet', () => {
  const version2 = decodeOne(ether({}, ipv4({ protocol: 47 }, bytesOf([0, 2, 8, 0], CORE_IPV4))));
  assert.deepEqual([version2.issues, version2.tunnelDepth], [['tunnel/unsupported'], 0]);
  const short = decodeOne(ether({}, ipv4({ protocol: 47 }, bytesOf([0x20], [0], be16(0x0800)))));
  assert.deepEqual([short.issues, short.payloadLen], [['tunnel/header-short'], 4]);
});
