import type { PacketBatch } from '../packet/batch.ts';
import type { IssueCode } from '../packet/issue.ts';
import type { Observation } from './observation.ts';

/**
 * Where a message was seen. One object is reused for all messages: it is valid during the call only, and whoever
 * keeps a value copies it. `batch` and `index` lead to every header column of the packet.
 */
export interface MessageContext {
  batch: PacketBatch;
  index: number;
  /** 1-based packet number. */
  packet: number;
  seconds: number;
  nanos: number;
  /** Flow slot in the flow table; -1 where the packet belongs to none (ARP, other EtherTypes). */
  flow: number;
  /** True when the packet travels from the flow's originator to its responder. */
  fromOriginator: boolean;
}

/**
 * Takes what a decoder found. `issue` offsets are relative to the bytes that were given to `decode`. Issues of a packet
 * that the snaplen cut are dropped by the caller, so a decoder need not ask whether bytes are missing or were left out.
 */
export interface MessageSink {
  observe(observation: Observation): void;
  issue(code: IssueCode, offset: number, needed: number, available: number): void;
}

/**
 * What became of the bytes.
 * `done`: a message (or several) was decoded, or they are recognised and nothing more is wanted from this flow
 *         direction now; a later datagram is offered again.
 * `incomplete`: more is wanted. A stream is offered again from its start with more bytes; a datagram decoder is
 *         offered the next datagram.
 * `foreign`: not this protocol; others may try. Nothing was observed.
 *
 * A stream decoder may observe messages and still answer `incomplete`. As the start of the stream is offered again,
 * it then observes the same messages again, in the same order, before any new ones; the caller counts them per
 * direction and passes each on once. Issues are told only with `done`.
 */
export type DecodeResult = 'done' | 'incomplete' | 'foreign';

/** How a decoder is reached. */
export type DecoderTrigger =
  | { readonly kind: 'udp'; readonly ports: readonly number[] }
  | { readonly kind: 'tcp'; readonly ports: readonly number[] }
  | { readonly kind: 'ethertype'; readonly types: readonly number[] }
  /** 802.3 with LLC/SNAP: DSAP/SSAP pair or SNAP OUI and protocol, matched by the decoder itself. */
  | { readonly kind: 'llc' }
  | { readonly kind: 'ip'; readonly protocols: readonly number[] };

/**
 * A message decoder: bytes to observations. A pure function of its arguments, apart from the sink: no clock, no
 * state between calls. It never throws, never reads outside `[start, end)`, bounds every loop, and tells a
 * malformed message by an issue code after emitting what was decoded before it.
 *
 * The exception is a protocol whose message is spread over datagrams that nothing else puts in order (QUIC): its
 * decoder has `create`, and whoever runs an analysis calls it once and uses what it returns, so that nothing is
 * carried from one analysis to the next. The state is bounded, the bound is stated in its file, and a flow slot that is
 * used again must not mislead it.
 */
export interface MessageDecoder {
  /** Lower-case protocol name, as Zeek's `service` where Zeek has one: `dns`, `dhcp`, `ssl`, `mdns` … */
  readonly name: string;
  readonly triggers: readonly DecoderTrigger[];
  /**
   * `every`: each datagram of the flow is worth decoding (discovery, DNS, DHCP). `start`: only the first bytes of
   * the flow, per direction, within the inspection budget.
   */
  readonly scope: 'every' | 'start';
  /**
   * Cheap look at the first bytes of a TCP stream direction or UDP datagram on any port: can this be ours? Absent:
   * reached by its triggers alone.
   */
  readonly probe?: (bytes: Uint8Array, start: number, end: number) => boolean;
  decode(
    bytes: Uint8Array,
    start: number,
    end: number,
    context: MessageContext,
    sink: MessageSink,
  ): DecodeResult;
  /** Makes the decoder with state that one analysis uses in place of this one. */
  readonly create?: () => MessageDecoder;
}
