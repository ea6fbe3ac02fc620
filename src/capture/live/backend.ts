/** What captures: the ways to packets of an interface, behind one interface. */
import type { PacketBatch } from '../../packet/batch.ts';
import type { SourceInfo } from '../source.ts';

export const BACKENDS = ['ebpf', 'libpcap'] as const;
export type Backend = (typeof BACKENDS)[number];

/** An opened capture: from now on packets are kept until they are read. */
export interface LiveCapture {
  /** In what way it captures, for people: `TCX, ring buffer`. */
  readonly how: string;
  /** To be iterated once. Ends after `stop`, when all that was captured has been handed out. */
  batches(): AsyncIterable<PacketBatch>;
  stop(): void;
  close(): Promise<void>;
}

export interface CaptureOptions {
  /** Memory in which packets wait until they are read; how much is taken for it is the backend's matter. */
  readonly kernelBufferBytes: number;
  /** Told what a person should know: an interface went down, came back. */
  readonly onNotice: (text: string) => void;
  /** Packets in a batch at most. */
  readonly batchSize?: number;
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
