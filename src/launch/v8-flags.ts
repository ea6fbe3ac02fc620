/** Settings of V8 that suit an analysis; see ARCHITECTURE.md for what they were measured to give. */
import { setFlagsFromString } from 'node:v8';

/** Bytes read after which a run is long enough for what V8 optimizes to pay. */
const LONG_RUN_BYTES = 4 * 1024 * 1024;

/**
 * Settings of a start: names with their values. V8 inlines less than it would: a fifth of the time of an analysis went
 * into optimizing functions with many others inside, again for each of them, and the loops over packets do not need it.
 * The young generation begins with 1 MB, and what a start makes stays: it was copied seven times, and then once more as
 * the old one was full. It grows to its 16 MB at once instead of by doubling.
 */
const AT_START = [
  '--max-inlined-bytecode-size=200',
  '--max-inlined-bytecode-size-cumulative=400',
  '--semi-space-growth-factor=16',
];

/**
 * Up to V8 11 (Node 20): what only starts and ends a run is not worth optimizing, so a function runs six times the
 * default of bytecode before V8 looks at it. Later versions have no such flags, wait longer by themselves, and
 * complain about what they do not know.
 */
const WAITING = [
  '--interrupt-budget=400000',
  '--ticks-before-optimization=3',
  '--turbo-loop-peeling',
  '--turbo-splitting',
];

/** Up to V8 11: of a long run most is waited for in code that is not optimized yet, so V8 optimizes early, and quickly. */
const EAGER = [
  '--interrupt-budget=67584',
  '--ticks-before-optimization=1',
  '--no-turbo-loop-peeling',
  '--no-turbo-splitting',
];

/**
 * To be called before anything is compiled, and before compiled code is kept: it belongs to these settings, and V8
 * refuses it under others.
 */
export function tuneV8(): void {
  AT_START.forEach(setFlagsFromString);
  if (hasTicks()) WAITING.forEach(setFlagsFromString);
}

let isLong = false;

/** To be called as reading goes on. */
export function tuneV8After(bytesRead: number): void {
  if (isLong || bytesRead < LONG_RUN_BYTES) return;
  isLong = true;
  if (hasTicks()) EAGER.forEach(setFlagsFromString);
}

function hasTicks(): boolean {
  return Number.parseInt(process.versions.v8, 10) < 12;
}
