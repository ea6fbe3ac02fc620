/** What holds for every decoder of the one list. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { PROTOCOLS } from '../../src/protocol/list.ts';
import { decode, decodeRange } from './decode.ts';

const EMPTY = new Uint8Array(0);

describe('protocols', () => {
  it('have lower-case names and can be reached', () => {
    for (const { name, triggers, probe } of PROTOCOLS) {
      assert.match(name, /^[a-z0-9][a-z0-9-]*$/);
      assert.ok(triggers.length > 0 || probe !== undefined, `${name} has a trigger or a probe`);
    }
  });

  it('say nothing of no bytes', () => {
    for (const decoder of PROTOCOLS) {
      const { result, observations } = decode(decoder, EMPTY);
      assert.notEqual(result, 'done', decoder.name);
      assert.deepEqual(observations, [], decoder.name);
    }
  });

  it('mean the same wherever the bytes lie, and never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(50), (bytes, before) => {
        const buffer = new Uint8Array(before + bytes.length + 50).fill(0x7b);
        buffer.set(bytes, before);
        for (const decoder of PROTOCOLS) {
          const alone = decode(decoder, bytes);
          assert.deepEqual(decodeRange(decoder, buffer, before, before + bytes.length), alone, decoder.name);
          if (decoder.probe !== undefined) {
            const probed = decoder.probe(bytes, 0, bytes.length);
            assert.equal(decoder.probe(buffer, before, before + bytes.length), probed, decoder.name);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});
