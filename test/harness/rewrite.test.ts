import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { openCaptures } from '../../src/capture/open.ts';
import { type NetworkMapping, parseNetworkMapping } from '../../src/harness/replay/network-mapping.ts';
import { FrameRewriter } from '../../src/harness/replay/rewrite.ts';

const hex = (text: string) => text.replaceAll(/[:\s]/g, '');
const mac = (from: string, to: string) => [hex(from), Buffer.from(hex(to), 'hex')] as const;
const network = (text: string): NetworkMapping => parseNetworkMapping(text) ?? assert.fail(text);

/** Every frame of bundled captures that is Ethernet. */
async function frames(...names: string[]): Promise<Buffer[]> {
  const found: Buffer[] = [];
  for (const name of names) {
    const path = join(import.meta.dirname, '../../corpus', name, 'capture.pcapng');
    for await (const batch of openCaptures([path], { noHash: true })) {
      for (let i = batch.start; i < batch.count; i++) {
        const at = batch.frameOffset[i]!;
        found.push(Buffer.from(batch.bytes.subarray(at, at + batch.capLen[i]!)));
      }
    }
  }
  return found;
}

function onesSum(bytes: Uint8Array, start = 0): number {
  let sum = start;
  for (let i = 0; i < bytes.length; i += 2) sum += bytes[i]! * 256 + (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum % 0x10000) + Math.floor(sum / 0x10000);
  return sum;
}

/** Whether the checksums of a frame are right; null for what has none. Untagged, no IPv6 extension headers. */
function checksums(frame: Buffer): { header: boolean | null; payload: boolean | null } | null {
  const type = frame.readUInt16BE(12);
  const isV4 = type === 0x0800;
  if (!isV4 && type !== 0x86dd) return null;
  const ip = frame.subarray(14);
  const headerBytes = isV4 ? (ip[0]! & 15) * 4 : 40;
  const total = isV4 ? ip.readUInt16BE(2) : 40 + ip.readUInt16BE(4);
  const protocol = isV4 ? ip[9]! : ip[6]!;
  const payload = ip.subarray(headerBytes, total);
  const header = isV4 ? onesSum(ip.subarray(0, headerBytes)) === 0xffff : null;
  const fragment = isV4 && (ip.readUInt16BE(6) & 0x3fff) !== 0;
  const covered = protocol === 6 || protocol === 17 || (protocol === 58 && !isV4);
  const none = protocol === 17 && payload.length >= 8 && payload.readUInt16BE(6) === 0;
  if (!covered || none || fragment || ip.length < total) return { header, payload: null };
  const addresses = isV4 ? ip.subarray(12, 20) : ip.subarray(8, 40);
  const pseudo = onesSum(addresses) + protocol + payload.length;
  return { header, payload: onesSum(payload, pseudo) === 0xffff };
}

