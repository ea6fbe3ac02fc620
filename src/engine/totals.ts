import { LAYER } from '../packet/layer.ts';
import { STATE, TOTAL } from '../hot/layout.ts';
import type { HotMemory } from '../hot/memory.ts';
import type { PacketBatch } from '../packet/batch.ts';
import type { CountedTraffic } from '../packet/counted-traffic.ts';
import type { PacketTime } from '../detect/finding.ts';

/**
 * Names of what a packet is counted for, by layer bit. A packet counts for each of its layers, so the sum exceeds the
 * total.
 */
const COUNTED: readonly (readonly [name: string, layer: number])[] = [
  ['arp', LAYER.arp],
  ['ipv4', LAYER.ipv4],
  ['ipv6', LAYER.ipv6],
  ['tcp', LAYER.tcp],
  ['udp', LAYER.udp],
  ['icmp', LAYER.icmp],
  ['icmpv6', LAYER.icmpv6],
  ['igmp', LAYER.igmp],
  ['sctp', LAYER.sctp],
  ['tunnel', LAYER.tunnel],
  ['wlan', LAYER.wlan],
  ['llc', LAYER.llc],
];

/** First and last packet time of one input, by time and not by order. */
export interface TimeSpan {
  first: PacketTime | null;
  last: PacketTime | null;
}

/** What is counted packet by packet. */
export interface TrafficCounts {
  readonly packets: number;
  readonly bytes: number;
  readonly spans: readonly TimeSpan[];
  readonly layerPackets: Float64Array;
  readonly layerBytes: Float64Array;
}

/** What is counted over all analyzed packets. */
export class Totals {
  packets = 0;
  /** Bytes on the wire. */
  bytes = 0;
  /** By index of the input. */
  readonly spans: TimeSpan[] = [];
  private readonly layerPackets = new Float64Array(32);
  private readonly layerBytes = new Float64Array(32);
  /** Packets and bytes of flows by recognised service. */
  private readonly services = new Map<string, { packets: number; bytes: number }>();

  /** Counts the rows of a batch for which `keep` holds; all when it is null. */
  add(batch: PacketBatch, keep: Uint8Array | null): void {
    const { hot } = batch;
    if (keep === null && hot !== null && batch.count > batch.start) {
      this.addHot(batch, hot);
      return;
    }
    const { layers, wireLen, start, count } = batch;
    let packets = 0;
    let bytes = 0;
    // Packets of the same layers come in runs: the layers of a run are gone through once.
    let runLayers = 0;
    let runPackets = 0;
    let runBytes = 0;
    for (let i = start; i < count; i++) {
      if (keep !== null && keep[i] === 0) continue;
      if (layers[i] !== runLayers) {
        this.addLayers(runLayers, runPackets, runBytes);
        packets += runPackets;
        bytes += runBytes;
        runLayers = layers[i]!;
        runPackets = runBytes = 0;
      }
      runPackets++;
      runBytes += wireLen[i]!;
    }
    this.addLayers(runLayers, runPackets, runBytes);
    this.packets += packets + runPackets;
    this.bytes += bytes + runBytes;
    this.span(batch, keep);
  }

  private addHot(batch: PacketBatch, hot: HotMemory): void {
    const { words, doubles } = hot;
    doubles.fill(0, TOTAL.packets >>> 3, TOTAL.end >>> 3);
    hot.core.total(batch.base, batch.start, batch.count);
    for (let bit = 0; bit < 32; bit++) {
      this.layerPackets[bit]! += doubles[(TOTAL.packets >>> 3) + bit]!;
      this.layerBytes[bit]! += doubles[(TOTAL.bytes >>> 3) + bit]!;
    }
    this.packets += batch.count - batch.start;
    this.bytes += doubles[TOTAL.allBytes >>> 3]!;
    this.spanOf(batch, words[STATE.first >>> 2]!, words[STATE.latest >>> 2]!);
  }

