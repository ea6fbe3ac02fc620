/** Writes classic pcap and snoop, every variant that the readers know. */
import type { Packet } from './packet.ts';

export interface PcapVariant {
  readonly littleEndian?: boolean;
  readonly nanoseconds?: boolean;
  readonly linkType?: number;
  readonly snapLen?: number;
  readonly version?: readonly [major: number, minor: number];
  /** Magic number other than by `nanoseconds`. */
  readonly magic?: number;
  /** Bytes that a patched writer puts behind each record header. */
  readonly extraBytes?: number;
  readonly swappedLengths?: boolean;
}

export function writePcap(packets: readonly Packet[], variant: PcapVariant = {}): Uint8Array {
  const { littleEndian = true, nanoseconds = false, extraBytes = 0, swappedLengths = false } = variant;
  const size = packets.reduce((sum, p) => sum + 16 + extraBytes + p.bytes.length, 24);
  const out = new Uint8Array(size);
  const view = new DataView(out.buffer);
  const [major, minor] = variant.version ?? [2, 4];
  view.setUint32(0, variant.magic ?? (nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4), littleEndian);
  view.setUint16(4, major, littleEndian);
  view.setUint16(6, minor, littleEndian);
  view.setUint32(16, variant.snapLen ?? 262_144, littleEndian);
  view.setUint32(20, variant.linkType ?? 1, littleEndian);
  let at = 24;
  for (const p of packets) {
    view.setUint32(at, p.seconds, littleEndian);
    view.setUint32(at + 4, nanoseconds ? p.nanos : p.nanos / 1000, littleEndian);
    view.setUint32(at + (swappedLengths ? 12 : 8), p.bytes.length, littleEndian);
    view.setUint32(at + (swappedLengths ? 8 : 12), p.wireLen, littleEndian);
    out.set(p.bytes, at + 16 + extraBytes);
    at += 16 + extraBytes + p.bytes.length;
  }
  return out;
}

export function writeSnoop(packets: readonly Packet[], drops = 0, datalink = 4): Uint8Array {
  const padded = (length: number): number => (length + 3) & ~3;
  const out = new Uint8Array(packets.reduce((sum, p) => sum + 24 + padded(p.bytes.length), 16));
  const view = new DataView(out.buffer);
  out.set(Buffer.from('snoop\0\0\0'));
  view.setUint32(8, 2);
  view.setUint32(12, datalink);
  let at = 16;
  for (const p of packets) {
    view.setUint32(at, p.wireLen);
    view.setUint32(at + 4, p.bytes.length);
    view.setUint32(at + 8, 24 + padded(p.bytes.length));
    view.setUint32(at + 12, drops);
    view.setUint32(at + 16, p.seconds);
    view.setUint32(at + 20, p.nanos / 1000);
    out.set(p.bytes, at + 24);
    at += 24 + padded(p.bytes.length);
  }
  return out;
}
