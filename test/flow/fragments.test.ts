import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FragmentReassembler } from '../../src/flow/fragments.ts';
import { PacketBatch } from '../../src/packet/batch.ts';
import { decodeHeaders } from '../../src/packet/decode.ts';
import { ISSUE, IssueCounter } from '../../src/packet/issue.ts';
import { LAYER } from '../../src/packet/layer.ts';

const CONFIG = { maxFragmented: 4, fragmentTimeoutMs: 30_000 };

/** A UDP datagram from port 1000 to 2000 with `length` bytes of payload, 0, 1, 2, … */
function udp(length: number): Uint8Array {
  const bytes = new Uint8Array(8 + length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 1000);
  view.setUint16(2, 2000);
  view.setUint16(4, bytes.length);
  for (let n = 0; n < length; n++) bytes[8 + n] = n & 255;
  return bytes;
}

interface Part {
  readonly from: number;
  readonly to: number;
  readonly more: boolean;
  readonly fill?: number;
}

function fragmentV4(data: Uint8Array, { from, to, more, fill }: Part, id: number): Uint8Array {
  const bytes = new Uint8Array(20 + to - from);
  const view = new DataView(bytes.buffer);
  bytes[0] = 0x45;
  view.setUint16(2, bytes.length);
  view.setUint16(4, id);
  view.setUint16(6, (more ? 0x2000 : 0) | (from >>> 3));
  bytes[8] = 64;
  bytes[9] = 17;
  bytes.set([10, 0, 0, 1, 10, 0, 0, 2], 12);
  bytes.set(fill === undefined ? data.subarray(from, to) : new Uint8Array(to - from).fill(fill), 20);
  return bytes;
}

function fragmentV6(data: Uint8Array, { from, to, more, fill }: Part, id: number): Uint8Array {
  const bytes = new Uint8Array(48 + to - from);
  const view = new DataView(bytes.buffer);
  bytes[0] = 0x60;
  view.setUint16(4, bytes.length - 40);
  bytes[6] = 44;
  bytes[7] = 64;
  bytes[23] = 1;
  bytes[39] = 2;
  bytes[40] = 17;
  view.setUint16(42, from | (more ? 1 : 0));
  view.setUint32(44, id);
  bytes.set(fill === undefined ? data.subarray(from, to) : new Uint8Array(to - from).fill(fill), 48);
  return bytes;
}

function rawBatch(frame: Uint8Array, at = 1, capLen = frame.length): PacketBatch {
  const batch = new PacketBatch(1);
  batch.bytes = frame;
  batch.byteLength = frame.length;
  batch.count = 1;
  batch.capLen[0] = capLen;
  batch.wireLen[0] = frame.length;
  batch.tsSeconds[0] = at;
  batch.linkType[0] = 101;
  decodeHeaders(batch, new IssueCounter());
  assert.ok((batch.layers[0]! & LAYER.fragment) !== 0);
  return batch;
}

function payloadOf(batch: PacketBatch): Uint8Array {
  const at = batch.payloadOffset[0]!;
  return batch.bytes.slice(at, at + batch.payloadCapLen[0]!);
}

/** Cuts at multiples of eight. */
function partsOf(length: number, cuts: readonly number[]): Part[] {
  const edges = [...new Set(cuts.map((cut) => (cut % Math.max(1, Math.floor(length / 8))) * 8))]
    .filter((edge) => edge > 0 && edge < length)
    .sort((a, b) => a - b);
  return [0, ...edges].map((from, n) => ({ from, to: edges[n] ?? length, more: edges[n] !== undefined }));
}

for (const [family, fragment] of [
  ['IPv4', fragmentV4],
  ['IPv6', fragmentV6],
] as const) {
  test(`${family} datagrams are whole again in any order, with repetitions`, () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 20, max: 3000 }),
        fc.array(fc.nat(400), { minLength: 1, maxLength: 12 }),
        fc.array(fc.nat(1000), { maxLength: 30 }),
        (length, cuts, order) => {
          const data = udp(length);
          const parts = partsOf(data.length, cuts);
          fc.pre(parts.length > 1);
          const sequence = [...order.map((n) => n % parts.length), ...parts.keys()];
          const issues = new IssueCounter();
          const reassembler = new FragmentReassembler(CONFIG, issues);
          const seen = new Set<number>();
          for (const n of sequence) {
            const whole = reassembler.offer(rawBatch(fragment(data, parts[n]!, 7)), 0);
            seen.add(n);
            assert.equal(whole !== null, seen.size === parts.length);
            if (whole === null) continue;
            assert.deepEqual(payloadOf(whole), data.subarray(8));
            assert.equal(whole.srcPort[0], 1000);
            assert.equal(whole.layers[0]! & LAYER.fragment, 0);
            seen.clear();
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  test(`${family}: the first bytes of a place stay, and the overlap is counted`, () => {
    const data = udp(56);
    const issues = new IssueCounter();
    const reassembler = new FragmentReassembler(CONFIG, issues);
    assert.equal(reassembler.offer(rawBatch(fragment(data, { from: 0, to: 32, more: true }, 9)), 0), null);
    const forged = { from: 16, to: 64, more: false, fill: 0xff };
    const whole = reassembler.offer(rawBatch(fragment(data, forged, 9)), 0);
    const payload = payloadOf(whole!);
    assert.deepEqual(payload.subarray(0, 24), data.subarray(8, 32));
    assert.deepEqual(payload.subarray(24), new Uint8Array(32).fill(0xff));
    assert.equal(issues.count[ISSUE['stream/fragment-overlap']], 1);
  });
}

test('datagrams beyond the bound and beyond their time are dropped and counted', () => {
  const issues = new IssueCounter();
  const reassembler = new FragmentReassembler(CONFIG, issues);
  const data = udp(56);
  const first = { from: 0, to: 32, more: true };
  const last = { from: 32, to: 64, more: false };
  for (let id = 0; id < 5; id++) reassembler.offer(rawBatch(fragmentV4(data, first, id)), 0);
  assert.equal(issues.count[ISSUE['stream/fragment-limit']], 1);
  assert.equal(reassembler.offer(rawBatch(fragmentV4(data, last, 0)), 0), null, 'the oldest gave way');
  assert.notEqual(reassembler.offer(rawBatch(fragmentV4(data, last, 4)), 0), null);
  assert.equal(reassembler.offer(rawBatch(fragmentV4(data, last, 3), 40), 0), null, 'too late');
});

test('a fragment cut by the snaplen leaves a datagram cut there', () => {
  const data = udp(120);
  const reassembler = new FragmentReassembler(CONFIG, new IssueCounter());
  reassembler.offer(rawBatch(fragmentV4(data, { from: 0, to: 64, more: true }, 1), 1, 20 + 40), 0);
  const whole = reassembler.offer(rawBatch(fragmentV4(data, { from: 64, to: 128, more: false }, 1)), 0)!;
  assert.equal(whole.payloadLen[0], 120);
  assert.equal(whole.payloadCapLen[0], 32);
  assert.deepEqual(payloadOf(whole), data.subarray(8, 40));
});

test('a datagram longer than IP can say is refused', () => {
  const issues = new IssueCounter();
  const reassembler = new FragmentReassembler(CONFIG, issues);
  const data = udp(200);
  const beyond = fragmentV4(data, { from: 0, to: 128, more: false }, 1);
  new DataView(beyond.buffer).setUint16(6, 0x1fff);
  assert.equal(reassembler.offer(rawBatch(beyond), 0), null);
  assert.equal(issues.count[ISSUE['stream/fragment-limit']], 1);
});
