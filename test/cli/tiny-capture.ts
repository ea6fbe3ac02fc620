/** A classic pcap of gratuitous ARP announcements: one a device, a second apart. */
const T0 = 1_600_000_000;

export interface TinyOptions {
  readonly devices?: number;
  readonly linkType?: number;
}

export function tinyCapture({ devices = 2, linkType = 1 }: TinyOptions = {}): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65_535, 16);
  header.writeUInt32LE(linkType, 20);
  const records = Array.from({ length: devices }, (_, i) => {
    const frame = arpAnnouncement(
      [0x00, 0x17, 0x88, 0, (i + 1) >> 8, (i + 1) & 255],
      [192, 168, 1 + ((i + 1) >> 8), (i + 1) & 255],
    );
    const record = Buffer.alloc(16);
    record.writeUInt32LE(T0 + i, 0);
    record.writeUInt32LE(i, 4);
    record.writeUInt32LE(frame.length, 8);
    record.writeUInt32LE(frame.length, 12);
    return Buffer.concat([record, frame]);
  });
  return Buffer.concat([header, ...records]);
}

function arpAnnouncement(mac: readonly number[], ip: readonly number[]): Buffer {
  const ethernet = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, ...mac, 0x08, 0x06];
  const arp = [0, 1, 8, 0, 6, 4, 0, 1, ...mac, ...ip, 0, 0, 0, 0, 0, 0, ...ip];
  return Buffer.from([...ethernet, ...arp, ...new Array<number>(18).fill(0)]);
}
