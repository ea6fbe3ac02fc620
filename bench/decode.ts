/**
 * Nanoseconds per packet of header decoding alone. Usage: tsx bench/decode.ts [capture.pcap]
 * Without a capture, frames of the common stacks are generated.
 */
import { readFileSync } from 'node:fs';
import { PacketBatch } from '../src/packet/batch.ts';
import { decodeHeaders } from '../src/packet/decode.ts';
import { IssueCounter } from '../src/packet/issue.ts';
import { ether, ipv4, ipv6, tcp, udp, vlan } from '../test/packet/build-frame.ts';

const BATCH = 2048;
const ROUNDS = 600;

function batchOf(frames: readonly Uint8Array[], linkType = 1): PacketBatch {
  const batch = new PacketBatch(BATCH);
  batch.bytes = new Uint8Array(frames.reduce((sum, f) => sum + f.length + 16, 0));
  let at = 0;
  for (const [i, frame] of frames.entries()) {
    at += 16;
    batch.bytes.set(frame, at);
    batch.frameOffset[i] = at;
    batch.capLen[i] = batch.wireLen[i] = frame.length;
    batch.linkType[i] = linkType;
    at += frame.length;
  }
  batch.byteLength = at;
  batch.count = frames.length;
  return batch;
}

/** Records of a little-endian classic pcap, cut into batches. */
function batchesOf(file: string): PacketBatch[] {
  const bytes = readFileSync(file);
  const frames: Uint8Array[] = [];
  for (let at = 24; at + 16 <= bytes.length && frames.length < 200 * BATCH;) {
    const length = bytes.readUInt32LE(at + 8);
    frames.push(bytes.subarray(at + 16, at + 16 + length));
    at += 16 + length;
  }
  const batches: PacketBatch[] = [];
  for (let i = 0; i < frames.length; i += BATCH) {
    batches.push(batchOf(frames.slice(i, i + BATCH), bytes.readUInt32LE(20)));
  }
  return batches;
}

function measure(name: string, batches: readonly PacketBatch[]): void {
  const issues = new IssueCounter();
  const packets = batches.reduce((sum, b) => sum + b.count, 0);
  const rounds = Math.max(3, Math.ceil((ROUNDS * BATCH) / packets));
  const run = (): number => {
    const before = process.hrtime.bigint();
    for (let r = 0; r < rounds; r++) for (const batch of batches) decodeHeaders(batch, issues);
    return Number(process.hrtime.bigint() - before) / rounds / packets;
  };
  run();
  const best = Math.min(run(), run(), run());
  process.stdout.write(`${name.padEnd(28)} ${best.toFixed(1).padStart(7)} ns/packet\n`);
}

function many(make: (n: number) => Uint8Array): PacketBatch[] {
  return [batchOf(Array.from({ length: BATCH }, (_, n) => make(n)))];
}

const file = process.argv[2];
if (file !== undefined) {
  measure(file, batchesOf(file));
} else {
  const data = (n: number): Uint8Array => new Uint8Array((n * 37) % 900);
  const mixed = (n: number): Uint8Array =>
    n % 3 === 0
      ? ether({}, ipv4({ protocol: 17 }, udp({}, data(n))))
      : ether({}, ipv4({}, tcp({ ports: [40000 + n, 443] }, data(n))));
  measure(
    'Ethernet IPv4 TCP',
    many((n) => ether({}, ipv4({}, tcp({ ports: [40000 + n, 443] }, data(n))))),
  );
  measure(
    'Ethernet IPv4 UDP',
    many((n) => ether({}, ipv4({ protocol: 17 }, udp({}, data(n))))),
  );
  measure(
    'Ethernet IPv6 TCP',
    many((n) => ether({ type: 0x86dd }, ipv6({}, tcp({}, data(n))))),
  );
  measure('Ethernet mixed', many(mixed));
  measure(
    'VLAN IPv4 TCP (general path)',
    many((n) => ether({ type: 0x8100 }, vlan(7, 0x0800, ipv4({}, tcp({}, data(n)))))),
  );
}
