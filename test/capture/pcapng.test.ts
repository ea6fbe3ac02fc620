import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MAX_COMMENTS } from '../../src/capture/limits.ts';
import { openMemory } from '../../src/capture/memory.ts';
import { split, splitTime, timeUnit } from '../../src/capture/pcapng-time.ts';
import { NO_LINK_TYPE } from '../../src/packet/batch.ts';
import { type Packet, SIZES, essence, packetArbitrary, readAll } from './packet.ts';
import { PcapngWriter, text } from './write-pcapng.ts';

const RESOLUTION = 9;
const OFFSET = 14;

/** Units of 10^-9 s, 10^-6 s, or 2^-20 s in a packet's time (which must be whole in them). */
function unitsOf(packet: Packet, perSecond: bigint): bigint {
  return BigInt(packet.seconds) * perSecond + (BigInt(packet.nanos) * perSecond) / 1_000_000_000n;
}

test('several sections and interfaces in both byte orders are read back', async () => {
  const packet = fc.record({ packet: packetArbitrary(1000), iface: fc.integer({ min: 0, max: 2 }) });
  const section = fc.record({ littleEndian: fc.boolean(), packets: fc.array(packet, { maxLength: 6 }) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(section, { minLength: 1, maxLength: 4 }),
      fc.constantFrom(...SIZES),
      async (sections, sizes) => {
        const files = sections.map(({ littleEndian, packets }) => {
          const writer = new PcapngWriter(littleEndian).section();
          writer.interface(1, 0).interface(113, 0, [{ code: RESOLUTION, value: Uint8Array.of(9) }]);
          writer.interface(101, 0, [{ code: OFFSET, value: writer.uint64(-5n) }]);
          for (const { packet: p, iface } of packets) {
            const later = iface === 2 ? { ...p, seconds: p.seconds + 5 } : p;
            writer.enhancedPacket(
              iface,
              unitsOf(later, iface === 1 ? 1_000_000_000n : 1_000_000n),
              p.bytes,
              p.wireLen,
            );
          }
          return writer.bytes;
        });
        const source = openMemory(Uint8Array.from(Buffer.concat(files)), sizes);
        const read = await readAll(source);
        assert.deepEqual(essence(read), essence(sections.flatMap((s) => s.packets.map((p) => p.packet))));
        const expected = sections.flatMap((s, n) =>
          s.packets.map((p) => [n * 3 + p.iface, [1, 113, 101][p.iface]]),
        );
        assert.deepEqual(
          read.map((p) => [p.interfaceId, p.linkType]),
          expected,
        );
        assert.equal(source.inputs[0]!.interfaces.length, sections.length * 3);
        assert.equal(source.inputs[0]!.timeDigits, 9);
        assert.equal(source.inputs[0]!.damage, null);
      },
    ),
    { numRuns: 80 },
  );
});

test('times are exact for every resolution', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
      fc.integer({ min: 0, max: 255 }),
      (units, resolution) => {
        const exponent = BigInt(resolution & 0x7f);
        const perSecond = resolution & 0x80 ? 1n << exponent : 10n ** exponent;
        splitTime(Number(units >> 32n), Number(units & 0xffff_ffffn), timeUnit(resolution));
        assert.equal(split.seconds, Number(units / perSecond));
        assert.equal(split.nanos, Number(((units % perSecond) * 1_000_000_000n) / perSecond));
      },
    ),
    { numRuns: 3000 },
  );
});

test('simple packets take the snaplen into account and the time of the packet before', async () => {
  const writer = new PcapngWriter().section().interface(1, 8);
  writer.simplePacket(new Uint8Array(8).fill(1), 20);
  writer.enhancedPacket(0, 1_500_000n, new Uint8Array(3), 3).simplePacket(new Uint8Array(5).fill(2), 5);
  const read = await readAll(openMemory(writer.bytes));
  assert.deepEqual(
    read.map((p) => [p.seconds, p.nanos, p.bytes.length, p.wireLen]),
    [
      [0, 0, 8, 20],
      [1, 500_000_000, 3, 3],
      [1, 500_000_000, 5, 5],
    ],
  );
});

