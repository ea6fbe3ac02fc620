/** A wall clock with microseconds that follows steps of the system's clock only when `adjust` finds one. */

/** Differences below this are the coarseness and the slewing of the system's clock. */
const STEP_MS = 250;

export class WallClock {
  #offsetMs = performance.timeOrigin;

  /** Milliseconds since the epoch, with fraction; never less than before, except when the system's clock was set back. */
  nowMs(): number {
    return this.#offsetMs + performance.now();
  }

  /** Takes over the system's time when it was set, or when the machine has slept. */
  adjust(systemMs = Date.now()): void {
    const difference = systemMs - this.nowMs();
    if (Math.abs(difference) > STEP_MS) this.#offsetMs += difference;
  }
}
