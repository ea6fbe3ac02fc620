import assert from 'node:assert/strict';
import { it } from 'node:test';
import { icmpRedirectDecoder } from '../../src/protocol/icmp-redirect.ts';
import { decode, decodeOne, hostile } from './decode.ts';
import { be16, be32, bytesOf, zeros } from './write.ts';

const quoted = bytesOf(0x45, 0, be16(40), zeros(12), be32(0x08080808));
const redirect = bytesOf(5, 1, be16(0), be32(0xc0a80109), quoted, zeros(8));

it('reads gateway and destination', () => {
  assert.deepEqual(decodeOne(icmpRedirectDecoder, redirect), {
    kind: 'icmp-redirect',
    code: 1,
    gateway: 0xc0a80109,
    destination: 0x08080808,
  });
});

it('leaves echo and short messages alone', () => {
  assert.equal(decode(icmpRedirectDecoder, bytesOf(8, zeros(40))).result, 'foreign');
  assert.equal(decode(icmpRedirectDecoder, redirect.subarray(0, 27)).result, 'foreign');
});

hostile(icmpRedirectDecoder, [redirect]);