test('obsolete packets, their drops and those of statistics', async () => {
  const writer = new PcapngWriter(false).section().interface(1, 0).interface(1, 0);
  writer
    .obsoletePacket(0, 3, 1_000_000n, new Uint8Array(4), 9)
    .obsoletePacket(0, 0xffff, 2_000_000n, new Uint8Array(4), 4);
  writer.obsoletePacket(1, 100, 3_000_000n, new Uint8Array(4), 4);
  writer.statistics(1, [
    { code: 5, value: writer.uint64(40n) },
    { code: 7, value: writer.uint64(2n) },
  ]);
  const source = openMemory(writer.bytes);
  const read = await readAll(source);
  assert.deepEqual(
    read.map((p) => [p.seconds, p.wireLen]),
    [
      [1, 9],
      [2, 4],
      [3, 4],
    ],
  );
  assert.deepEqual(
    source.inputs[0]!.interfaces.map((i) => i.drops),
    [3, 42],
  );
});

test('names, comments and interface names are kept, within bounds', async () => {
  const writer = new PcapngWriter().section([text(1, 'of the section')]);
  writer.interface(1, 0, [text(2, 'eth0'), text(3, 'first')]);
  writer.names([
    [[192, 168, 1, 1], 'gateway', 'router.lan'],
    [[0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 'six.example'],
  ]);
  for (let i = 0; i < 2 * MAX_COMMENTS; i++)
    writer.enhancedPacket(0, 1n, new Uint8Array(1), 1, [text(1, `packet ${i}`)]);
  const source = openMemory(writer.bytes);
  await readAll(source);
  const [info] = source.inputs;
  assert.deepEqual([info!.interfaces[0]!.name, info!.interfaces[0]!.description], ['eth0', 'first']);
  assert.deepEqual(
    [...info!.resolvedNames],
    [
      ['192.168.1.1', ['gateway', 'router.lan']],
      ['2001:db8::1', ['six.example']],
    ],
  );
  assert.equal(info!.comments.length, MAX_COMMENTS);
  assert.deepEqual(info!.comments.slice(0, 2), ['of the section', 'packet 0']);
});

test('blocks that hold no packets are counted and passed over', async () => {
  const writer = new PcapngWriter().section().interface(1, 0);
  writer.block(10, new Uint8Array(40)).block(0x0bad, new Uint8Array(8)).block(0x4000_0bad, new Uint8Array(5));
  writer
    .block(9, Buffer.from('MESSAGE=hello\n'))
    .block(0x1234, new Uint8Array(4))
    .enhancedPacket(0, 1n, new Uint8Array(2), 2);
  const source = openMemory(writer.bytes);
  assert.equal((await readAll(source)).length, 1);
  assert.deepEqual([...source.inputs[0]!.otherBlocks].sort(), [
    ['custom', 2],
    ['decryption secrets', 1],
    ['systemd journal', 1],
    ['unknown', 1],
  ]);
  assert.equal(source.inputs[0]!.damage, null);
});

test('a packet of an interface that was never described has no link type', async () => {
  const read = await readAll(
    openMemory(new PcapngWriter().section().enhancedPacket(3, 1n, new Uint8Array(2), 2).bytes),
  );
  assert.equal(read[0]!.linkType, NO_LINK_TYPE);
});

test('times that cannot be held are told, and the nearest one is given', async () => {
  const writer = new PcapngWriter().section().interface(1, 0);
  writer.interface(1, 0, [{ code: OFFSET, value: writer.uint64(-1000n) }]);
  writer.enhancedPacket(0, 0x1_0000_0001n * 1_000_000n, new Uint8Array(60), 60);
  writer.enhancedPacket(1, 5_000_000n, new Uint8Array(60), 60);
  const source = openMemory(writer.bytes);
  assert.deepEqual(
    (await readAll(source)).map(({ seconds }) => seconds),
    [0xffff_ffff, 0],
  );
  const { reason, bytesLost, resynchronised } = source.inputs[0]!.damage!;
  assert.deepEqual([reason, bytesLost, resynchronised], ['time outside of 1970 to 2106', 0, 2]);
});
