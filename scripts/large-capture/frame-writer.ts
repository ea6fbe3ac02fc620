/** Frames of a synthetic capture, written straight into one buffer as classic pcap records (microseconds, Ethernet). */

const BUFFER_BYTES = 4 * 1024 * 1024;
/** More than any step writes. */
const MOST_OF_A_STEP = 8192;

export interface Endpoint {
  readonly mac: number;
  readonly ip: number;
}

export class FrameWriter {
  readonly bytes = new Uint8Array(BUFFER_BYTES);
  readonly view = new DataView(this.bytes.buffer);
  at = 0;
  packets = 0;
  /** Microseconds since `EPOCH_SECONDS`. */
  micros = 0;
  private frame = 0;
  private ipId = 0;

  get isFull(): boolean {
    return this.at > BUFFER_BYTES - MOST_OF_A_STEP;
  }

  fileHeader(): void {
    const { view } = this;
    view.setUint32(0, 0xa1b2c3d4, true);
    view.setUint16(4, 2, true);
    view.setUint16(6, 4, true);
    view.setUint32(16, 262_144, true);
    view.setUint32(20, 1, true);
    this.at = 24;
  }

  /** Starts a frame; returns the offset behind its Ethernet header. */
  ethernet(dst: number, src: number, etherType: number): number {
    this.frame = this.at + 16;
    const { view, frame } = this;
    view.setUint16(frame, Math.floor(dst / 0x1_0000_0000));
    view.setUint32(frame + 2, dst % 0x1_0000_0000);
    view.setUint16(frame + 6, Math.floor(src / 0x1_0000_0000));
    view.setUint32(frame + 8, src % 0x1_0000_0000);
    view.setUint16(frame + 12, etherType);
    return frame + 14;
  }

  /** IPv4 header with its checksum; `length` is that of what follows. Returns the offset behind it. */
  ipv4(at: number, src: number, dst: number, protocol: number, ttl: number, length: number): number {
    const { view } = this;
    view.setUint16(at, 0x4500);
    view.setUint16(at + 2, length + 20);
    view.setUint16(at + 4, (this.ipId = (this.ipId + 1) & 0xffff));
    view.setUint16(at + 6, 0x4000);
    view.setUint8(at + 8, ttl);
    view.setUint8(at + 9, protocol);
    view.setUint16(at + 10, 0);
    view.setUint32(at + 12, src);
    view.setUint32(at + 16, dst);
    let sum = 0;
    for (let i = 0; i < 20; i += 2) sum += view.getUint16(at + i);
    sum = (sum & 0xffff) + (sum >>> 16);
    sum = (sum & 0xffff) + (sum >>> 16);
    view.setUint16(at + 10, ~sum & 0xffff);
    return at + 20;
  }

  /** UDP header without checksum. */
  udp(at: number, srcPort: number, dstPort: number, length: number): number {
    const { view } = this;
    view.setUint16(at, srcPort);
    view.setUint16(at + 2, dstPort);
    view.setUint16(at + 4, length + 8);
    view.setUint16(at + 6, 0);
    return at + 8;
  }

  /** TCP header; a SYN carries the options of a Linux host (MSS, SACK, timestamps, window scale). */
  tcp(at: number, srcPort: number, dstPort: number, seq: number, ack: number, flags: number): number {
    const { view, bytes } = this;
    const isSyn = (flags & 2) !== 0;
    const headerBytes = isSyn ? 20 + SYN_OPTIONS.length : 20;
    view.setUint16(at, srcPort);
    view.setUint16(at + 2, dstPort);
    view.setUint32(at + 4, seq);
    view.setUint32(at + 8, ack);
    view.setUint8(at + 12, (headerBytes / 4) << 4);
    view.setUint8(at + 13, flags);
    view.setUint16(at + 14, 64_240);
    view.setUint32(at + 16, 0);
    if (isSyn) bytes.set(SYN_OPTIONS, at + 20);
    return at + headerBytes;
  }

  /** Ends the frame at `end` (padded to 60 bytes) and writes its record header. */
  finish(end: number, epochSeconds: number): void {
    const { view, frame } = this;
    let length = end - frame;
    if (length < 60) {
      this.bytes.fill(0, end, frame + 60);
      length = 60;
    }
    view.setUint32(frame - 16, epochSeconds + Math.floor(this.micros / 1e6), true);
    view.setUint32(frame - 12, this.micros % 1e6, true);
    view.setUint32(frame - 8, length, true);
    view.setUint32(frame - 4, length, true);
    this.at = frame + length;
    this.packets++;
  }
}

export const SYN_OPTIONS = Uint8Array.of(2, 4, 5, 180, 4, 2, 8, 10, 0, 1, 2, 3, 0, 0, 0, 0, 1, 3, 3, 7);
