import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalChunks, canonicalJson, reportChunks, reportDigest } from '../../src/report/canonical.ts';
import { sampleReport } from './sample.ts';

test('canonical JSON is that of RFC 8785', () => {
  // The example of RFC 8785, section 3.2.2, apart from its lone control characters.
  const value = JSON.parse(
    '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}',
  ) as unknown;
  assert.equal(
    canonicalJson(value),
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
  // Section 3.2.3: by UTF-16 code units, so the surrogate pair sorts before U+FB33.
  assert.equal(
    canonicalJson({ '\ufb33': 1, '\ud83d\ude00': 2, '\u20ac': 3, '\r': 4, '1': 5 }),
    '{"\\r":4,"1":5,"€":3,"😀":2,"\ufb33":1}',
  );
});

test('canonical JSON does not depend on the order of keys and parses back', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value);
      const back = JSON.parse(text) as unknown;
      assert.equal(canonicalJson(back), text);
      assert.equal(canonicalJson(reversed(value)), text);
    }),
  );
});

test('the chunks of an object join to its canonical form', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
      assert.equal([...canonicalChunks(object)].join(''), canonicalJson(object));
    }),
  );
});

test('numbers that JSON cannot hold are a fault of ours', () => {
  assert.throws(() => canonicalJson({ a: NaN }), /finite/);
});

test('the written form is that of JSON.stringify with two spaces', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue(), { minKeys: 1 }), (object) => {
      assert.equal([...reportChunks(object)].join(''), `${JSON.stringify(object, null, 2)}\n`);
    }),
  );
  const report = sampleReport();
  assert.equal([...reportChunks(report)].join(''), `${JSON.stringify(report, null, 2)}\n`);
});

test('the digest can be recomputed from the definition alone', () => {
  const { digest, run: _, ...covered } = sampleReport();
  assert.equal(digest, createHash('sha256').update(canonicalJson(covered)).digest('hex'));
  assert.equal(digest, reportDigest(reversed(covered) as typeof covered));
});

/** The same value with the keys of every object in opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  );
}
