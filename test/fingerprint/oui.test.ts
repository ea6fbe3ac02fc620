import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseMac } from '../../src/bytes/address.ts';
import { dataPath } from '../../src/fingerprint/data.ts';
import { describeMac, lookupVendor, ouiDate } from '../../src/fingerprint/oui.ts';
import { readOuiTable, writeOuiTable } from '../../src/fingerprint/oui-format.ts';

test('the registry holds all block sizes, sorted, and says its day', () => {
  const table = readOuiTable(readFileSync(dataPath('oui.bin')));
  assert.ok(table.large.length > 39_000 && table.medium.length > 6_000 && table.small.length > 11_000);
  for (const prefixes of [table.large, table.medium, table.small]) {
    for (let i = 1; i < prefixes.length; i++) assert.ok(prefixes[i - 1]! < prefixes[i]!);
  }
  assert.match(ouiDate(), /^20\d\d-\d\d-\d\d$/);
});

test('well-known blocks of each registry', () => {
  const vendor = (text: string): string => lookupVendor(parseMac(text));
  assert.equal(vendor('00:00:0c:12:34:56'), 'Cisco Systems, Inc');
  assert.equal(vendor('24:0a:c4:00:00:01'), 'Espressif Inc.');
  assert.equal(
    vendor('00:55:da:1f:ff:ff'),
    'KoolPOS Inc.',
    'MA-M inside a block of the registration authority',
  );
  assert.equal(vendor('00:1b:c5:00:01:02'), 'Converging Systems Inc.', 'MA-S');
  assert.equal(vendor('00:50:c2:00:00:11'), 'T.L.S. Corp.', 'IAB');
});

test('addresses without a vendor say why', () => {
  for (const [text, why] of [
    ['01:00:5e:00:00:fb', 'multicast'],
    ['ff:ff:ff:ff:ff:ff', 'multicast'],
    ['02:42:ac:11:00:02', 'locally administered'],
    ['00:00:0c:00:00:00', ''],
  ] as const) {
    assert.equal(describeMac(parseMac(text)), why);
    assert.equal(lookupVendor(parseMac(text)) === '', why !== '');
  }
  assert.equal(lookupVendor(-1), '');
});

test('what is written is what is read, whatever the blocks', () => {
  const hex = (digits: number): fc.Arbitrary<string> =>
    fc.nat(2 ** (digits * 4) - 1).map((n) => n.toString(16).padStart(digits, '0'));
  const key = fc.oneof(hex(6), hex(7), hex(9));
  const blocks = fc.uniqueArray(fc.tuple(key, fc.string({ minLength: 1 })), {
    selector: ([prefix]) => prefix,
  });
  fc.assert(
    fc.property(blocks, (entries) => {
      // Lone surrogates have no UTF-8 form: both sides get the replacement character.
      const wanted = new Map(entries.map(([prefix, name]) => [prefix, Buffer.from(name).toString()]));
      const table = readOuiTable(writeOuiTable(wanted, '2026-01-02'));
      assert.equal(table.date, '2026-01-02');
      const read = new Map<string, string>();
      let owner = 0;
      for (const [prefixes, digits] of [
        [table.large, 6],
        [table.medium, 7],
        [table.small, 9],
      ] as const) {
        for (const prefix of prefixes) {
          const index = table.owners[owner++]!;
          const text = table.text.subarray(table.nameOffsets[index], table.nameOffsets[index + 1]);
          read.set(prefix.toString(16).padStart(digits, '0'), Buffer.from(text).toString('utf8'));
        }
      }
      assert.deepEqual([...read].sort(), [...wanted].sort());
    }),
    { numRuns: 50 },
  );
});

test('a cut or foreign file is refused', () => {
  const bytes = writeOuiTable(
    new Map([
      ['00000c', 'Cisco'],
      ['0055da1', 'KoolPOS'],
    ]),
    '2026-01-02',
  );
  for (let length = 0; length < bytes.length - 7; length++) {
    assert.throws(() => readOuiTable(bytes.slice(0, length)), /OUI table/);
  }
  const foreign = bytes.slice();
  foreign[0] = 0;
  assert.throws(() => readOuiTable(foreign), /not an OUI table/);
});

test('a look-up agrees with a plain longest-prefix search', () => {
  const table = readOuiTable(readFileSync(dataPath('oui.bin')));
  const small = new Set(table.small);
  const medium = new Set(table.medium);
  const large = new Set(table.large);
  const seeded = fc.oneof(
    fc.nat(0xffff_ffff_ffff),
    fc.constantFrom(...table.small.filter((_, i) => i % 97 === 0)).map((p) => p * 0x1000 + 5),
    fc.constantFrom(...Array.from(table.medium).filter((_, i) => i % 97 === 0)).map((p) => p * 0x10_0000 + 5),
    fc
      .constantFrom(...Array.from(table.large).filter((_, i) => i % 397 === 0))
      .map((p) => p * 0x100_0000 + 5),
  );
  fc.assert(
    fc.property(seeded, (mac) => {
      const registered =
        small.has(Math.floor(mac / 0x1000)) ||
        medium.has(Math.floor(mac / 0x10_0000)) ||
        large.has(Math.floor(mac / 0x100_0000));
      if (describeMac(mac) === 'unregistered') assert.ok(!registered);
      if (lookupVendor(mac) !== '') assert.ok(registered);
    }),
  );
});
