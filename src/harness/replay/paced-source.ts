/**
 * A capture as if it came now: packets are handed out when their time has come on a virtual clock that starts at the
 * first packet and runs at a given speed. Every packet is due by a fixed origin, so that errors do not add up. Packets
 * and their order are those of the capture; only when they come, and in which parts of a batch, is another.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Source } from '../../capture/source.ts';
import type { PacketBatch } from '../../packet/batch.ts';

export interface Clock {
  /** Milliseconds from anywhere, never backwards. */
  now(): number;
  /** Resolves when so many have passed, or at once when aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export const WALL_CLOCK: Clock = {
  now: () => performance.now(),
  wait: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => {}),
};

export interface PacedSource extends Source {
  /** Ends handing out packets. */
  stop(): void;
  /** Time of the virtual clock, epoch seconds with fraction; 0 before the first packet. */
  now(): number;
  /** The capture was handed out to its end. */
  readonly isComplete: boolean;
}

/** Shortest wait: what becomes due meanwhile is handed out together. */
const MIN_WAIT_MS = 2;
/** Longest that a timer can wait. */
const MAX_WAIT_MS = 0x7fff_ffff;

/** `speed` times as fast as it was; infinite for as fast as it goes. */
export function paceSource(source: Source, speed: number, clock: Clock = WALL_CLOCK): PacedSource {
  const stopped = new AbortController();
  let originMs = 0;
  /** Packet time at the origin, epoch seconds. */
  let first = 0;
  let latest = 0;
  let isComplete = false;

  const dueMs = (batch: PacketBatch, row: number): number =>
    originMs + ((batch.tsSeconds[row]! - first + batch.tsNanos[row]! / 1e9) * 1000) / speed;

  /** Hands out the rows of a batch as they become due. */
  async function* parts(batch: PacketBatch): AsyncGenerator<PacketBatch, void, undefined> {
    const { start, count } = batch;
    for (let row = start; row < count;) {
      const from = row;
      const nowMs = clock.now();
      // A packet that is older than one before it is overdue.
      while (row < count && dueMs(batch, row) <= nowMs) row++;
      if (row > from) {
        batch.start = from;
        batch.count = row;
        yield batch;
        batch.start = start;
        batch.count = count;
      } else {
        const ms = Math.min(MAX_WAIT_MS, Math.max(MIN_WAIT_MS, dueMs(batch, row) - nowMs));
        await clock.wait(ms, stopped.signal);
      }
      if (stopped.signal.aborted) return;
    }
  }

  async function* batches(): AsyncGenerator<PacketBatch, void, undefined> {
    for await (const batch of source) {
      if (stopped.signal.aborted) return;
      if (batch.start < batch.count) {
        if (first === 0) {
          first = batch.tsSeconds[batch.start]!;
          originMs = clock.now() - batch.tsNanos[batch.start]! / 1e6 / speed;
        }
        latest = Math.max(latest, batch.tsSeconds[batch.count - 1]!);
      }
      if (Number.isFinite(speed)) yield* parts(batch);
      else yield batch;
      if (stopped.signal.aborted) return;
    }
    isComplete = true;
  }

  const iterator = batches();
  return {
    inputs: source.inputs,
    close: () => source.close(),
    stop: () => stopped.abort(),
    now: () => {
      if (first === 0) return 0;
      return Number.isFinite(speed) ? first + ((clock.now() - originMs) * speed) / 1000 : latest;
    },
    get isComplete() {
      return isComplete;
    },
    [Symbol.asyncIterator]: () => iterator,
  };
}
