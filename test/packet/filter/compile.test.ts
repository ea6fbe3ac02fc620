import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { LanscopeError } from '../../../src/bytes/error.ts';
import { PacketBatch } from '../../../src/packet/batch.ts';
import { decodeHeaders } from '../../../src/packet/decode.ts';
import { compileFilter } from '../../../src/packet/filter/compile.ts';
import { IssueCounter } from '../../../src/packet/issue.ts';
import { ether, ipv6, ipv6Extension, udp, vlan } from '../build-frame.ts';
import { CORE_IPV4, ENCAPSULATED } from '../encapsulated.ts';
import { COUNTS, FRAMES } from './frames.ts';

function batchOf(frames: readonly Uint8Array[]): PacketBatch {
  const batch = new PacketBatch(frames.length);
  batch.bytes = new Uint8Array(frames.reduce((sum, f) => sum + f.length, 0));
  let at = 0;
  for (const [i, frame] of frames.entries()) {
    batch.bytes.set(frame, at);
    batch.frameOffset[i] = at;
    batch.capLen[i] = batch.wireLen[i] = frame.length;
    batch.linkType[i] = 1;
    at += frame.length;
  }
  batch.byteLength = at;
  batch.count = frames.length;
  decodeHeaders(batch, new IssueCounter());
  return batch;
}

function count(expression: string, frames: readonly Uint8Array[]): number {
  const batch = batchOf(frames);
  const wanted = compileFilter(expression);
  return frames.filter((_, i) => wanted(batch, i)).length;
}

test('each expression accepts as many frames as it should', () => {
  for (const [expression, expected] of COUNTS) assert.equal(count(expression, FRAMES), expected, expression);
});

test('tcpdump accepts as many', (t) => {
  if (spawnSync('tcpdump', ['--version']).status !== 0) return t.skip('tcpdump is not installed');
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65535, 16);
  header.writeUInt32LE(1, 20);
  const records = FRAMES.flatMap((frame) => {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(frame.length, 8);
    record.writeUInt32LE(frame.length, 12);
    return [record, frame];
  });
  const capture = Buffer.concat([header, ...records]);
  for (const [expression, expected] of COUNTS) {
    const { stdout, stderr } = spawnSync('tcpdump', ['-n', '-r', '-', '--count', expression], {
      input: capture,
      encoding: 'utf8',
    });
    assert.match(stdout, new RegExp(`^${expected} packets?$`, 'm'), `${expression}: ${stdout}${stderr}`);
  }
});

test('tags, tunnels and extension headers are looked through', () => {
  const tagged = ether({ type: 0x88a8 }, vlan(7, 0x8100, vlan(8, 0x0800, CORE_IPV4)));
  const hopByHop = ether(
    { type: 0x86dd },
    ipv6({ nextHeader: 0 }, ipv6Extension(17, new Uint8Array(6), udp({}))),
  );
  const plain = ether({}, CORE_IPV4);
  const frames = [tagged, hopByHop, plain];
  assert.equal(count('udp port 9999', frames), 3);
  assert.equal(count('udp[2:2] = 9999', frames), 3);
  assert.equal(count('vlan', frames), 1);
  assert.equal(count('vlan 8 and udp', frames), 1);
  assert.equal(count('vlan 9', frames), 0);
  const tunnels = ENCAPSULATED.filter((e) => e.tunnelDepth > 0).map((e) => e.frame);
  assert.equal(count('udp port 9999', tunnels), tunnels.length);
});

test('bytes that were not captured make a relation false', () => {
  const batch = batchOf(FRAMES);
  for (let i = 0; i < batch.count; i++) {
    for (const expression of [
      'ether[5000] = 0',
      'ether[5000] != 0',
      'ip[65535:4] >= 0',
      'ether[0 - 1] >= 0',
      '1 / 0 = 0',
    ]) {
      assert.equal(compileFilter(expression)(batch, i), false, expression);
    }
  }
});

test('a wrong expression says what and where', () => {
  const cases: readonly (readonly [string, number, RegExp])[] = [
    ['tcp prt 80', 5, /"prt" is not an address/],
    ['port', 5, /is missing/],
    ['(tcp or udp', 12, /"\)" is missing/],
    ['tcp port 99999', 10, /not a port/],
    ['host foo.example', 6, /names are not looked up/],
    ['tcp[0:3] = 1', 7, /size must be 1, 2 or 4/],
    ['net 10.0.0.1/8', 5, /outside of the mask/],
    ['80', 1, /say what the number is/],
    ['tcp @', 5, /not part of the language/],
    ['ip and mpls', 8, /mpls is not supported/],
    ['vlan 5000', 6, /VLAN id/],
    ['ether host 1.2.3.4', 12, /not a MAC address/],
    ['host 02:00:00:00:00:01', 6, /goes with ether/],
    ['tcp)', 4, /unexpected "\)"/],
    ['tcp[13] &', 10, /is missing/],
    ['(tcp[13] & 2', 13, /"\)" is missing|comparison/],
    ['ip6 host 1.2.3.4', 10, /does not go with ip6/],
    [`${'('.repeat(500)}tcp${')'.repeat(500)}`, 65, /nested too deeply/],
  ];
  for (const [expression, column, what] of cases) {
    assert.throws(
      () => compileFilter(expression),
      (error: unknown) => {
        assert.ok(error instanceof LanscopeError, expression);
        assert.equal(error.code, 'FILTER_INVALID');
        assert.match(error.message, what, expression);
        assert.ok(error.message.includes(`(column ${column})`), `${expression}: ${error.message}`);
        const [, shown, caret] = error.message.split('\n');
        assert.equal(shown![caret!.indexOf('^')] ?? '', expression[column - 1] ?? '');
        return true;
      },
    );
  }
});

test('any text is a filter or a FILTER_INVALID', () => {
  const word = fc.constantFrom(
    ...'tcp udp ip ip6 arp ether host net port src dst or and not ( ) [ ] & | = != 80 10.0.0.1 fe80::1 len vlan proto less ! / : - 0x1f \\ip'.split(
      ' ',
    ),
  );
  const batch = batchOf(FRAMES);
  let accepted = 0;
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(word, { maxLength: 9 }).map((w) => w.join(' ')),
        fc.string(),
      ),
      (expression) => {
        try {
          const wanted = compileFilter(expression);
          accepted++;
          for (let i = 0; i < batch.count; i++) assert.equal(typeof wanted(batch, i), 'boolean');
        } catch (error) {
          assert.ok(error instanceof LanscopeError, String(error));
        }
      },
    ),
    { numRuns: 3000 },
  );
  assert.ok(accepted > 50);
});