  /** Adds packets that were counted elsewhere. */
  credit({ rows, packets, wireBytes }: CountedTraffic): void {
    for (let i = rows.start; i < rows.count; i++) {
      this.addLayers(rows.layers[i]!, packets[i]!, wireBytes[i]!);
      this.packets += packets[i]!;
      this.bytes += wireBytes[i]!;
    }
    this.span(rows, null);
  }

  /** What can go to another thread: all but services. */
  get counts(): TrafficCounts {
    const { packets, bytes, spans, layerPackets, layerBytes } = this;
    return { packets, bytes, spans, layerPackets, layerBytes };
  }

  /** Takes what another one counted of the packets; of this one only services were counted. */
  absorb({ packets, bytes, spans, layerPackets, layerBytes }: TrafficCounts): void {
    this.packets += packets;
    this.bytes += bytes;
    this.spans.push(...spans);
    for (let bit = 0; bit < 32; bit++) {
      this.layerPackets[bit]! += layerPackets[bit]!;
      this.layerBytes[bit]! += layerBytes[bit]!;
    }
  }

  addService(name: string, packets: number, bytes: number): void {
    const counted = this.services.get(name);
    if (counted === undefined) this.services.set(name, { packets, bytes });
    else {
      counted.packets += packets;
      counted.bytes += bytes;
    }
  }

  /** Traffic by protocol: layers first, then services of flows; those that were not seen are absent. */
  protocols(): Map<string, { packets: number; bytes: number }> {
    const result = new Map<string, { packets: number; bytes: number }>();
    for (const [name, layer] of COUNTED) {
      const bit = 31 - Math.clz32(layer);
      if (this.layerPackets[bit]! > 0) {
        result.set(name, { packets: this.layerPackets[bit]!, bytes: this.layerBytes[bit]! });
      }
    }
    for (const [name, counted] of this.services) result.set(name, counted);
    return result;
  }

  private addLayers(layers: number, packets: number, bytes: number): void {
    for (let bits = layers; bits !== 0; bits &= bits - 1) {
      const bit = 31 - Math.clz32(bits & -bits);
      this.layerPackets[bit]! += packets;
      this.layerBytes[bit]! += bytes;
    }
  }

  private span(batch: PacketBatch, keep: Uint8Array | null): void {
    const { tsSeconds, tsNanos } = batch;
    let first = -1;
    let last = -1;
    for (let i = batch.start; i < batch.count; i++) {
      if (keep !== null && keep[i] === 0) continue;
      if (first < 0 || isBefore(tsSeconds[i]!, tsNanos[i]!, tsSeconds[first]!, tsNanos[first]!)) first = i;
      if (last < 0 || isBefore(tsSeconds[last]!, tsNanos[last]!, tsSeconds[i]!, tsNanos[i]!)) last = i;
    }
    this.spanOf(batch, first, last);
  }

  /** Widens the span of an input to rows `first` and `last`, -1 for none. */
  private spanOf(batch: PacketBatch, first: number, last: number): void {
    const { tsSeconds, tsNanos } = batch;
    const span = (this.spans[batch.input] ??= { first: null, last: null });
    if (first < 0) return;
    const firstTime = { seconds: tsSeconds[first]!, nanos: tsNanos[first]! };
    const lastTime = { seconds: tsSeconds[last]!, nanos: tsNanos[last]! };
    if (
      span.first === null ||
      isBefore(firstTime.seconds, firstTime.nanos, span.first.seconds, span.first.nanos)
    ) {
      span.first = firstTime;
    }
    if (
      span.last === null ||
      isBefore(span.last.seconds, span.last.nanos, lastTime.seconds, lastTime.nanos)
    ) {
      span.last = lastTime;
    }
  }
}

function isBefore(aSeconds: number, aNanos: number, bSeconds: number, bNanos: number): boolean {
  return aSeconds < bSeconds || (aSeconds === bSeconds && aNanos < bNanos);
}
