import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatIp } from '../../src/bytes/address.ts';
import { parseIp, parseIpv4 } from '../../src/bytes/parse-ip.ts';

const word = fc.oneof(
  fc.constantFrom(0, 1, 0xffff, 0x10000, 0xffff_ffff),
  fc.integer({ min: 0, max: 0xffff_ffff }),
);

test('what is written is read back', () => {
  fc.assert(
    fc.property(word, word, word, word, (a, b, c, d) => {
      const words = new Uint32Array(4);
      assert.ok(parseIp(formatIp(a, b, c, d), words));
      assert.deepEqual([...words], [a, b, c, d]);
    }),
  );
});

test('forms of one address, and what is none', () => {
  const words = new Uint32Array(4);
  for (const text of ['2001:db8::1', '2001:DB8:0:0:0:0:0:1', '2001:0db8::0001']) {
    assert.ok(parseIp(text, words), text);
    assert.deepEqual([...words], [0x2001_0db8, 0, 0, 1], text);
  }
  assert.ok(parseIp('::ffff:10.0.0.1', words));
  assert.deepEqual([...words], [0, 0, 0xffff, 0x0a00_0001]);
  for (const text of [
    '',
    '1.2.3',
    '1.2.3.256',
    '1.2.3.4.5',
    ':',
    ':::',
    '1::2::3',
    '12345::',
    'fe80::1%eth0',
    '1:2:3:4:5:6:7',
    'x',
  ]) {
    assert.equal(parseIp(text, words), false, text);
  }
  assert.equal(parseIpv4('255.255.255.255'), 0xffff_ffff);
  assert.equal(parseIpv4('-1.2.3.4'), -1);
});

test('any text is read or refused, and never throws', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'0123456789abcdef:.g%') }),
      (text) => void parseIp(text, new Uint32Array(4)),
    ),
  );
});