describe('addresses rewritten in frames', () => {
  const networks = [network('192.168.1.0/24=10.9.8.0/24'), network('fe80::/64=fd00:1:2:3::/64')];

  test('every checksum stays as right as it was, and the way back gives the same bytes', async () => {
    const macs = new Map([mac('b8:27:eb:12:34:56', '02:00:00:00:00:01')]);
    const there = new FrameRewriter({ macs, networks });
    const back = new FrameRewriter({
      macs: new Map([mac('02:00:00:00:00:01', 'b8:27:eb:12:34:56')]),
      networks: [network('10.9.8.0/24=192.168.1.0/24'), network('fd00:1:2:3::/64=fe80::/64')],
    });
    let changed = 0;
    let right = 0;
    for (const frame of await frames('home-lan', 'port-scan', 'arp-spoof')) {
      const copy = Buffer.from(frame);
      there.rewrite(copy, copy.length);
      assert.deepEqual(checksums(copy), checksums(frame), frame.toString('hex'));
      if (checksums(copy)?.payload === true) right++;
      if (!copy.equals(frame)) changed++;
      back.rewrite(copy, copy.length);
      assert.ok(copy.equals(frame), frame.toString('hex'));
    }
    assert.ok(changed > 500 && right > 100, `${changed} changed, ${right} with a right checksum`);
  });

  test('ARP: sender and target, and nothing else', () => {
    const from = '0a0b0c0d0e0f';
    const frame = Buffer.from(
      `ffffffffffff${from}08060001080006040001${from}c0a80105000000000000c0a801fe${from}c0a80105`,
      'hex',
    );
    const rewriter = new FrameRewriter({ macs: new Map([mac(from, '020000000001')]), networks });
    rewriter.rewrite(frame, frame.length);
    assert.equal(
      frame.toString('hex'),
      `ffffffffffff020000000001080600010800060400010200000000010a090805000000000000` +
        // What follows the message is not a part of it.
        `0a0908fe${from}c0a80105`,
    );
    const cut = Buffer.from(`${from}${from}08060001080006040001${from}`, 'hex');
    rewriter.rewrite(cut, cut.length);
    assert.equal(cut.toString('hex', 22), from, 'a cut message is left alone');
  });

  test('behind VLAN tags, in neighbor discovery with its target and link-layer address', () => {
    const target = 'fe800000000000000000000000000001';
    const message = `8700XXXX00000000${target}0101${'0a0b0c0d0e0f'}`;
    const source = 'fe800000000000000000000000000002';
    const pseudo = Buffer.from(`${source}${target}000000200000003a${message.replace('XXXX', '0000')}`, 'hex');
    const sum = (~onesSum(pseudo) & 0xffff).toString(16).padStart(4, '0');
    const ip = `600000000020 3aff${source}${target}${message.replace('XXXX', sum)}`.replaceAll(' ', '');
    const frame = Buffer.from(
      `3333ff0000010a0b0c0d0e0f88a80001810000 0286dd${ip}`.replaceAll(' ', ''),
      'hex',
    );
    new FrameRewriter({
      macs: new Map([mac('0a:0b:0c:0d:0e:0f', '02:00:00:00:00:01')]),
      networks,
    }).rewrite(frame, frame.length);
    const untagged = Buffer.concat([frame.subarray(0, 12), frame.subarray(20)]);
    assert.deepEqual(checksums(untagged), { header: null, payload: true });
    const text = untagged.toString('hex');
    assert.equal(text.split('020000000001').length - 1, 2, 'header and option');
    assert.equal(text.split('fd00000100020003').length - 1, 3, 'source, destination and target');
    assert.ok(!text.includes('fe80') && !text.includes('0a0b0c0d0e0f'));
  });

  test('UDP without a checksum stays without', () => {
    const udp = '0035003500080000';
    const frame = Buffer.from(
      `0200000000010200000000020800 4500001c00000000401100 00c0a80101c0a80102${udp}`.replaceAll(' ', ''),
      'hex',
    );
    new FrameRewriter({ macs: new Map(), networks }).rewrite(frame, frame.length);
    assert.equal(frame.toString('hex', 34), udp);
    assert.equal(frame.toString('hex', 26, 34), '0a0908010a090802');
  });

  test('whatever the frame holds: no throw, nothing behind its end, every captured beginning', () => {
    const rewriter = new FrameRewriter({
      macs: new Map([mac('000000000000', '020000000001')]),
      networks: [network('0.0.0.0/0=1.2.3.4/0'), network('::/1=8000::/1')],
    });
    const types = fc.constantFrom('0800', '0806', '86dd', '8100', '88a8');
    fc.assert(
      fc.property(types, fc.uint8Array({ maxLength: 120 }), fc.nat({ max: 130 }), (type, rest, cut) => {
        const head = Buffer.from(`000000000000000000000000${type}`, 'hex');
        // Plausible first bytes, so that the walk goes on.
        if (type === '0800' && rest.length > 0) rest[0] = 0x45;
        if (type === '86dd' && rest.length > 0) rest[0] = 0x60;
        const frame = Buffer.concat([head, rest, Buffer.alloc(40, 0xee)]);
        const length = Math.min(cut, head.length + rest.length);
        const before = Buffer.from(frame.subarray(length));
        rewriter.rewrite(frame, length);
        assert.ok(frame.subarray(length).equals(before));
      }),
      { numRuns: 2000 },
    );
  });

  test('mappings: addresses and networks of one family and size', () => {
    assert.deepEqual(network('10.0.0.1=10.0.0.2').prefix, 32);
    assert.deepEqual(network('2001:db8::/32=fd00::/32').prefix, 32);
    for (const text of [
      '',
      '10.0.0.1',
      '10.0.0.1=::1',
      '10.0.0.0/8=10.0.0.0/9',
      '1.2.3.4/33=1.2.3.4/33',
      'a=b',
      '1.1.1.1=2.2.2.2=3.3.3.3',
    ]) {
      assert.equal(parseNetworkMapping(text), null, text);
    }
  });
});
