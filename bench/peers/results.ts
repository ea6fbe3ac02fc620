/** What a run of the bench found: kept in `bench/peers.json`, from which the README's tables are made. */
import { SELF } from './programs.ts';

export interface Result {
  readonly program: string;
  readonly runs: number;
  /** Of processor time, user and system: the median. */
  readonly cpuSeconds: number;
  /** Processor time of lanscope on the same input in the same rounds, divided by that of this program: the median. */
  readonly ratio: number;
  readonly peakMb: number;
  /** It did not come to its end: how it ended. */
  readonly failure?: string;
}

export interface KindResults {
  readonly kind: string;
  readonly megabytes: number;
  readonly packets: number;
  readonly results: readonly Result[];
}

export interface PeerResults {
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly system: string;
    readonly node: string;
  };
  readonly lanscope: string;
  readonly date: string;
  /** Versions by name; of what is not installed null. */
  readonly programs: Readonly<Record<string, string | null>>;
  readonly kinds: readonly KindResults[];
}

/** Ratios of one round each. */
export function medianRatio(
  own: readonly number[],
  others: readonly number[],
  median: (all: number[]) => number,
): number {
  return median(others.map((other, i) => own[i]! / other));
}

/**
 * What was found now, and before by programs that did not run now on the same captures of the same machine. Their ratios
 * are those of medians: lanscope has run anew.
 */
export function merged(now: PeerResults, before: PeerResults | null): PeerResults {
  if (before === null || before.machine.cpu !== now.machine.cpu) return now;
  const kinds = now.kinds.map((kind) => {
    const old = before.kinds.find((one) => one.kind === kind.kind && one.packets === kind.packets);
    const own = kind.results.find(({ program }) => program === SELF);
    const kept = (old?.results ?? [])
      .filter(({ program }) => !kind.results.some((result) => result.program === program))
      .map((result) =>
        own === undefined ? result : { ...result, ratio: own.cpuSeconds / result.cpuSeconds },
      );
    return { ...kind, results: [...kind.results, ...kept] };
  });
  const others = before.kinds.filter(({ kind }) => !kinds.some((one) => one.kind === kind));
  return { ...now, programs: { ...before.programs, ...now.programs }, kinds: [...kinds, ...others] };
}
