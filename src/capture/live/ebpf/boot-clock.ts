/** Wall time of kernel timestamps, which count from the start of the machine (CLOCK_MONOTONIC). */
import { wallClockOffset } from './libc.ts';

const NS = 1_000_000_000;
/** Reading both clocks takes a moment, in which a process may have to wait: of so many tries the closest counts. */
const TRIES = 5;
/** Below this a difference is that of measuring. Both clocks are slewed alike, so it is not drift but a set clock. */
const STEP_NS = 20_000;

export class BootClock {
  /** Seconds and nanoseconds of the wall clock when CLOCK_MONOTONIC was 0. */
  #offsetSeconds = 0;
  #offsetNanos = 0;
  #offsetNs = 0n;
  readonly #measure: () => bigint;

  constructor(measure: () => bigint = closestOffset) {
    this.#measure = measure;
    this.#set(measure());
  }

  /** Takes over the wall clock when it was set, or when the machine has slept. */
  adjust(): void {
    const measured = this.#measure();
    const difference = measured - this.#offsetNs;
    if (difference > STEP_NS || difference < -STEP_NS) this.#set(measured);
  }

  /** Writes the wall time of a kernel timestamp, given as two words, into row `i` of both columns. */
  write(low: number, high: number, seconds: Uint32Array, nanos: Uint32Array, i: number): void {
    // 2^32 ns are 4 s and 294,967,296 ns: nothing is rounded in the first four years after the start of the machine.
    let nano = high * 294_967_296 + low + this.#offsetNanos;
    const carry = Math.floor(nano / NS);
    nano -= carry * NS;
    seconds[i] = high * 4 + carry + this.#offsetSeconds;
    nanos[i] = nano;
  }

  #set(offsetNs: bigint): void {
    this.#offsetNs = offsetNs;
    this.#offsetSeconds = Number(offsetNs / BigInt(NS));
    this.#offsetNanos = Number(offsetNs % BigInt(NS));
  }
}

function closestOffset(): bigint {
  let best = wallClockOffset();
  for (let tries = 1; tries < TRIES; tries++) {
    const next = wallClockOffset();
    if (next.uncertaintyNs < best.uncertaintyNs) best = next;
  }
  return best.offsetNs;
}
