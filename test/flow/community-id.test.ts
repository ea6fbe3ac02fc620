import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIp } from '../../src/bytes/parse-ip.ts';
import { communityId } from '../../src/flow/community-id.ts';
import { DEFAULT_FLOW_CONFIG, FlowTable } from '../../src/flow/table.ts';
import { PacketBatch } from '../../src/packet/batch.ts';
import { IssueCounter } from '../../src/packet/issue.ts';
import { LAYER } from '../../src/packet/layer.ts';

type End = readonly [address: string, port: number];

function idOf(layer: number, ipProtocol: number, from: End, to: End): string {
  const batch = new PacketBatch(1);
  batch.count = 1;
  const isV6 = from[0].includes(':');
  batch.layers[0] = layer | (isV6 ? LAYER.ipv6 : LAYER.ipv4);
  batch.ipProtocol[0] = ipProtocol;
  assert.ok(parseIp(from[0], batch.srcIp));
  assert.ok(parseIp(to[0], batch.dstIp));
  batch.srcPort[0] = from[1];
  batch.dstPort[0] = to[1];
  const flows = new FlowTable(DEFAULT_FLOW_CONFIG, new IssueCounter());
  return communityId(flows, flows.packet(batch, 0));
}

// Reference values of the specification's own test data (seed 0).
const CASES: readonly (readonly [layer: number, protocol: number, a: End, b: End, id: string])[] = [
  [LAYER.tcp, 6, ['128.232.110.120', 34855], ['66.35.250.204', 80], '1:LQU9qZlK+B5F3KDmev6m5PMibrg='],
  [LAYER.udp, 17, ['192.168.1.52', 54585], ['8.8.8.8', 53], '1:d/FP5EW3wiY1vCndhwleRRKHowQ='],
  [LAYER.icmp, 1, ['192.168.0.89', 8], ['192.168.0.1', 0], '1:X0snYXpgwiv9TZtqg64sgzUn6Dk='],
  [
    LAYER.tcp,
    6,
    ['2001:470:e5bf:dead:4957:2174:e82c:4887', 63_943],
    ['2607:f8b0:400c:c03::1a', 25],
    '1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=',
  ],
];

for (const [layer, protocol, a, b, id] of CASES) {
  test(`community id of protocol ${protocol}, from either side`, () => {
    assert.equal(idOf(layer, protocol, a, b), id);
    assert.equal(idOf(layer, protocol, protocol === 1 ? [b[0], 0] : b, protocol === 1 ? [a[0], 0] : a), id);
  });
}

test('IPv6 and one-way ICMP', () => {
  const from: End = ['fe80::1', 1];
  const to: End = ['fe80::2', 2];
  assert.equal(idOf(LAYER.udp, 17, from, to), idOf(LAYER.udp, 17, to, from));
  assert.notEqual(
    idOf(LAYER.icmpv6, 58, ['fe80::1', 1], ['fe80::2', 4]),
    idOf(LAYER.icmpv6, 58, ['fe80::2', 1], ['fe80::1', 4]),
  );
});

test('ICMP without a counterpart, and ICMPv6', () => {
  const one: End = ['3ffe:507:0:1:260:97ff:fe07:69ea', 3];
  const other: End = ['3ffe:507:0:1:200:86ff:fe05:80da', 0];
  assert.equal(idOf(LAYER.icmpv6, 58, one, other), '1:NdobDX8PQNJbAyfkWxhtL2Pqp5w=');
  const asked: End = ['fe80::200:86ff:fe05:80da', 135];
  assert.equal(
    idOf(LAYER.icmpv6, 58, asked, ['fe80::260:97ff:fe07:69ea', 0]),
    '1:dGHyGvjMfljg6Bppwm3bg0LO8TY=',
  );
  assert.equal(
    idOf(LAYER.icmp, 1, ['192.168.0.1', 20], ['192.168.0.89', 0]),
    '1:xka8imJTHE0ZCHTDqMsnK5QKoh8=',
  );
});
