/** What captures: the ways to packets of an interface, behind one interface. */
import type { PacketBatch } from '../../packet/batch.ts';
import type { CountedTraffic } from '../../packet/counted-traffic.ts';
import type { SourceInfo } from '../source.ts';

export const BACKENDS = ['ebpf', 'libpcap'] as const;
export type Backend = (typeof BACKENDS)[number];

/** An opened capture: from now on packets are kept until they are read. */
export interface LiveCapture {
  /** In what way it captures, for people: `TCX, ring buffer`. */
  readonly how: string;
  /** To be iterated once. Ends after `stop`, when all that was captured has been handed out. */
  batches(): AsyncIterable<PacketBatch>;
  /** What was counted and is not handed out, of flows whose copied packets were; null when nothing waits. */
  counted?(): CountedTraffic | null;
  stop(): void;
  close(): Promise<void>;
}

/** How much of each direction of a flow is copied: so many packets or so many bytes, whichever comes first. */
export interface Offload {
  readonly packets: number;
  readonly bytes: number;
}

export const DEFAULT_OFFLOAD: Offload = { packets: 16, bytes: 16_384 };

export interface CaptureOptions {
  /** Memory in which packets wait until they are read; how much is taken for it is the backend's matter. */
  readonly kernelBufferBytes: number;
  /** Told what a person should know: an interface went down, came back. */
  readonly onNotice: (text: string) => void;
  /** Packets in a batch at most. */
  readonly batchSize?: number;
  /** Count in the kernel what follows the first packets of each flow; only eBPF can. */
  readonly offload?: Offload;
}

/**
 * Rejects with a `LanscopeError`: COMPONENT_MISSING (the backend cannot be had here), NO_SUCH_INTERFACE, NO_PERMISSION.
 * Interfaces and counts go to `info`.
 */
export type OpenBackend = (
  names: readonly string[],
  info: SourceInfo,
  options: CaptureOptions,
) => Promise<LiveCapture>;
