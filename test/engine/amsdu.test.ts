/** Every frame of an A-MSDU counts for its devices and its flow; the whole is one packet. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMemory } from '../../src/capture/memory.ts';
import { analyzeSource } from '../../src/engine/analyze.ts';
import type { Report } from '../../src/report/schema.ts';
import { writePcap } from '../capture/write-pcap.ts';
import { be16, bytesOf, ipv4, MAC_B, macBytes, snap, udp } from '../packet/build-frame.ts';

const IEEE802_11 = 105;
const macOf = (n: number): string => `02:00:00:00:01:${n.toString(16).padStart(2, '0')}`;

/** A datagram of a sender of its own; longer than what a length field of Ethernet can say when `size` is. */
function subframe(n: number, size: number): Uint8Array {
  const datagram = udp({ ports: [40_000 + n, 9999] }, new Uint8Array(size));
  const inside = snap(0, 0x0800, ipv4({ protocol: 17, src: `192.168.1.${10 + n}` }, datagram));
  return bytesOf(macBytes(MAC_B), macBytes(macOf(n)), be16(inside.length), inside);
}

function aggregate(sizes: readonly number[]): Uint8Array {
  const header = bytesOf(
    [0x88, 0x01, 0, 0],
    macBytes(MAC_B),
    macBytes(macOf(0)),
    macBytes(MAC_B),
    [0, 0, 0x80, 0],
  );
  const subframes = sizes.map((size, n) => {
    const bytes = subframe(n, size);
    return n === sizes.length - 1 ? bytes : bytesOf(bytes, new Uint8Array(-bytes.length & 3));
  });
  return bytesOf(header, ...subframes);
}

async function reportOf(frame: Uint8Array, captured = frame.length): Promise<Report> {
  const packet = { seconds: 1, nanos: 0, wireLen: frame.length, bytes: frame.subarray(0, captured) };
  const source = openMemory(writePcap([packet], { linkType: IEEE802_11 }));
  return (await analyzeSource(source, { version: 'test' })).report;
}

test('senders, flows and sizes', async () => {
  const report = await reportOf(aggregate([20, 1472, 33, 1]));
  assert.deepEqual(
    report.devices.map(({ id, traffic }) => [id, traffic.packetsOut, traffic.packetsIn]),
    [[MAC_B, 0, 4], ...[0, 1, 2, 3].map((n) => [macOf(n), 1, 0])],
  );
  assert.equal(report.totals.packets, 1);
  assert.equal(report.totals.flows, 4);
  assert.deepEqual(report.issues, []);
});

test('cut anywhere: what was captured whole is there, and nothing else', async () => {
  const frame = aggregate([20, 30, 40]);
  let before = 0;
  for (let captured = 0; captured <= frame.length; captured++) {
    const { flows } = (await reportOf(frame, captured)).totals;
    assert.ok(flows >= before && flows <= 3);
    before = flows;
  }
  assert.equal(before, 3);
});

test('a frame check sequence behind the last is no subframe', async () => {
  const report = await reportOf(bytesOf(aggregate([20, 30]), [1, 2, 3, 4]));
  assert.equal(report.totals.flows, 2);
});
