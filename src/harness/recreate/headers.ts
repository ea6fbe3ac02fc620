/** A capture of headers: IP packets whose payload was not kept, as with a short snaplen, in time order. */
import { IP_PROTOCOL } from '../../packet/layer.ts';

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const MAGIC_MICROSECONDS = 0xa1b2_c3d4;
const SNAP_LENGTH = 65_535;
/** IP without a link below it. */
const LINK_TYPE_RAW = 101;
const FIRST_BYTES = 1 << 16;
const IPV4 = { bytes: 20, pseudoWord: 0xffff, version: 0x45, ttl: 64 } as const;
const IPV6 = { bytes: 40, version: 0x60 } as const;
export const TCP_BYTES = 20;
export const UDP_BYTES = 8;
const TCP_WINDOW = 64_240;

/** Ends of a packet. Addresses are four words each, IPv4 as IPv4-mapped IPv6. */
export interface Ends {
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  readonly fromPort: number;
  readonly toPort: number;
}

export interface Segment {
  readonly flags: number;
  readonly sequence: number;
  readonly acknowledged: number;
  /** Bytes of options, a multiple of four up to 40: all of them no-operations. */
  readonly options: number;
  readonly payload: number;
}

export function ipBytes({ from }: Pick<Ends, 'from'>): number {
  return isIpv4(from) ? IPV4.bytes : IPV6.bytes;
}

export class HeaderCapture {
  /** Microseconds since the epoch, by packet. */
  readonly #times: number[] = [];
  /** Where a packet begins among the bytes; one more at the end. */
  readonly #begins: number[] = [0];
  /** Length on the wire, by packet. */
  readonly #lengths: number[] = [];
  #bytes = new Uint8Array(FIRST_BYTES);
  #view = new DataView(this.#bytes.buffer);

  get packets(): number {
    return this.#times.length;
  }

  tcp(time: number, ends: Ends, segment: Segment): void {
    const header = TCP_BYTES + segment.options;
    const at = this.#ip(time, ends, IP_PROTOCOL.tcp, header, segment.payload);
    const view = this.#view;
    view.setUint16(at, ends.fromPort);
    view.setUint16(at + 2, ends.toPort);
    view.setUint32(at + 4, segment.sequence >>> 0);
    view.setUint32(at + 8, segment.acknowledged >>> 0);
    view.setUint8(at + 12, (header / 4) << 4);
    view.setUint8(at + 13, segment.flags);
    view.setUint16(at + 14, TCP_WINDOW);
    this.#bytes.fill(1, at + TCP_BYTES, at + header);
  }

  udp(time: number, ends: Ends, payload: number): void {
    const at = this.#ip(time, ends, IP_PROTOCOL.udp, UDP_BYTES, payload);
    this.#view.setUint16(at, ends.fromPort);
    this.#view.setUint16(at + 2, ends.toPort);
    this.#view.setUint16(at + 4, Math.min(0xffff, UDP_BYTES + payload));
  }

  /** `protocol`: ICMP or ICMPv6; the payload begins after type, code and checksum. */
  icmp(time: number, ends: Ends, protocol: number, type: number, code: number, payload: number): void {
    const at = this.#ip(time, ends, protocol, UDP_BYTES, payload);
    this.#view.setUint8(at, type);
    this.#view.setUint8(at + 1, code);
  }

  /** Writes the header of IP and makes room for the next one; returns where that begins. */
  #ip(time: number, { from, to }: Ends, protocol: number, header: number, payload: number): number {
    const at = this.#begins.at(-1)!;
    const own = isIpv4(from) ? IPV4.bytes : IPV6.bytes;
    const end = at + own + header;
    if (end > this.#bytes.length) {
      const wider = new Uint8Array(this.#bytes.length * 2);
      wider.set(this.#bytes);
      this.#bytes = wider;
      this.#view = new DataView(wider.buffer);
    }
    const length = Math.min(SNAP_LENGTH, own + header + payload);
    const view = this.#view;
    if (own === IPV4.bytes) {
      view.setUint8(at, IPV4.version);
      view.setUint16(at + 2, length);
      view.setUint8(at + 8, IPV4.ttl);
      view.setUint8(at + 9, protocol);
      view.setUint32(at + 12, from[3]!);
      view.setUint32(at + 16, to[3]!);
    } else {
      view.setUint8(at, IPV6.version);
      view.setUint16(at + 4, length - own);
      view.setUint8(at + 6, protocol);
      view.setUint8(at + 7, IPV4.ttl);
      for (let w = 0; w < 4; w++) {
        view.setUint32(at + 8 + w * 4, from[w]!);
        view.setUint32(at + 24 + w * 4, to[w]!);
      }
    }
    this.#times.push(Math.round(time * 1e6));
    this.#lengths.push(length);
    this.#begins.push(end);
    return at + own;
  }

  /** As a file of pcap. Packets of the same time stay in the order in which they were written. */
  toPcap(): Uint8Array {
    const times = this.#times;
    const order = times.map((_, index) => index).sort((a, b) => times[a]! - times[b]! || a - b);
    const size = FILE_HEADER + times.length * RECORD_HEADER + this.#begins.at(-1)!;
    const file = new Uint8Array(size);
    const view = new DataView(file.buffer);
    view.setUint32(0, MAGIC_MICROSECONDS, true);
    view.setUint16(4, 2, true);
    view.setUint16(6, 4, true);
    view.setUint32(16, SNAP_LENGTH, true);
    view.setUint32(20, LINK_TYPE_RAW, true);
    let at = FILE_HEADER;
    for (const packet of order) {
      const from = this.#begins[packet]!;
      const to = this.#begins[packet + 1]!;
      view.setUint32(at, Math.floor(times[packet]! / 1e6), true);
      view.setUint32(at + 4, times[packet]! % 1e6, true);
      view.setUint32(at + 8, to - from, true);
      view.setUint32(at + 12, this.#lengths[packet]!, true);
      file.set(this.#bytes.subarray(from, to), at + RECORD_HEADER);
      at += RECORD_HEADER + to - from;
    }
    return file;
  }
}

export function isIpv4(words: Uint32Array): boolean {
  return words[0] === 0 && words[1] === 0 && words[2] === IPV4.pseudoWord;
}
