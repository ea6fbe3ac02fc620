import type { FlowConfig } from './config.ts';
import { Flows, type RecordLog } from './flows.ts';

/** Flows of a table in another thread, as that tells of them: by what it wrote when one began and when it ended. */
export class ToldFlows extends Flows {
  /** Flows that began so far. */
  created = 0;
  #sequence = 0;

  constructor(config: FlowConfig) {
    super(config);
    this.widen(FIRST_CAPACITY);
  }

  /** A flow began in `slot`. */
  begin(slot: number, log: RecordLog): void {
    if (slot >= this.capacity) {
      let capacity = this.capacity;
      while (capacity <= slot) capacity *= 2;
      this.widen(capacity);
    }
    this.created++;
    this.readStart(slot, log);
    this.service[slot] = 0;
  }

  /** Its originator and responder change places. */
  turnRound(slot: number): void {
    if (slot < this.capacity) this.turn(slot);
  }

  /** It ended for `reason`. */
  finish(slot: number, reason: number, log: RecordLog): void {
    this.endReason = reason;
    this.readEnd(slot, log);
  }

  /** Forgets what only few flows have, after its end was told. */
  forget(slot: number): void {
    if (this.parents.size > 0) this.parents.delete(slot);
    if (this.ports.size > 0) this.ports.delete(slot);
  }

  /** A packet of the flow comes to be looked at: who sent it, and the sequence number of its direction's first byte. */
  turnTo(direction: number, sequence: number): void {
    this.direction = direction;
    this.#sequence = sequence;
  }

  /** Of the direction that was turned to. */
  override firstSequence(): number {
    return this.#sequence;
  }
}

const FIRST_CAPACITY = 1024;
