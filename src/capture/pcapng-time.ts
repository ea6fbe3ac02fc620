/**
 * Timestamps of pcapng: a 64-bit count of units since the epoch, the unit being a negative power of ten or of two
 * (if_tsresol). Exact without BigInt for every resolution that capture tools write; BigInt for the finer ones.
 */
export interface TimeUnit {
  /** Units in a second. */
  readonly perSecond: number;
  /** Units in a second where plain arithmetic would not be exact (`perSecond` is 0 then); 0 otherwise. */
  readonly wide: bigint;
  /** Nanoseconds of a unit when that is whole (up to 10^9 units in a second), 0 otherwise. */
  readonly nanosPerUnit: number;
  /** Fractional digits that the unit can show, at most 9. */
  readonly digits: number;
}

/** Microseconds, as the specification says where an interface does not. */
export const MICROSECONDS: TimeUnit = { perSecond: 1e6, wide: 0n, nanosPerUnit: 1000, digits: 6 };

/** The unit that an if_tsresol byte names. */
export function timeUnit(resolution: number): TimeUnit {
  const exponent = resolution & 0x7f;
  if ((resolution & 0x80) !== 0) {
    const digits = Math.min(9, Math.ceil(exponent * Math.log10(2)));
    const plain = exponent <= 22;
    return {
      perSecond: plain ? 2 ** exponent : 0,
      wide: plain ? 0n : 1n << BigInt(exponent),
      nanosPerUnit: 0,
      digits,
    };
  }
  if (exponent > 9) return { perSecond: 0, wide: 10n ** BigInt(exponent), nanosPerUnit: 0, digits: 9 };
  return { perSecond: 10 ** exponent, wide: 0n, nanosPerUnit: 10 ** (9 - exponent), digits: exponent };
}

/** Result of `splitTime`: whole seconds, and the nanoseconds within one (rounded down). */
export const split = { seconds: 0, nanos: 0 };

/** Seconds and nanoseconds of `high * 2^32 + low` units, into `split`. */
export function splitTime(high: number, low: number, unit: TimeUnit): void {
  const { perSecond } = unit;
  if (perSecond === 0) {
    const units = (BigInt(high) << 32n) | BigInt(low);
    split.seconds = Number(units / unit.wide);
    split.nanos = Number(((units % unit.wide) * 1_000_000_000n) / unit.wide);
    return;
  }
  let seconds: number;
  let rest: number;
  if (high < 0x20_0000) {
    const units = high * 0x1_0000_0000 + low;
    seconds = Math.floor(units / perSecond);
    rest = units - seconds * perSecond;
  } else {
    // Long division by 16-bit digits: at most 2^30 units in a second keep every value below 2^53.
    const q0 = Math.floor(high / perSecond);
    let digit = (high - q0 * perSecond) * 0x1_0000 + (low >>> 16);
    const q1 = Math.floor(digit / perSecond);
    digit = (digit - q1 * perSecond) * 0x1_0000 + (low & 0xffff);
    const q2 = Math.floor(digit / perSecond);
    seconds = q0 * 0x1_0000_0000 + q1 * 0x1_0000 + q2;
    rest = digit - q2 * perSecond;
  }
  split.seconds = seconds;
  split.nanos = unit.nanosPerUnit !== 0 ? rest * unit.nanosPerUnit : Math.floor((rest * 1e9) / perSecond);
}
