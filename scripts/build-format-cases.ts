/**
 * Builds corpus/formats: the same packets (a slice of corpus/home-lan) in every file format and variant, in every
 * compression, and damaged in every way that reading goes on from or stops at. Needs zstd, xz, lz4 and bzip2.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openMemory } from '../src/capture/memory.ts';
import { type Packet, readAll } from '../test/capture/packet.ts';
import { type PcapVariant, writePcap, writeSnoop } from '../test/capture/write-pcap.ts';
import { type Option, PcapngWriter, text } from '../test/capture/write-pcapng.ts';

const PACKETS = 80;
const MAX_FRAME_BYTES = 400;
const corpus = join(import.meta.dirname, '../corpus');

const home = new Uint8Array(readFileSync(join(corpus, 'home-lan/capture.pcapng')));
const packets: Packet[] = (await readAll(openMemory(home)))
  .filter((packet) => packet.bytes.length <= MAX_FRAME_BYTES)
  .slice(0, PACKETS);
const half = packets.length / 2;

const NANOSECONDS: Option = { code: 9, value: Uint8Array.of(9) };
/** Units of 2^-32 s. */
const BINARY_FRACTION: Option = { code: 9, value: Uint8Array.of(0x80 | 32) };
const OFFSET_SECONDS = 1_000_000_000;

/** Time in units of which `perSecond` make a second, rounded up so that reading, which rounds down, gives it back. */
function units(packet: Packet, perSecond: bigint, laterSeconds = 0): bigint {
  const nanos = BigInt(packet.seconds - laterSeconds) * 1_000_000_000n + BigInt(packet.nanos);
  return (nanos * perSecond + 999_999_999n) / 1_000_000_000n;
}

function enhanced(writer: PcapngWriter, list: readonly Packet[]): PcapngWriter {
  for (const packet of list)
    writer.enhancedPacket(0, units(packet, 1_000_000n), packet.bytes, packet.wireLen);
  return writer;
}

function plainPcapng(littleEndian = true): PcapngWriter {
  return enhanced(new PcapngWriter(littleEndian).section().interface(1, 262_144), packets);
}

function sections(): Uint8Array {
  const parts = [packets.slice(0, half), packets.slice(half)].map(
    (list, i) =>
      enhanced(new PcapngWriter(i === 0).section().interface(1, 0, [text(2, `eth${i}`)]), list).bytes,
  );
  return Buffer.concat(parts);
}

/** Three interfaces that count time in their own ways; packets come from them in turn. */
function interfaces(): Uint8Array {
  const writer = new PcapngWriter().section();
  writer.interface(1, 0, [text(2, 'nanoseconds'), NANOSECONDS]);
  writer.interface(1, 0, [text(2, 'binary'), BINARY_FRACTION]);
  writer.interface(1, 0, [text(2, 'offset'), { code: 14, value: writer.uint64(BigInt(OFFSET_SECONDS)) }]);
  for (const [i, packet] of packets.entries()) {
    const time = [
      units(packet, 1_000_000_000n),
      units(packet, 1n << 32n),
      units(packet, 1_000_000n, OFFSET_SECONDS),
    ][i % 3]!;
    writer.enhancedPacket(i % 3, time, packet.bytes, packet.wireLen);
  }
  return writer.bytes;
}

function obsoletePackets(): Uint8Array {
  const writer = new PcapngWriter().section().interface(1, 0);
  for (const [i, packet] of packets.entries())
    writer.obsoletePacket(0, i === 5 ? 3 : 0xffff, units(packet, 1_000_000n), packet.bytes, packet.wireLen);
  return writer.bytes;
}

function simplePackets(): Uint8Array {
  const writer = new PcapngWriter().section().interface(1, 0);
  for (const packet of packets) writer.simplePacket(packet.bytes, packet.wireLen);
  return writer.bytes;
}

/** Every block beside packets: names, statistics with drops, secrets, custom, journal, one that nobody knows. */
function otherBlocks(): Uint8Array {
  const writer = new PcapngWriter().section([text(1, 'a capture with everything in it')]);
  writer.interface(1, 0, [text(2, 'br-lan'), text(3, 'the bridge'), text(1, 'an interface comment')]);
  writer.names([[[192, 168, 77, 1], 'router.lan', 'gateway.lan']]);
  writer.block(10, Buffer.from('TLSK\x04\0\0\0abcd', 'latin1')).block(9, Buffer.from('MESSAGE=hi\n'));
  writer.block(0xbad, Buffer.alloc(12)).block(0x4000_0bad, Buffer.alloc(8)).block(0x1234, Buffer.alloc(4));
  enhanced(writer, packets);
  writer.statistics(0, [
    { code: 5, value: writer.uint64(17n) },
    { code: 7, value: writer.uint64(4n) },
  ]);
  return writer.bytes;
}

const pcap = (variant?: PcapVariant): Uint8Array => writePcap(packets, variant);
const plain = pcap();

function compressed(tool: string, ...args: string[]): Uint8Array {
  const { stdout, status, error } = spawnSync(tool, [...args, '-c'], { input: plain });
  if (status !== 0) throw new Error(`${tool} failed`, { cause: error });
  return stdout;
}

