import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type CoapObservation, coapDecoder } from '../../src/protocol/coap.ts';
import { decode, decodeOne, hostile } from './decode.ts';
import { be16, bytesOf, type Part } from './write.ts';

type Option = readonly [number: number, value: Part];

/** Options in ascending order, with extended deltas and lengths where they are needed. */
function message(type: number, code: number, options: readonly Option[], payload: Part = []): Uint8Array {
  let last = 0;
  const field = (n: number): readonly [number, Part] =>
    n < 13 ? [n, []] : n < 269 ? [13, [n - 13]] : [14, be16(n - 269)];
  const encoded = options.map(([number, value]) => {
    const bytes = bytesOf(value);
    const [delta, deltaBytes] = field(number - last);
    const [length, lengthBytes] = field(bytes.length);
    last = number;
    return bytesOf((delta << 4) | length, deltaBytes, lengthBytes, bytes);
  });
  const body = bytesOf(payload);
  return bytesOf(
    0x42 | (type << 4),
    code,
    be16(0x1234),
    [7, 8],
    ...encoded,
    body.length > 0 ? bytesOf(0xff, body) : [],
  );
}

const get = message(0, 1, [
  [3, 'lamp.local'],
  [11, '.well-known'],
  [11, 'core'],
  [15, 'rt=light'],
]);
const content = message(2, (2 << 5) | 5, [[12, [40]]], '</light>;rt="a,b";if="x",</sensors/temp>;ct=0');

describe('coap', () => {
  it('reads a request', () => {
    assert.deepEqual(decodeOne(coapDecoder, get), {
      kind: 'coap',
      messageType: 0,
      code: 1,
      messageId: 0x1234,
      host: 'lamp.local',
      path: '/.well-known/core',
      query: ['rt=light'],
      contentFormat: -1,
      links: [],
      payloadBytes: 0,
    });
  });

  it('reads a resource list', () => {
    const seen = decodeOne(coapDecoder, content) as CoapObservation;
    assert.equal(seen.code, 205);
    assert.deepEqual(seen.links, ['</light>;rt="a,b";if="x"', '</sensors/temp>;ct=0']);
    assert.equal(seen.payloadBytes, 45);
  });

  it('leaves other bytes alone, and tells options that are too long', () => {
    assert.equal(decode(coapDecoder, bytesOf(0x80, 1, 0, 0)).result, 'foreign');
    assert.equal(decode(coapDecoder, bytesOf(0x49, 1, 0, 0)).result, 'foreign');
    assert.deepEqual(decode(coapDecoder, bytesOf(0x40, 1, 0, 0, 0xb5, 'ab')).issues, [
      'message/coap-malformed@4',
    ]);
    assert.deepEqual(decode(coapDecoder, bytesOf(0x40, 1, 0, 0, 0xf1, 'ab')).issues, [
      'message/coap-malformed@4',
    ]);
  });

  it('bounds the number of options', () => {
    const many = message(
      0,
      1,
      Array.from({ length: 80 }, (): Option => [11, 'x'.repeat(20)]),
    );
    const { observations, issues } = decode(coapDecoder, many);
    assert.equal((observations[0] as CoapObservation).path.length, 256);
    assert.equal(issues[0]!.split('@')[0], 'message/message-limit');
  });

  it('reads back any path and query', () => {
    const text = fc.stringMatching(/^[a-z0-9=._-]{1,40}$/);
    fc.assert(
      fc.property(fc.array(text, { maxLength: 4 }), fc.array(text, { maxLength: 4 }), (path, query) => {
        const options = [...path.map((p): Option => [11, p]), ...query.map((q): Option => [15, q])];
        const seen = decodeOne(coapDecoder, message(1, 2, options)) as CoapObservation;
        assert.equal(seen.path, path.map((p) => `/${p}`).join(''));
        assert.deepEqual(seen.query, query);
      }),
      { numRuns: 100 },
    );
  });
});

hostile(coapDecoder, [get, content]);
