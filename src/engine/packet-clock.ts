/** Seconds by which a packet may lead or trail the clock; beyond it its time is strange until others agree with it. */
export const LEAP_SECONDS = 3600;
/** Packets in a row with a strange time that agree with each other before the clock goes where they are. */
export const AGREEING_PACKETS = 8;

/** What a packet's time means for the clock. */
export const CLOCK = {
  /** The clock stands: the same second, or a strange time that nothing else confirms yet. */
  stands: 0,
  /** A new second began. */
  advanced: 1,
  /** Packets agree that it is earlier than was thought. */
  turnedBack: 2,
  /** Older than a packet before it. */
  late: 3,
} as const;

/**
 * Packet time. It follows the packets, one by one, so it does not depend on where batches end; but one damaged or
 * forged timestamp does not move it: what is more than `LEAP_SECONDS` away must be confirmed by `AGREEING_PACKETS` in
 * a row, none of them older than the one before by more than that. So after a real gap, or where captures of
 * different days follow each other, the clock is right a few packets later; until then it stands.
 */
export class PacketClock {
  /** -1 before the first packet. */
  seconds = -1;
  nanos = 0;
  /** Times that leapt ahead, and that the packets after them did not confirm. */
  strays = 0;
  /** Number of the first packet of the last one of these. */
  strayPacket = 0;
  /** No strange time waits to be confirmed, and there was a packet. */
  get isCalm(): boolean {
    return this.#agreeing === 0 && this.seconds >= 0;
  }

  #candidate = -1;
  #agreeing = 0;
  #firstStrange = 0;

  /** Takes the time of packet number `packet`. */
  take(seconds: number, nanos: number, packet: number): number {
    const ahead = seconds - this.seconds;
    if (this.seconds >= 0 && (ahead > LEAP_SECONDS || ahead < -LEAP_SECONDS)) {
      return this.#strange(seconds, nanos, packet);
    }
    if (this.#agreeing > 0) this.#forget();
    if (ahead < 0 || (ahead === 0 && nanos < this.nanos)) return CLOCK.late;
    this.nanos = nanos;
    if (ahead === 0) return CLOCK.stands;
    this.seconds = seconds;
    return CLOCK.advanced;
  }

  #strange(seconds: number, nanos: number, packet: number): number {
    const isAhead = seconds > this.seconds;
    if (this.#agreeing > 0 && seconds < this.#candidate - LEAP_SECONDS) this.#forget();
    if (this.#agreeing === 0) this.#firstStrange = packet;
    this.#candidate = seconds;
    if (++this.#agreeing < AGREEING_PACKETS) return isAhead ? CLOCK.stands : CLOCK.late;
    this.#agreeing = 0;
    this.seconds = seconds;
    this.nanos = nanos;
    return isAhead ? CLOCK.advanced : CLOCK.turnedBack;
  }

  #forget(): void {
    this.#agreeing = 0;
    if (this.#candidate < this.seconds) return;
    this.strays++;
    this.strayPacket = this.#firstStrange;
  }
}
