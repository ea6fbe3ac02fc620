import { u16, u32 } from '../bytes/endian.ts';
import type { PacketBatch } from '../packet/batch.ts';
import { IP_PROTOCOL, LAYER } from '../packet/layer.ts';

/** Extension headers in front of an IPv6 fragment header at most. */
const MAX_EXTENSION_HEADERS = 12;

/** The part of an IP header that reassembly needs; one object is reused. */
export class FragmentHeader {
  isV6 = false;
  identification = 0;
  /** Protocol of the datagram's payload. */
  protocol = 0;
  /** Place of this fragment's data within the datagram's payload, in bytes. */
  offset = 0;
  more = false;
  /** Headers that stand before the fragmentable part, in the chunk. */
  headerStart = 0;
  headerEnd = 0;
  /** IPv6: where, from the header's start, the next-header field is that names the fragment header. */
  nextHeaderAt = 0;
  /** This fragment's data in the chunk: start, end as the header claims, end of what was captured. */
  dataStart = 0;
  dataEnd = 0;
  dataCapEnd = 0;

  /** Reads the fragment in row `i`; false when its headers were not captured or contradict themselves. */
  read(batch: PacketBatch, i: number): boolean {
    const at = batch.netOffset[i]!;
    const capEnd = batch.frameOffset[i]! + batch.capLen[i]!;
    this.headerStart = at;
    this.isV6 = (batch.layers[i]! & LAYER.ipv6) !== 0;
    const whole = this.isV6 ? this.#readV6(batch.bytes, at, capEnd) : this.#readV4(batch.bytes, at, capEnd);
    if (!whole) return false;
    this.dataEnd = at + batch.ipLen[i]!;
    this.dataCapEnd = Math.min(this.dataEnd, capEnd);
    return this.dataEnd > this.dataStart && this.dataCapEnd >= this.dataStart;
  }

  #readV4(bytes: Uint8Array, at: number, capEnd: number): boolean {
    const headerLength = (bytes[at]! & 15) * 4;
    if (at + headerLength > capEnd) return false;
    const field = u16(bytes, at + 6);
    this.identification = u16(bytes, at + 4);
    this.protocol = bytes[at + 9]!;
    this.more = (field & 0x2000) !== 0;
    this.offset = (field & 0x1fff) * 8;
    this.headerEnd = this.dataStart = at + headerLength;
    return true;
  }

  #readV6(bytes: Uint8Array, at: number, capEnd: number): boolean {
    let nextHeaderAt = at + 6;
    let header = at + 40;
    for (let n = 0; n <= MAX_EXTENSION_HEADERS && header + 8 <= capEnd; n++) {
      const type = bytes[nextHeaderAt]!;
      if (type === IP_PROTOCOL.fragment) {
        const field = u16(bytes, header + 2);
        this.nextHeaderAt = nextHeaderAt - at;
        this.protocol = bytes[header]!;
        this.identification = u32(bytes, header + 4);
        this.offset = field & 0xfff8;
        this.more = (field & 1) !== 0;
        this.headerEnd = header;
        this.dataStart = header + 8;
        return true;
      }
      nextHeaderAt = header;
      header += type === IP_PROTOCOL.ah ? (bytes[header + 1]! + 2) * 4 : (bytes[header + 1]! + 1) * 8;
    }
    return false;
  }
}
