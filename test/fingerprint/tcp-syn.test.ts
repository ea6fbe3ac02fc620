import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Claims, collectFingerprint } from '../../src/fingerprint/collect.ts';
import { builtInKnowledge } from '../../src/fingerprint/knowledge.ts';
import { formatSyn, SynFingerprints } from '../../src/fingerprint/tcp-syn.ts';
import { PacketBatch } from '../../src/packet/batch.ts';
import { LAYER, TCP_FLAG } from '../../src/packet/layer.ts';

interface Syn {
  readonly options: readonly number[];
  readonly ttl?: number;
  readonly window?: number;
  readonly flags?: number;
  readonly mac?: number;
}

/** One TCP header per row; only what a signature is made of is filled in. */
function batchOf(...syns: readonly Syn[]): PacketBatch {
  const batch = new PacketBatch(syns.length);
  batch.bytes = new Uint8Array(syns.length * 64);
  batch.byteLength = batch.bytes.length;
  batch.count = syns.length;
  syns.forEach(
    ({ options, ttl = 64, window = 64240, flags = TCP_FLAG.syn, mac = 0x24_0a_c4_00_00_01 }, i) => {
      batch.layers[i] = LAYER.ethernet | LAYER.ipv4 | LAYER.tcp;
      batch.ttl[i] = ttl;
      batch.tcpFlags[i] = flags;
      batch.tcpWindow[i] = window;
      batch.srcMac[i] = mac;
      batch.transportOffset[i] = i * 64;
      batch.payloadOffset[i] = i * 64 + 20 + options.length;
      batch.bytes.set(options, i * 64 + 20);
    },
  );
  return batch;
}

const MSS = [2, 4, 0x05, 0xb4];
const SACK = [4, 2];
const TIME = [8, 10, 1, 2, 3, 4, 0, 0, 0, 0];
const SCALE = [3, 3, 7];
const LINUX = [...MSS, ...SACK, ...TIME, 1, ...SCALE];
const WINDOWS = [...MSS, 1, 3, 3, 8, 1, 1, ...SACK];

function osOf(signature: string): string {
  let os = '';
  const claims = new Claims((evidence) => (os = evidence.supports.os ?? ''), builtInKnowledge());
  collectFingerprint('tcp.syn', signature, claims);
  return os;
}

test('signatures of common stacks, and what they support', () => {
  const batch = batchOf(
    { options: LINUX },
    { options: WINDOWS, ttl: 128 },
    { options: [2, 4, 0x05, 0xa0], window: 5744 },
    { options: [] },
  );
  assert.equal(formatSyn(batch, 0), '64:64240:MSTNW:1460:7');
  assert.equal(formatSyn(batch, 1), '128:64240:MNWNNS:1460:8');
  assert.equal(formatSyn(batch, 2), '64:5744:M:1440:-');
  assert.equal(formatSyn(batch, 3), '64:64240:-:-:-');
  assert.deepEqual(
    [0, 1, 2, 3].map((i) => osOf(formatSyn(batch, i))),
    ['Linux', 'Windows', 'lwIP', ''],
  );
});

test('only attempts that start here: no answers, nothing forwarded, no repetition', () => {
  const syns = new SynFingerprints();
  const batch = batchOf(
    { options: LINUX },
    { options: [...MSS, ...SACK, 8, 10, 9, 9, 9, 9, 0, 0, 0, 0, 1, ...SCALE] },
    { options: LINUX, flags: TCP_FLAG.syn | TCP_FLAG.ack },
    { options: LINUX, ttl: 57 },
    { options: LINUX, mac: 0x24_0a_c4_00_00_02 },
    { options: WINDOWS, ttl: 128 },
  );
  const seen = [0, 1, 2, 3, 4, 5].map((i) => syns.signature(batch, i) !== '');
  assert.deepEqual(seen, [true, false, false, false, true, true]);
});

test('options of any bytes: bounded, no throw, and nothing that runs over its end', () => {
  const options = fc.uint8Array({ maxLength: 40 }).map((bytes) => [...bytes]);
  fc.assert(
    fc.property(options, fc.constantFrom(32, 64, 128, 255), (bytes, ttl) => {
      const batch = batchOf({ options: bytes, ttl });
      const signature = formatSyn(batch, 0);
      assert.match(signature, /^$|^\d+:64240:(?:-|[ENMWST?]{1,40}):(?:-|\d{1,5}):(?:-|\d{1,3})$/);
      const syns = new SynFingerprints();
      assert.equal(syns.signature(batch, 0), signature);
      assert.equal(syns.signature(batch, 0), '');
    }),
  );
  assert.equal(formatSyn(batchOf({ options: [2, 40, 1] }), 0), '');
  assert.equal(formatSyn(batchOf({ options: [2, 0] }), 0), '');
});
