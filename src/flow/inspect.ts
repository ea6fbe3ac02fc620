import { PacketBatch } from '../packet/batch.ts';
import type { IssueCode, IssueCounter } from '../packet/issue.ts';
import { LAYER, TCP_FLAG } from '../packet/layer.ts';
import type { DecodeResult, MessageContext, MessageDecoder, MessageSink } from '../protocol/decoder.ts';
import { PROTOCOLS } from '../protocol/list.ts';
import type { Observation } from '../protocol/observation.ts';
import { wider } from './columns.ts';
import type { PayloadInspector } from './intake.ts';
import { StreamStore } from './stream.ts';
import { sequenceDelta } from './tcp-endpoint.ts';
import type { Flows } from './flows.ts';
import { Triggers } from './triggers.ts';

/** Takes an observation; the context is valid during the call. */
export type ObservationHandler = (observation: Observation, context: MessageContext) => void;

/** Datagrams per direction that decoders of scope `start` get to see, and that any decoder may refuse in a row. */
export const DATAGRAMS_INSPECTED = 4;

/** A stream start below this is offered again although no decoder took it. */
const UNDECIDED_BYTES = 12;

/** Decoders are kept by their index + 1 in one byte. */
const MAX_DECODERS = 255;

/** Offers of a growing stream start; after that it must have grown by a quarter to be offered again. */
const FREE_OFFERS = 16;

/** Marks of a flow direction in `#state`. */
const STATE = {
  /** Nothing more is wanted; this is where most packets end. */
  done: 1,
  /** A stream holds bytes of this direction. */
  stream: 2,
  /** The direction's first sequence number is known. */
  based: 4,
} as const;

/**
 * Brings payload to message decoders: by port first, then by content. Only the start of a flow direction is looked
 * at: TCP up to `inspectBytes`, datagrams as their decoder's scope says; then a packet costs one array look-up.
 * A TCP message that lies whole in the direction's first segment is decoded in place; otherwise the start of the
 * stream is kept and offered again as it grows. Decoders of other EtherTypes, LLC and IP protocols see every packet.
 */
export class Inspector implements PayloadInspector {
  readonly #flows: Flows;
  readonly #issues: IssueCounter;
  readonly #decoders: readonly MessageDecoder[];
  readonly #triggers: Triggers;
  readonly #streams: StreamStore;
  readonly #context: MessageContext;
  readonly #sink: MessageSink;
  /** Where offsets of issues count from, within the frame. */
  #issueBase = 0;
  /** By `slot * 2 + direction`, direction 0 from the originator. */
  #state = new Uint8Array(0);
  /** Index + 1 of the decoder that recognised the direction; 0 while none has. */
  #decoder = new Uint8Array(0);
  /** Datagrams looked at; for streams offers made. */
  #looks = new Uint8Array(0);
  /** TCP: the stream when there is one, else the sequence number of the first byte that is looked at. */
  #place = new Uint32Array(0);
  /** Observations made during the present offer; those up to `#skip` were passed on before. */
  #made = 0;
  #skip = 0;

  constructor(
    flows: Flows,
    issues: IssueCounter,
    handler: ObservationHandler,
    decoders: readonly MessageDecoder[] = PROTOCOLS,
  ) {
    if (decoders.length > MAX_DECODERS) throw new Error(`more than ${MAX_DECODERS} message decoders`);
    this.#flows = flows;
    this.#issues = issues;
    this.#decoders = decoders.map((decoder) => decoder.create?.() ?? decoder);
    this.#triggers = new Triggers(this.#decoders);
    this.#streams = new StreamStore(flows.config.inspectBytes, flows.config.inspectBudgetBytes, issues);
    const context: MessageContext = {
      batch: new PacketBatch(1),
      index: 0,
      packet: 0,
      seconds: 0,
      nanos: 0,
      flow: -1,
      fromOriginator: true,
    };
    this.#context = context;
    this.#sink = {
      observe: (observation: Observation): void => {
        if (++this.#made > this.#skip) handler(observation, context);
      },
      issue: (code: IssueCode, offset: number, needed: number, available: number): void => {
        // A message that the snaplen cut is not malformed.
        if ((context.batch.layers[context.index]! & LAYER.cut) !== 0) return;
        this.#issues.add(code, context.packet, this.#issueBase + offset, needed, available);
      },
    };
  }

