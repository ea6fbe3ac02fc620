/** Settings of V8 that suit an analysis; see ARCHITECTURE.md for what they were measured to give. */
import { setFlagsFromString } from 'node:v8';

/** To be called before anything is compiled: compiled code that is kept belongs to these settings. */
export function tuneV8(): void {
  // V8 inlines less than it would: a fifth of the time of an analysis went into optimizing functions with many others
  // inside, again for each of them, and the loops over packets do not need it.
  setFlagsFromString('--max-inlined-bytecode-size=200');
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=400');
  // The young generation begins with 1 MB, and what a start makes stays: it was copied seven times, and then
  // once more as the old one was full. It grows to its 16 MB at once instead of by doubling.
  setFlagsFromString('--semi-space-growth-factor=16');
  // Bytes of bytecode that a function runs before V8 looks whether to optimize it, six times the default: what only starts
  // and ends a run is not worth it, and the loops over packets get there in the first tenths of a second. V8 of Node 22
  // and later (12) has no such flag, waits longer by itself, and complains about what it does not know.
  if (Number.parseInt(process.versions.v8, 10) < 12) setFlagsFromString('--interrupt-budget=400000');
}
