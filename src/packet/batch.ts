import { type Mac, NO_MAC } from '../bytes/address.ts';
import { COLUMN, ROWS } from '../hot/layout.ts';
import type { HotMemory } from '../hot/memory.ts';

/** Packets in a batch at most, unless a source is told otherwise. */
export const DEFAULT_BATCH_SIZE = 2048;

/** As few as make no difference: the fixed work of a batch is small beside that of its packets. */
export const MIN_BATCH_SIZE = 256;

/** `linkType` of a packet whose interface was never described. */
export const NO_LINK_TYPE = 0xffff;

/** `interfaceId` of a packet whose interface was never described. */
export const NO_INTERFACE = 0xffff;

/** `vlanId` of an untagged packet. */
export const NO_VLAN = 0xffff;

/**
 * A few thousand packets as columns over one chunk of bytes. Row `i` of every column belongs to packet `i`;
 * rows `start` to `count - 1` are to be processed (a merge of several captures hands out one batch in parts).
 *
 * Ownership: the batch and `bytes` belong to the source and are valid until its iterator is advanced. Whoever
 * keeps a value copies it. With `LANSCOPE_POISON=1` sources overwrite what they hand out before they reuse it.
 *
 * The first group of columns is filled by the source, the second by `decodeHeaders`, which writes every column
 * of every row (a layer that is absent gets its neutral value), so no row shows what an earlier one left. Its
 * offsets count from the start of `bytes`, not of the frame, and never lie past the captured end of the frame;
 * whether an offset is meaningful is said by `layers`.
 */
export class PacketBatch {
  readonly capacity: number;
  /** The memory that the columns lie in, from `base` on; null when they lie elsewhere. */
  readonly hot: HotMemory | null;
  readonly base: number;
  /** The chunk that all offsets point into. Only `[0, byteLength)` is meaningful. */
  bytes: Uint8Array = EMPTY;
  byteLength = 0;
  start = 0;
  count = 0;
  /** 1-based number of row 0 within its input, as Wireshark shows it when that capture alone is opened. */
  firstPacketNumber = 1;
  /** Index of the input that the rows came from. */
  input = 0;

  // ── Filled by the source ────────────────────────────────────────────────
  /** Offset of the first byte of the frame. */
  readonly frameOffset: Uint32Array;
  /** Bytes captured, all inside `bytes`. */
  readonly capLen: Uint32Array;
  /** Bytes on the wire, as the capture claims; never below `capLen`. */
  readonly wireLen: Uint32Array;
  readonly tsSeconds: Uint32Array;
  readonly tsNanos: Uint32Array;
  /** LINKTYPE_ value of the frame (pcapng mixes them). */
  readonly linkType: Uint16Array;
  /** Interface number within the input, counted over all sections. */
  readonly interfaceId: Uint16Array;

  // ── Filled by decodeHeaders ─────────────────────────────────────────────
  /** `LAYER` bits. */
  readonly layers: Uint32Array;
  /** Link addresses of the innermost Ethernet-like header; `NO_MAC` where there is none. */
  readonly srcMac: Float64Array;
  readonly dstMac: Float64Array;
  /** EtherType of the innermost link layer; below 1536 it is an 802.3 length with LLC. */
  readonly etherType: Uint16Array;
  /** Outermost VLAN id; `NO_VLAN` when untagged. */
  readonly vlanId: Uint16Array;
  /** Second VLAN id of a stack; `NO_VLAN` when there is none. */
  readonly innerVlanId: Uint16Array;
  /** Number of tunnel headers around the innermost network layer. */
  readonly tunnelDepth: Uint8Array;
  /** Offset of the innermost network (or ARP) header; 0 when there is none. */
  readonly netOffset: Uint32Array;
  /** Offset of the outermost network header of a tunnelled packet; 0 when `tunnelDepth` is 0. */
  readonly outerNetOffset: Uint32Array;
  /** Four words per row: IPv6, or IPv4 in mapped form (`0, 0, 0xffff, a`); zeros when there is no IP layer. */
  readonly srcIp: Uint32Array;
  readonly dstIp: Uint32Array;
  /** Length of the IP packet as its header claims (Zeek's `ip_bytes`). */
  readonly ipLen: Uint32Array;
  /** IPv4 time to live or IPv6 hop limit. */
  readonly ttl: Uint8Array;
  /** IP protocol number after IPv6 extension headers. */
  readonly ipProtocol: Uint8Array;
  /** TCP/UDP ports; for ICMP and ICMPv6 the type and the code (as Zeek shows them). */
  readonly srcPort: Uint16Array;
  readonly dstPort: Uint16Array;
  /** TCP flags as on the wire: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128. */
  readonly tcpFlags: Uint8Array;
  readonly tcpSeq: Uint32Array;
  readonly tcpAck: Uint32Array;
  readonly tcpWindow: Uint16Array;
  /** Offset of the transport header; 0 when it was not reached. */
  readonly transportOffset: Uint32Array;
  /** Offset of the transport payload, or of the message for ARP, ICMP, ICMPv6 and IGMP. */
  readonly payloadOffset: Uint32Array;
  /** Payload bytes that the headers claim. */
  readonly payloadLen: Uint32Array;
  /** Payload bytes that were captured; at most `payloadLen`. */
  readonly payloadCapLen: Uint32Array;
  /** Offset of the second frame of several in one (`Subframes` reads them); 0 when there is none. */
  readonly subframeOffset: Uint32Array;

