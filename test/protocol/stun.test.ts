import assert from 'node:assert/strict';
import { it } from 'node:test';
import { stunDecoder } from '../../src/protocol/stun.ts';
import { decode, decodeOne, hostile } from './decode.ts';
import { be16, be32, bytesOf, type Part } from './write.ts';

const cookie = 0x2112a442;
const id = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

function message(type: number, ...attributes: readonly (readonly [number, Part])[]): Uint8Array {
  const body = bytesOf(
    ...attributes.map(([code, value]) => {
      const bytes = bytesOf(value);
      return bytesOf(be16(code), be16(bytes.length), bytes, new Uint8Array(-bytes.length & 3));
    }),
  );
  return bytesOf(be16(type), be16(body.length), be32(cookie), id, body);
}

const request = message(0x0001, [0x0006, 'user:secret'], [0x8022, 'WebRTC']);
const answer = message(0x0101, [0x0020, bytesOf(0, 1, be16(0), be32((0xc0000201 ^ cookie) >>> 0))]);

it('reads software and mapped addresses, and keeps no user', () => {
  assert.deepEqual(decodeOne(stunDecoder, request), {
    kind: 'stun',
    messageType: 1,
    software: 'WebRTC',
    mappedAddress: '',
  });
  assert.deepEqual(decodeOne(stunDecoder, answer), {
    kind: 'stun',
    messageType: 0x0101,
    software: '',
    mappedAddress: '192.0.2.1',
  });
  const plain = message(0x0101, [0x0001, bytesOf(0, 1, be16(0), be32(0xc0000202))]);
  assert.equal((decodeOne(stunDecoder, plain) as { mappedAddress: string }).mappedAddress, '192.0.2.2');
});

it('knows its own on any port', () => {
  assert.equal(stunDecoder.probe!(request, 0, request.length), true);
  assert.equal(stunDecoder.probe!(request, 0, request.length - 1), false);
  const other = request.slice();
  other[4] = 0;
  assert.equal(decode(stunDecoder, other).result, 'foreign');
});

hostile(stunDecoder, [request, answer]);
