import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readFrequentText } from '../../src/bytes/text-cache.ts';
import { readText } from '../../src/bytes/text.ts';

test('a kept text is the text that the bytes hold, whatever was read before', () => {
  // Few different bytes, so that texts come again and displace each other.
  const bytes = fc.uint8Array({ minLength: 0, maxLength: 70, max: 3 }).map((each) => each.map((b) => b * 85));
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 20 }), fc.nat(4), (texts, cut) => {
      for (const text of [...texts, ...texts]) {
        assert.equal(readFrequentText(text, cut, text.length), readText(text, cut, text.length));
      }
    }),
  );
});

test('what claims to go on beyond the bytes is cut', () => {
  const bytes = Buffer.from('abc');
  assert.equal(readFrequentText(bytes, 1, 9), 'bc');
  assert.equal(readFrequentText(bytes, 2, 1), '');
});