/** Offset of record `n` of the plain pcap. */
function recordAt(n: number): number {
  return packets.slice(0, n).reduce((at, packet) => at + 16 + packet.bytes.length, 24);
}

function withWord(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  new DataView(copy.buffer).setUint32(at, value, true);
  return copy;
}

function withBytes(bytes: Uint8Array, at: number, others: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy.set(others, at);
  return copy;
}

function inserted(bytes: Uint8Array, at: number, garbage: Uint8Array): Uint8Array {
  return Buffer.concat([bytes.subarray(0, at), garbage, bytes.subarray(at)]);
}

function withoutTail(bytes: Uint8Array, tail: number): Uint8Array {
  return bytes.subarray(0, bytes.length - tail);
}

const garbage = Uint8Array.from({ length: 333 }, (_, i) => (i * 151 + 77) & 0xff);
const ng = plainPcapng().bytes;
/** Offset of the block of packet `half`. */
const blockAt = enhanced(new PcapngWriter().section().interface(1, 262_144), packets.slice(0, half)).length;
const snoop = writeSnoop(packets);
const snoopAt = packets.slice(0, half).reduce((at, packet) => at + 24 + ((packet.bytes.length + 3) & ~3), 16);
const gzip = gzipSync(plain);

/** By name of the case; the names of damaged ones start with `damaged-`. */
const CASES: readonly (readonly [name: string, extension: string, bytes: Uint8Array])[] = [
  ['pcap', 'pcap', plain],
  ['pcap-big-endian', 'pcap', pcap({ littleEndian: false })],
  ['pcap-nanoseconds', 'pcap', pcap({ nanoseconds: true })],
  ['pcap-nanoseconds-big-endian', 'pcap', pcap({ nanoseconds: true, littleEndian: false })],
  ['pcap-modified', 'pcap', pcap({ magic: 0xa1b2cd34, extraBytes: 8 })],
  ['pcap-modified-usual-magic', 'pcap', pcap({ extraBytes: 8 })],
  ['pcap-version-2.2', 'pcap', pcap({ version: [2, 2], swappedLengths: true })],
  ['pcap-version-2.3', 'pcap', pcap({ version: [2, 3], swappedLengths: true })],
  ['pcapng', 'pcapng', ng],
  ['pcapng-big-endian', 'pcapng', plainPcapng(false).bytes],
  ['pcapng-sections', 'pcapng', sections()],
  ['pcapng-interfaces', 'pcapng', interfaces()],
  ['pcapng-obsolete-packets', 'pcapng', obsoletePackets()],
  ['pcapng-simple-packets', 'pcapng', simplePackets()],
  ['pcapng-other-blocks', 'pcapng', otherBlocks()],
  ['snoop', 'snoop', snoop],
  ['gzip', 'pcap.gz', gzip],
  [
    'gzip-members',
    'pcap.gz',
    Buffer.concat([gzipSync(plain.subarray(0, 5000)), gzipSync(plain.subarray(5000))]),
  ],
  ['zstd', 'pcap.zst', compressed('zstd', '-q')],
  ['xz', 'pcap.xz', compressed('xz')],
  ['lz4', 'pcap.lz4', compressed('lz4', '-q')],
  ['bzip2', 'pcap.bz2', compressed('bzip2')],
  ['damaged-pcap-cut', 'pcap', withoutTail(plain, 9)],
  ['damaged-pcap-garbage', 'pcap', inserted(plain, recordAt(half), garbage)],
  ['damaged-pcap-length', 'pcap', withWord(plain, recordAt(half) + 8, 0x7fff_ffff)],
  ['damaged-pcapng-cut', 'pcapng', withoutTail(ng, 9)],
  ['damaged-pcapng-garbage', 'pcapng', inserted(ng, blockAt, garbage)],
  ['damaged-pcapng-length', 'pcapng', withWord(ng, blockAt + 4, 44)],
  ['damaged-snoop-garbage', 'snoop', inserted(snoop, snoopAt, garbage)],
  ['damaged-gzip-cut', 'pcap.gz', withoutTail(gzip, 1000)],
  ['damaged-gzip-bytes', 'pcap.gz', withBytes(gzip, gzip.length - 1000, new Uint8Array(20).fill(0xff))],
];

/** What is told beside the golden report: packets that are there, and whether damage is. */
function expectation(name: string): object {
  const damaged = name.startsWith('damaged-');
  const lost = /-(length|cut)$/.test(name) ? 1 : 0;
  return {
    comment: damaged ? 'Everything but what the damage took.' : 'The packets of the case pcap.',
    ...(name.startsWith('damaged-gzip-') ? {} : { packets: packets.length - lost }),
    damaged,
  };
}

const folder = join(corpus, 'formats');
for (const [name, extension, bytes] of CASES) {
  const path = join(folder, name);
  rmSync(join(path, 'report.json'), { force: true });
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, `capture.${extension}`), bytes);
  writeFileSync(join(path, 'expect.json'), `${JSON.stringify(expectation(name), null, 2)}\n`);
}
console.log(`${CASES.length} cases of ${packets.length} packets`);