  /** `memory`: columns lie there if they fit; a shared buffer: they lie at its start, as they are. */
  constructor(capacity = DEFAULT_BATCH_SIZE, memory: HotMemory | SharedArrayBuffer | null = null) {
    this.capacity = capacity;
    let buffer: ArrayBufferLike | null = null;
    if (memory instanceof SharedArrayBuffer) {
      buffer = memory;
      this.hot = null;
      this.base = 0;
    } else {
      this.base = memory === null || capacity > ROWS ? -1 : memory.take(COLUMN.end);
      this.hot = this.base < 0 ? null : memory;
      buffer = this.hot?.buffer ?? null;
    }
    const { base } = this;
    const u32 = (name: keyof typeof COLUMN, length = capacity): Uint32Array =>
      buffer === null ? new Uint32Array(length) : new Uint32Array(buffer, base + COLUMN[name], length);
    const u16 = (name: keyof typeof COLUMN): Uint16Array =>
      buffer === null ? new Uint16Array(capacity) : new Uint16Array(buffer, base + COLUMN[name], capacity);
    const u8 = (name: keyof typeof COLUMN): Uint8Array =>
      buffer === null ? new Uint8Array(capacity) : new Uint8Array(buffer, base + COLUMN[name], capacity);
    const f64 = (name: keyof typeof COLUMN): Float64Array =>
      buffer === null ? new Float64Array(capacity) : new Float64Array(buffer, base + COLUMN[name], capacity);
    this.frameOffset = u32('frameOffset');
    this.capLen = u32('capLen');
    this.wireLen = u32('wireLen');
    this.tsSeconds = u32('tsSeconds');
    this.tsNanos = u32('tsNanos');
    this.linkType = u16('linkType');
    this.interfaceId = u16('interfaceId');
    this.layers = u32('layers');
    this.srcMac = f64('srcMac');
    this.dstMac = f64('dstMac');
    this.etherType = u16('etherType');
    this.vlanId = u16('vlanId');
    this.innerVlanId = u16('innerVlanId');
    this.tunnelDepth = u8('tunnelDepth');
    this.netOffset = u32('netOffset');
    this.outerNetOffset = u32('outerNetOffset');
    this.srcIp = u32('srcIp', capacity * 4);
    this.dstIp = u32('dstIp', capacity * 4);
    this.ipLen = u32('ipLen');
    this.ttl = u8('ttl');
    this.ipProtocol = u8('ipProtocol');
    this.srcPort = u16('srcPort');
    this.dstPort = u16('dstPort');
    this.tcpFlags = u8('tcpFlags');
    this.tcpSeq = u32('tcpSeq');
    this.tcpAck = u32('tcpAck');
    this.tcpWindow = u16('tcpWindow');
    this.transportOffset = u32('transportOffset');
    this.payloadOffset = u32('payloadOffset');
    this.payloadLen = u32('payloadLen');
    this.payloadCapLen = u32('payloadCapLen');
    this.subframeOffset = u32('subframeOffset');
    if (memory instanceof SharedArrayBuffer) return;
    this.srcMac.fill(NO_MAC);
    this.dstMac.fill(NO_MAC);
    this.vlanId.fill(NO_VLAN);
    this.innerVlanId.fill(NO_VLAN);
  }

  /** 1-based number of row `i` within its input; with `input` it is unique in the analysis. */
  packetNumber(i: number): number {
    return this.firstPacketNumber + i;
  }

  /** Source MAC of row `i` as a plain number. */
  sourceMac(i: number): Mac {
    return this.srcMac[i]!;
  }
}

const EMPTY = new Uint8Array(0);
