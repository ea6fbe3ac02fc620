import { PacketBatch } from '../packet/batch.ts';
import { decodeHeaders } from '../packet/decode.ts';
import { type IssueCounter, ISSUE } from '../packet/issue.ts';
import { LAYER } from '../packet/layer.ts';
import { FragmentHeader } from './fragment-header.ts';
import { IslandPool } from './islands.ts';
import { sameWords } from './tuple-index.ts';

/**
 * Reassembly of IPv4 (RFC 791, RFC 815) and IPv6 (RFC 8200) fragments in front of the flow table, so that flows and
 * decoders see datagrams. A datagram counts once, with the time of the fragment that completed it and its whole
 * length, as Zeek counts it; fragments of datagrams that never become whole count for no flow.
 *
 * Overlaps: the bytes that came first stay (`stream/fragment-overlap` is counted). Linux and RFC 5722 drop such
 * datagrams, other systems differ; the count says that somebody tried.
 * Bounds: `maxFragmented` datagrams of 64 KiB at most; the oldest gives way, and one that is not whole within
 * `fragmentTimeoutMs` is dropped; both are counted as `stream/fragment-limit`.
 */

const LINKTYPE_RAW = 101;
const MAX_DATAGRAM = 65_535;
/** Layers of the frame that carried the fragments; they are not in the reassembled bytes. */
const OUTER_LAYERS =
  LAYER.ethernet | LAYER.vlan | LAYER.llc | LAYER.tunnel | LAYER.wlan | LAYER.linkGroup | LAYER.malformed;

interface Datagram {
  words: Uint32Array;
  isV6: boolean;
  protocol: number;
  identification: number;
  /** Packet time of the first fragment in seconds. */
  since: number;
  /** Header of the fragment with offset 0, and its length; 0 until it came. */
  header: Uint8Array;
  headerLength: number;
  nextHeaderAt: number;
  payload: Uint8Array;
  /** Length of the payload; -1 until the last fragment came. */
  total: number;
  /** First byte that the headers claim but the capture does not hold. */
  cutAt: number;
  ranges: number;
}

export interface FragmentConfig {
  readonly maxFragmented: number;
  readonly fragmentTimeoutMs: number;
}

export class FragmentReassembler {
  readonly #config: FragmentConfig;
  readonly #issues: IssueCounter;
  readonly #header = new FragmentHeader();
  readonly #ranges = new IslandPool();
  /** Datagrams in reassembly, oldest first. */
  #pending: Datagram[] = [];
  readonly #batch = new PacketBatch(1);
  #bytes = new Uint8Array(2048);

  constructor(config: FragmentConfig, issues: IssueCounter) {
    this.#config = config;
    this.#issues = issues;
  }

