import type { Damage } from './source.ts';

/** Adds up the damaged places of one capture: where and what the first was, how much is lost in all. */
export class DamageLog {
  private offset = -1;
  private reason = '';
  private bytesLost = 0;
  private resynchronised = 0;
  private sealed = false;

  /** Reading was ended from outside: what is missing from here on is no damage. */
  seal(): void {
    this.sealed = true;
  }

  /** Reading stopped at `offset`, for good. */
  stopped(offset: number, reason: string, bytesLost: number): void {
    this.note(offset, reason, bytesLost);
  }

  /** Something at `offset` was skipped, and reading went on. */
  skipped(offset: number, reason: string, bytesLost: number): void {
    this.note(offset, reason, bytesLost);
    if (!this.sealed) this.resynchronised++;
  }

  /** Bytes behind the damage that nobody looked at: what is left of a damaged archive. */
  addLost(bytes: number): void {
    if (this.offset >= 0 && !this.sealed) this.bytesLost += bytes;
  }

  get result(): Damage | null {
    if (this.offset < 0) return null;
    return {
      offset: this.offset,
      reason: this.reason,
      bytesLost: this.bytesLost,
      resynchronised: this.resynchronised,
    };
  }

  private note(offset: number, reason: string, bytesLost: number): void {
    if (this.sealed) return;
    if (this.offset < 0) {
      this.offset = offset;
      this.reason = reason;
    }
    this.bytesLost += bytesLost;
  }
}
