import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseIp, parseIpv4 } from '../../src/bytes/parse-ip.ts';
import { MAX_PREFIXES, maskLength, OnLinkPrefixes } from '../../src/device/on-link.ts';

function covers(prefixes: OnLinkPrefixes, address: string): boolean {
  const w = new Uint32Array(4);
  assert.ok(parseIp(address, w));
  return prefixes.covers(w[0]!, w[1]!, w[2]!, w[3]!);
}

test('a prefix covers its addresses and no others, in both families', () => {
  const prefixes = new OnLinkPrefixes();
  prefixes.add(0, 0, 0xffff, parseIpv4('10.1.2.3'), 96 + 22);
  prefixes.add(0x2001_0db8, 0, 0, 0, 64);
  for (const inside of ['10.1.0.0', '10.1.3.255', '2001:db8::9:9'])
    assert.ok(covers(prefixes, inside), inside);
  for (const outside of ['10.1.4.0', '10.0.255.255', '2001:db8:0:1::9', '8.8.8.8'])
    assert.ok(!covers(prefixes, outside), outside);
});

test('an ARP exchange shows the part that both addresses share, within reason', () => {
  const near = new OnLinkPrefixes();
  near.addIpv4Neighbors(parseIpv4('192.168.1.7'), parseIpv4('192.168.1.1'));
  assert.ok(covers(near, '192.168.1.200') && !covers(near, '192.168.2.1'));
  const wide = new OnLinkPrefixes();
  wide.addIpv4Neighbors(parseIpv4('10.0.0.7'), parseIpv4('10.0.3.1'));
  assert.ok(covers(wide, '10.0.2.9') && !covers(wide, '10.0.4.1'));
  const absurd = new OnLinkPrefixes();
  absurd.addIpv4Neighbors(parseIpv4('10.0.0.7'), parseIpv4('192.168.3.1'));
  assert.ok(!covers(absurd, '10.0.0.8'));
});

test('the number of prefixes is bounded', () => {
  const prefixes = new OnLinkPrefixes();
  for (let i = 0; i < 1000; i++) prefixes.add(0x2001_0000 + i, 0, 0, 0, 64);
  const kept = Array.from({ length: 1000 }, (_, i) => prefixes.covers(0x2001_0000 + i, 0, 0, 1)).filter(
    Boolean,
  );
  assert.equal(kept.length, MAX_PREFIXES);
});

test('mask lengths: contiguous masks have theirs, others none', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), (mask) => {
      const bits = mask.toString(2).padStart(32, '0');
      const contiguous = /^1*0*$/.test(bits);
      assert.equal(maskLength(mask), contiguous ? bits.replaceAll('0', '').length : -1);
    }),
  );
  for (let n = 0; n <= 32; n++) assert.equal(maskLength(n === 0 ? 0 : (0xffff_ffff << (32 - n)) >>> 0), n);
});