  /**
   * Takes the fragment in row `i` (one with `LAYER.fragment`). When it completes a datagram, returns a batch of one
   * row, headers decoded, that is valid until the next call; else null.
   */
  offer(batch: PacketBatch, i: number): PacketBatch | null {
    const header = this.#header;
    if (!header.read(batch, i)) return null;
    const packet = batch.packetNumber(i);
    const now = batch.tsSeconds[i]! + batch.tsNanos[i]! / 1e9;
    this.#expire(now, packet);
    const length = header.dataEnd - header.dataStart;
    const end = header.offset + length;
    // All but the last carry a multiple of 8 bytes; nothing may reach beyond what an IP length can say.
    if (end > MAX_DATAGRAM || (header.more && length % 8 !== 0)) {
      this.#issues.add(ISSUE['stream/fragment-limit'], packet);
      return null;
    }
    const datagram = this.#find(batch, i) ?? this.#open(batch, i, now, packet);
    if (header.offset === 0 && datagram.headerLength === 0) keepHeader(datagram, batch, header);
    if (!header.more && datagram.total < 0) datagram.total = end;
    this.#keep(datagram, batch, packet);
    if (datagram.total < 0 || datagram.headerLength === 0) return null;
    const first = datagram.ranges;
    if (this.#ranges.start(first) !== 0 || this.#ranges.end(first) < datagram.total) return null;
    this.#drop(datagram);
    return this.#rebuild(datagram, batch, i);
  }

  #find(batch: PacketBatch, i: number): Datagram | undefined {
    const { identification, protocol, isV6 } = this.#header;
    return this.#pending.find(
      (d) =>
        d.identification === identification &&
        d.isV6 === isV6 &&
        (isV6 || d.protocol === protocol) &&
        sameWords(d.words, 0, batch.srcIp, i * 4) &&
        sameWords(d.words, 4, batch.dstIp, i * 4),
    );
  }

  #open(batch: PacketBatch, i: number, now: number, packet: number): Datagram {
    if (this.#pending.length >= Math.max(1, this.#config.maxFragmented)) {
      this.#issues.add(ISSUE['stream/fragment-limit'], packet);
      this.#drop(this.#pending[0]!);
    }
    const words = new Uint32Array(8);
    words.set(batch.srcIp.subarray(i * 4, i * 4 + 4));
    words.set(batch.dstIp.subarray(i * 4, i * 4 + 4), 4);
    const datagram: Datagram = {
      words,
      isV6: this.#header.isV6,
      protocol: this.#header.protocol,
      identification: this.#header.identification,
      since: now,
      header: new Uint8Array(0),
      headerLength: 0,
      nextHeaderAt: 0,
      payload: new Uint8Array(4096),
      total: -1,
      cutAt: MAX_DATAGRAM,
      ranges: 0,
    };
    this.#pending.push(datagram);
    return datagram;
  }

  /** Copies what no earlier fragment brought. */
  #keep(datagram: Datagram, batch: PacketBatch, packet: number): void {
    const { offset, dataStart, dataEnd, dataCapEnd } = this.#header;
    const end = offset + (dataEnd - dataStart);
    const capEnd = offset + (dataCapEnd - dataStart);
    if (capEnd < end) datagram.cutAt = Math.min(datagram.cutAt, capEnd);
    if (end > datagram.payload.length) {
      const wider = new Uint8Array(Math.min(MAX_DATAGRAM, Math.max(end, datagram.payload.length * 2)));
      wider.set(datagram.payload);
      datagram.payload = wider;
    }
    const copy = (from: number, to: number): void => {
      const stop = Math.min(to, capEnd);
      if (from < stop) {
        const at = dataStart + (from - offset);
        datagram.payload.set(batch.bytes.subarray(at, at + (stop - from)), from);
      }
    };
    let at = offset;
    let overlaps = false;
    for (let range = datagram.ranges; range !== 0 && at < end; range = this.#ranges.next(range)) {
      if (this.#ranges.end(range) <= at) continue;
      if (this.#ranges.start(range) < end) overlaps = true;
      copy(at, Math.min(end, this.#ranges.start(range)));
      at = Math.max(at, this.#ranges.end(range));
    }
    copy(at, end);
    if (overlaps) this.#issues.add(ISSUE['stream/fragment-overlap'], packet);
    datagram.ranges = this.#ranges.insert(datagram.ranges, offset, end);
  }

  /** The datagram as one packet without fragmentation, with its headers decoded. */
  #rebuild(datagram: Datagram, from: PacketBatch, i: number): PacketBatch {
    const { header, headerLength, payload, total } = datagram;
    const captured = headerLength + Math.min(total, datagram.cutAt);
    if (captured > this.#bytes.length) this.#bytes = new Uint8Array(headerLength + MAX_DATAGRAM);
    const bytes = this.#bytes;
    bytes.set(header.subarray(0, headerLength));
    bytes.set(payload.subarray(0, captured - headerLength), headerLength);
    const length = datagram.isV6 ? headerLength - 40 + total : headerLength + total;
    // A length that the field cannot hold is left to the frame's length, as for offloaded segments.
    const field = length > 0xffff ? 0 : length;
    if (datagram.isV6) {
      bytes[4] = field >>> 8;
      bytes[5] = field & 255;
      bytes[datagram.nextHeaderAt] = datagram.protocol;
    } else {
      bytes[2] = field >>> 8;
      bytes[3] = field & 255;
      bytes[6] = bytes[7] = 0;
    }
    const batch = this.#batch;
    batch.bytes = bytes;
    batch.byteLength = captured;
    batch.start = 0;
    batch.count = 1;
    batch.firstPacketNumber = from.packetNumber(i);
    batch.input = from.input;
    batch.frameOffset[0] = 0;
    batch.capLen[0] = captured;
    batch.wireLen[0] = headerLength + total;
    batch.tsSeconds[0] = from.tsSeconds[i]!;
    batch.tsNanos[0] = from.tsNanos[i]!;
    batch.linkType[0] = LINKTYPE_RAW;
    batch.interfaceId[0] = from.interfaceId[i]!;
    decodeHeaders(batch, this.#issues);
    batch.layers[0]! |= from.layers[i]! & OUTER_LAYERS;
    batch.srcMac[0] = from.srcMac[i]!;
    batch.dstMac[0] = from.dstMac[i]!;
    batch.vlanId[0] = from.vlanId[i]!;
    batch.innerVlanId[0] = from.innerVlanId[i]!;
    batch.etherType[0] = from.etherType[i]!;
    batch.tunnelDepth[0] = batch.tunnelDepth[0]! + from.tunnelDepth[i]!;
    return batch;
  }

  #expire(now: number, packet: number): void {
    const limit = this.#config.fragmentTimeoutMs / 1000;
    while (this.#pending.length > 0 && now - this.#pending[0]!.since > limit) {
      this.#issues.add(ISSUE['stream/fragment-limit'], packet);
      this.#drop(this.#pending[0]!);
    }
  }

  #drop(datagram: Datagram): void {
    this.#ranges.releaseAll(datagram.ranges);
    this.#pending.splice(this.#pending.indexOf(datagram), 1);
  }
}

function keepHeader(datagram: Datagram, batch: PacketBatch, from: FragmentHeader): void {
  datagram.header = batch.bytes.slice(from.headerStart, from.headerEnd);
  datagram.headerLength = datagram.header.length;
  datagram.nextHeaderAt = from.nextHeaderAt;
  datagram.protocol = from.protocol;
}
