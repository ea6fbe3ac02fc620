import type { HotMemory } from '../hot/memory.ts';
import type { PacketBatch } from '../packet/batch.ts';

/** Where and how a capture is damaged. Offsets count bytes of the uncompressed capture. */
export interface Damage {
  readonly offset: number;
  readonly reason: string;
  /** Bytes that could not be interpreted; what is left of a damaged archive counts as it is, compressed. */
  readonly bytesLost: number;
  /** Places where reading went on after skipping; 0 when it stopped at `offset`. */
  readonly resynchronised: number;
}

/** One capture interface: an IDB of pcapng, or the one of a classic pcap. */
export interface CaptureInterface {
  readonly name: string;
  readonly description: string;
  readonly linkType: number;
  readonly snapLen: number;
  /** Fractional digits of the timestamps: 6 for microseconds, 9 for nanoseconds. */
  readonly timeDigits: number;
  /** Packets dropped as the capture itself states (ISB, live counters); -1 when it does not say. */
  drops: number;
}

/** What is known of one input when its iterator has ended (and, growing, before). */
export interface SourceInfo {
  readonly name: string;
  /** `pcap`, `pcapng`, …; with compression as `pcap+gzip`. Empty until the first bytes were read. */
  format: string;
  /** Lower-case hex over the bytes as given; '' for live sources and while reading. */
  sha256: string;
  /** Bytes of the input as given (compressed size for archives). */
  bytes: number;
  /** Total size if known in advance, for progress; 0 otherwise. */
  totalBytes: number;
  packets: number;
  readonly interfaces: CaptureInterface[];
  /** Fractional digits of the finest timestamp in the input. */
  timeDigits: number;
  damage: Damage | null;
  /** Names that the capture itself carries (pcapng NRB): address text → names. */
  readonly resolvedNames: Map<string, string[]>;
  /** Section and file comments, bounded. */
  readonly comments: string[];
  /** pcapng blocks that were recognised and passed over (`decryption secrets`, `custom`, …) → how many. */
  readonly otherBlocks: Map<string, number>;
}

/** Facts of an input before its first byte was read. */
export function newSourceInfo(name: string): SourceInfo {
  return {
    name,
    format: '',
    sha256: '',
    bytes: 0,
    totalBytes: 0,
    packets: 0,
    interfaces: [],
    timeDigits: 0,
    damage: null,
    resolvedNames: new Map(),
    comments: [],
    otherBlocks: new Map(),
  };
}

/**
 * Something that yields packets: file, pipe, live interface, memory. All are the same iterator; live and offline
 * differ in the source alone. The iterator yields batches with their source columns filled, in the order of the
 * capture; a batch is valid until the next pull. Awaiting happens per batch, never per packet.
 *
 * Errors: the iterator rejects with a `LanscopeError` for what the caller can mend. Damage never rejects: it ends
 * (or re-synchronises) the iteration and is told in `inputs[n].damage`.
 */
export interface Source extends AsyncIterable<PacketBatch> {
  /** One entry per input, in the order given by the caller. */
  readonly inputs: readonly SourceInfo[];
  /** Ends the iteration early and releases what is held. Idempotent. */
  close(): Promise<void>;
}

/** Knobs of every source; tests turn them to prove that results do not depend on them. */
export interface SourceOptions {
  /** Bytes per read. */
  readonly chunkSize?: number;
  /** Packets per batch at most. */
  readonly batchSize?: number;
  /** Skip hashing the input (`sha256` stays ''). */
  readonly noHash?: boolean;
  /** Times its own size that a compressed input may expand to, beyond the first GiB (default 1000). */
  readonly maxExpansion?: number;
  /** Where batches and windows lie, as far as there is room. */
  readonly memory?: HotMemory;
}