  /** Looks at packet `i`, which belongs to flow `slot` (-1 for none), right after the table counted it. */
  packet(batch: PacketBatch, i: number, slot: number): void {
    const layers = batch.layers[i]!;
    if ((layers & LAYER.tcp) !== 0) {
      if (slot >= 0 && batch.payloadCapLen[i] !== 0) this.#tcp(batch, i, slot);
    } else if ((layers & LAYER.udp) !== 0) {
      if (slot >= 0 && batch.payloadCapLen[i] !== 0) this.#udp(batch, i, slot);
    } else this.#other(batch, i, slot, layers);
  }

  /** Of which directions of a flow no more payload is looked at: 1 the originator's, 2 the responder's. */
  inspected(slot: number): number {
    const at = slot * 2;
    if (at + 1 >= this.#state.length) return 0;
    return (this.#state[at]! & STATE.done) | ((this.#state[at + 1]! & STATE.done) << 1);
  }

  /** Releases what is held for a flow; to be called when it ends. */
  flowEnd(slot: number): void {
    for (let at = slot * 2; at < slot * 2 + 2; at++) {
      if (at >= this.#state.length) return;
      this.#release(at);
      this.#state[at] = 0;
      this.#decoder[at] = 0;
      this.#looks[at] = 0;
    }
  }

  #at(slot: number): number {
    if (slot * 2 + 1 >= this.#state.length) this.#grow();
    return slot * 2 + (this.#flows.fromOriginator ? 0 : 1);
  }

  #enter(batch: PacketBatch, i: number, slot: number): void {
    const context = this.#context;
    context.batch = batch;
    context.index = i;
    context.packet = batch.packetNumber(i);
    context.seconds = batch.tsSeconds[i]!;
    context.nanos = batch.tsNanos[i]!;
    context.flow = slot;
    context.fromOriginator = slot < 0 || this.#flows.fromOriginator;
    this.#made = 0;
    this.#skip = 0;
  }

  #other(batch: PacketBatch, i: number, slot: number, layers: number): void {
    let list: readonly number[];
    if ((layers & (LAYER.ipv4 | LAYER.ipv6)) !== 0) {
      if ((layers & LAYER.laterFragment) !== 0) return;
      list = this.#triggers.ip(batch.ipProtocol[i]!);
    } else if ((layers & LAYER.llc) !== 0 && batch.etherType[i]! < 0x600) list = this.#triggers.llc;
    else list = this.#triggers.etherType(batch.etherType[i]!);
    if (list.length === 0) return;
    this.#enter(batch, i, slot);
    const start = batch.payloadOffset[i]!;
    const end = start + batch.payloadCapLen[i]!;
    this.#issueBase = start - batch.frameOffset[i]!;
    for (const index of list) {
      const result = this.#decoders[index]!.decode(batch.bytes, start, end, this.#context, this.#sink);
      if (result !== 'foreign') return;
    }
  }

  #udp(batch: PacketBatch, i: number, slot: number): void {
    const at = this.#at(slot);
    if ((this.#state[at]! & STATE.done) !== 0) return;
    this.#enter(batch, i, slot);
    const start = batch.payloadOffset[i]!;
    const end = start + batch.payloadCapLen[i]!;
    this.#issueBase = start - batch.frameOffset[i]!;
    const known = this.#decoder[at]! !== 0 ? this.#decoder[at]! : this.#decoder[at ^ 1]!;
    const index = this.#recognise(
      batch.bytes,
      start,
      end,
      known,
      false,
      batch.dstPort[i]!,
      batch.srcPort[i]!,
    );
    if (index >= 0) {
      this.#decoder[at] = index + 1;
      this.#flows.service[slot] = index + 1;
      if (this.#decoders[index]!.scope === 'every') {
        this.#looks[at] = 0;
        return;
      }
    }
    if (++this.#looks[at]! >= DATAGRAMS_INSPECTED) this.#state[at]! |= STATE.done;
  }

  #tcp(batch: PacketBatch, i: number, slot: number): void {
    const at = this.#at(slot);
    const state = this.#state[at]!;
    if ((state & STATE.done) !== 0) return;
    const flags = batch.tcpFlags[i]!;
    if ((flags & TCP_FLAG.rst) !== 0) return;
    const sequence = (batch.tcpSeq[i]! + ((flags & TCP_FLAG.syn) === 0 ? 0 : 1)) >>> 0;
    if ((state & STATE.based) === 0) {
      this.#place[at] = this.#flows.firstSequence(slot, this.#flows.fromOriginator);
      this.#state[at]! |= STATE.based;
    }
    let start = batch.payloadOffset[i]!;
    const end = start + batch.payloadCapLen[i]!;
    const place = this.#place[at]!;
    const base = (state & STATE.stream) !== 0 ? this.#streams.base[place]! : place;
    let offset = sequenceDelta(sequence, base);
    if (offset < 0) {
      start -= offset; // bytes from before the stream's start, such as a keep-alive's
      offset = 0;
    }
    if (start >= end) return;
    if (offset >= this.#streams.limit) {
      this.#finish(at); // what is missing at the start will not come any more
      return;
    }
    this.#enter(batch, i, slot);
    if ((state & STATE.stream) === 0) {
      if (offset === 0) {
        this.#issueBase = start - batch.frameOffset[i]!;
        if (!this.#offer(batch.bytes, start, end, slot, at, batch)) return;
      }
      const stream = this.#streams.open(base);
      this.#place[at] = stream;
      this.#state[at]! |= STATE.stream;
      if (offset === 0) this.#noteOffer(stream, end - start);
    }
    this.#extend(batch, i, slot, at, offset, start, end);
  }

  /** Keeps a segment and offers the stream when its whole start has grown. */
  #extend(
    batch: PacketBatch,
    i: number,
    slot: number,
    at: number,
    offset: number,
    start: number,
    end: number,
  ): void {
    const stream = this.#place[at]!;
    const before = this.#streams.whole(stream);
    if (!this.#streams.write(stream, offset, batch.bytes, start, end, this.#context.packet)) {
      this.#finish(at);
      return;
    }
    const whole = this.#streams.whole(stream);
    const isCut = batch.payloadCapLen[i]! < batch.payloadLen[i]!;
    const offered = this.#streams.offered[stream]!;
    if (whole > before && whole > offered) {
      const isDue = this.#looks[at]! < FREE_OFFERS || whole >= offered * 1.25;
      this.#issueBase = 0;
      if (isDue && !this.#offer(this.#streams.read(stream), 0, whole, slot, at, batch)) return;
    }
    // A cut segment leaves a hole that nothing fills; a full stream can only be refused.
    if (whole >= this.#streams.limit || (isCut && offset <= before)) this.#finish(at);
  }

  /** Offers the start of a stream; true when more of it is wanted. */
  #offer(
    bytes: Uint8Array,
    start: number,
    end: number,
    slot: number,
    at: number,
    batch: PacketBatch,
  ): boolean {
    const known = this.#decoder[at]! !== 0 ? this.#decoder[at]! : this.#decoder[at ^ 1]!;
    const i = this.#context.index;
    const stream = (this.#state[at]! & STATE.stream) === 0 ? -1 : this.#place[at]!;
    this.#made = 0;
    this.#skip = stream < 0 ? 0 : this.#streams.observed[stream]!;
    const index = this.#recognise(bytes, start, end, known, true, batch.dstPort[i]!, batch.srcPort[i]!);
    if (stream >= 0) this.#noteOffer(stream, end - start);
    if (this.#looks[at]! < 255) this.#looks[at]!++;
    if (index >= 0) this.#decoder[at] = index + 1;
    if (this.#made > 0) this.#flows.service[slot] = index + 1;
    if (this.#result === 'incomplete' || (index < 0 && end - start < UNDECIDED_BYTES)) return true;
    if (index >= 0) this.#flows.service[slot] = index + 1;
    if (index >= 0 && this.#decoders[index]!.scope === 'every') {
      // What follows is offered as the next message.
      const base = stream < 0 ? this.#place[at]! : this.#streams.base[stream]!;
      this.#release(at);
      this.#place[at] = base + (end - start);
      if (this.#looks[at]! === 255) this.#finish(at);
      return false;
    }
    this.#finish(at);
    return false;
  }

  /** Of a stream that is offered again from its start: how far that went. */
  #noteOffer(stream: number, length: number): void {
    this.#streams.offered[stream] = length;
    this.#streams.observed[stream] = Math.min(255, Math.max(this.#made, this.#skip));
  }

  #result: DecodeResult = 'foreign';

  /**
   * Finds the decoder that takes the bytes: the one known from this flow, those of the ports, those whose probe
   * agrees. Returns its index, -1 when none does, and leaves its answer in `#result`.
   */
  #recognise(
    bytes: Uint8Array,
    start: number,
    end: number,
    known: number,
    isTcp: boolean,
    dstPort: number,
    srcPort: number,
  ): number {
    const triggers = this.#triggers;
    if (known !== 0 && this.#take(known - 1, bytes, start, end)) return known - 1;
    const byDst = isTcp ? triggers.tcp(dstPort) : triggers.udp(dstPort);
    const bySrc = isTcp ? triggers.tcp(srcPort) : triggers.udp(srcPort);
    for (const index of byDst) if (index !== known - 1 && this.#take(index, bytes, start, end)) return index;
    for (const index of bySrc) {
      if (index !== known - 1 && !byDst.includes(index) && this.#take(index, bytes, start, end)) return index;
    }
    for (const index of isTcp ? triggers.tcpProbes : triggers.udpProbes) {
      if (index === known - 1 || byDst.includes(index) || bySrc.includes(index)) continue;
      if (this.#decoders[index]!.probe!(bytes, start, end) && this.#take(index, bytes, start, end))
        return index;
    }
    this.#result = 'foreign';
    return -1;
  }

  #take(index: number, bytes: Uint8Array, start: number, end: number): boolean {
    this.#result = this.#decoders[index]!.decode(bytes, start, end, this.#context, this.#sink);
    return this.#result !== 'foreign';
  }

  #finish(at: number): void {
    this.#release(at);
    this.#state[at] = STATE.done;
  }

  #release(at: number): void {
    if ((this.#state[at]! & STATE.stream) === 0) return;
    this.#streams.close(this.#place[at]!);
    this.#state[at]! &= ~STATE.stream;
  }

  /** Typed-array bytes per flow slot, without stream starts (which have a budget of their own). */
  get bytesPerSlot(): number {
    const columns = [this.#state, this.#decoder, this.#looks, this.#place];
    return columns.reduce((sum, column) => sum + column.byteLength, 0) / Math.max(1, this.#state.length / 2);
  }

  #grow(): void {
    const size = this.#flows.capacity * 2;
    this.#state = wider(this.#state, new Uint8Array(size));
    this.#decoder = wider(this.#decoder, new Uint8Array(size));
    this.#looks = wider(this.#looks, new Uint8Array(size));
    this.#place = wider(this.#place, new Uint32Array(size));
  }
}
