import assert from 'node:assert/strict';
import { it } from 'node:test';
import { arpDecoder } from '../../src/protocol/arp.ts';
import { decode, decodeOne, hostile } from './decode.ts';
import { hex } from './write.ts';

const reply = hex('0001 0800 06 04 0002 0017 8821 fd3e c0a8 0102 3c07 5401 0203 c0a8 0103');
const announcement = hex('0001 0800 06 04 0001 0017 8821 fd3e c0a8 0102 0000 0000 0000 c0a8 0102');

it('reads a reply', () => {
  assert.deepEqual(decodeOne(arpDecoder, reply), {
    kind: 'arp',
    operation: 2,
    senderMac: 0x00178821fd3e,
    senderIp: 0xc0a80102,
    targetMac: 0x3c0754010203,
    targetIp: 0xc0a80103,
    gratuitous: false,
  });
});

it('knows an announcement, and that a probe is none', () => {
  const probe = hex('0001 0800 06 04 0001 0017 8821 fd3e 0000 0000 0000 0000 0000 0000 0000');
  assert.equal((decodeOne(arpDecoder, announcement) as { gratuitous: boolean }).gratuitous, true);
  assert.equal((decodeOne(arpDecoder, probe) as { gratuitous: boolean }).gratuitous, false);
});

it('tells contradictory lengths and leaves other hardware alone', () => {
  const lengths = reply.slice();
  lengths[4] = 8;
  assert.deepEqual(decode(arpDecoder, lengths).issues, ['message/arp-malformed@4']);
  const infiniband = reply.slice();
  infiniband[1] = 32;
  assert.equal(decode(arpDecoder, infiniband).result, 'foreign');
});

hostile(arpDecoder, [reply, announcement]);
