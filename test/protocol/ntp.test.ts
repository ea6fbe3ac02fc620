import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type NtpObservation, ntpDecoder } from '../../src/protocol/ntp.ts';
import { decode, decodeOne, hostile } from './decode.ts';
import { be32, bytesOf, hex, zeros } from './write.ts';

const client = bytesOf(0xe3, 0, 6, 0xfa, zeros(36), be32(0xd5000000), be32(1));
const server = bytesOf(
  0x24,
  2,
  3,
  0xe9,
  be32(1),
  be32(2),
  hex('c0a80101'),
  zeros(24),
  be32(0xd5000000),
  be32(1),
);

it('reads the habits of a client', () => {
  assert.deepEqual(decodeOne(ntpDecoder, client), {
    kind: 'ntp',
    version: 4,
    mode: 3,
    leap: 3,
    stratum: 0,
    poll: 6,
    precision: -6,
    referenceId: '',
    filled: 0x40,
    extraBytes: 0,
  });
});

it('reads a server, its reference, and authentication', () => {
  const seen = decodeOne(ntpDecoder, bytesOf(server, zeros(20))) as NtpObservation;
  assert.deepEqual([seen.mode, seen.stratum, seen.referenceId, seen.extraBytes], [4, 2, '192.168.1.1', 20]);
  assert.equal(seen.filled, 0x47);
  const primary = server.slice();
  primary[1] = 1;
  primary.set(bytesOf('GPS', 0), 12);
  assert.equal((decodeOne(ntpDecoder, primary) as NtpObservation).referenceId, 'GPS');
});

it('reads the mode of control messages, and leaves other bytes alone', () => {
  assert.equal((decodeOne(ntpDecoder, bytesOf(0x17, 0, 3, 42, zeros(4))) as NtpObservation).mode, 7);
  assert.equal(decode(ntpDecoder, client.subarray(0, 40)).result, 'foreign');
  assert.equal(decode(ntpDecoder, bytesOf(0x3b, zeros(47))).result, 'foreign');
});

hostile(ntpDecoder, [client, server]);
