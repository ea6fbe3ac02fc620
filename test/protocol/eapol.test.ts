import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type EapolObservation, eapolDecoder } from '../../src/protocol/eapol.ts';
import { decode, decodeOne, hostile } from './decode.ts';
import { be16, bytesOf, zeros } from './write.ts';

function key(info: number, dataBytes: number): Uint8Array {
  return bytesOf(2, 3, be16(95 + dataBytes), 2, be16(info), zeros(90), be16(dataBytes), zeros(dataBytes));
}
const identity = bytesOf(1, 0, be16(10), 2, 1, be16(10), 1, 'alice');

it('numbers the messages of the 4-way handshake', () => {
  const number = (message: Uint8Array): number =>
    (decodeOne(eapolDecoder, message) as EapolObservation).handshakeMessage;
  assert.equal(number(key(0x008a, 0)), 1);
  assert.equal(number(key(0x010a, 22)), 2);
  assert.equal(number(key(0x13ca, 56)), 3);
  assert.equal(number(key(0x030a, 0)), 4);
  assert.equal(number(key(0x0109, 0)), 4);
  assert.equal(number(key(0x1382, 40)), 0);
});

it('reads EAP, and keeps no identity', () => {
  const seen = decodeOne(eapolDecoder, identity);
  assert.deepEqual(seen, {
    kind: 'eapol',
    version: 1,
    packetType: 0,
    eapCode: 2,
    eapType: 1,
    handshakeMessage: 0,
  });
});

it('tells a body that is longer than the frame', () => {
  assert.deepEqual(decode(eapolDecoder, bytesOf(2, 3, be16(95), 2)).issues, ['message/eapol-malformed@2']);
  assert.equal(decode(eapolDecoder, bytesOf(9, 3, be16(0))).result, 'foreign');
});

hostile(eapolDecoder, [key(0x010a, 22), identity]);
