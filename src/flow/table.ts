import type { PacketBatch } from '../packet/batch.ts';
import type { IssueCounter } from '../packet/issue.ts';

/** Limits and timeouts, all in packet time. Defaults are Zeek's where Zeek has one. */
export interface FlowConfig {
  /** Concurrent flows at most; beyond it the least recently active flow is ended and `flow/evicted` counted. */
  readonly maxFlows: number;
  readonly tcpInactivityMs: number;
  readonly udpInactivityMs: number;
  readonly icmpInactivityMs: number;
}

export const DEFAULT_FLOW_CONFIG: FlowConfig = {
  maxFlows: 524_288,
  tcpInactivityMs: 300_000,
  udpInactivityMs: 60_000,
  icmpInactivityMs: 60_000,
};

/** Why a flow ended. */
export const FLOW_END = { closed: 1, timeout: 2, evicted: 3, capture: 4 } as const;

/** Called with the slot of a flow; its columns are valid during the call. */
export type FlowListener = (slot: number) => void;

/**
 * The flow table: bidirectional connections with Zeek's semantics, as columns by slot. A slot is reused after its
 * flow ended. `orig` is the originator, `resp` the responder.
 */
export interface FlowColumns {
  /** Running number of the flow, from 0, in order of first packets: stable identity within a run. */
  readonly id: Float64Array;
  /** Four words per slot, like the batch's. */
  readonly origIp: Uint32Array;
  readonly respIp: Uint32Array;
  /** For ICMP: type and code of the originator, then of the responder's matching type, as Zeek logs them. */
  readonly origPort: Uint16Array;
  readonly respPort: Uint16Array;
  readonly ipProtocol: Uint8Array;
  /** MACs seen on the first packet of each direction; NO_MAC when not seen. */
  readonly origMac: Float64Array;
  readonly respMac: Float64Array;
  readonly firstSeconds: Uint32Array;
  readonly firstNanos: Uint32Array;
  readonly lastSeconds: Uint32Array;
  readonly lastNanos: Uint32Array;
  readonly origPackets: Uint32Array;
  readonly respPackets: Uint32Array;
  /** Sums of IP lengths. */
  readonly origIpBytes: Float64Array;
  readonly respIpBytes: Float64Array;
  /** TCP flags seen, OR-ed, per direction. */
  readonly origTcpFlags: Uint8Array;
  readonly respTcpFlags: Uint8Array;
  /** 1-based number of the first packet. */
  readonly firstPacket: Float64Array;
  /** Index into the decoder list of the protocol recognised from content, +1; 0 when none. */
  readonly service: Uint8Array;
}

export interface FlowTableStatistics {
  readonly created: number;
  readonly active: number;
  readonly evicted: number;
}

export type { IssueCounter, PacketBatch };
