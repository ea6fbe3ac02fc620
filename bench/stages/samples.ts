/** What the passes of one stage cost, measured by the yardstick between them. */
import { setImmediate } from 'node:timers/promises';
import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { calibrate } from './calibration.ts';
import { runPass, type Stage } from './stages.ts';

export interface StageFigures {
  readonly stage: string;
  readonly samples: number;
  /** Octets that the yardstick does in the time of a packet: the median over the samples. */
  readonly octets: number;
  readonly nanosPerPacket: number;
  readonly garbageNanosPerPacket: number;
}

/** Of one or more passes, per packet. */
export interface Sample {
  readonly octets: number;
  readonly nanos: number;
  readonly garbage: number;
}

/** Processor time after which V8 has compiled what there is to compile. */
const WARM_UP_MICROS = 400_000;
const LEAST_WARM_UP = 5;
/** Quick stages pass the capture several times in a sample. */
const LEAST_SAMPLE_MICROS = 10_000;
const LEAST_SAMPLES = 9;
const MOST_SAMPLES = 51;

const collections: PerformanceEntry[] = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    const { kind } = (entry as { detail?: { kind?: number } }).detail ?? {};
    if (kind !== constants.NODE_PERFORMANCE_GC_WEAKCB) collections.push(entry);
  }
}).observe({ entryTypes: ['gc'] });

/**
 * Passes of one stage, each between two calibrations, for about `seconds` and at least some. To be run in a process of its own,
 * as V8 compiles for all that a process does.
 */
export async function samplePasses(stage: Stage, capture: string, seconds: number): Promise<Sample[]> {
  const samples: Sample[] = [];
  const before = process.cpuUsage();
  for (let warm = 0; warm < LEAST_WARM_UP || spentSince(before) < WARM_UP_MICROS; warm++) {
    await measure(stage, capture);
  }
  const end = performance.now() + seconds * 1000;
  while (samples.length < LEAST_SAMPLES || (performance.now() < end && samples.length < MOST_SAMPLES)) {
    samples.push(await measure(stage, capture));
  }
  return samples;
}

export function figuresOf(stage: string, samples: readonly Sample[]): StageFigures {
  return {
    stage,
    samples: samples.length,
    octets: median(samples.map(({ octets }) => octets)),
    nanosPerPacket: median(samples.map(({ nanos }) => nanos)),
    garbageNanosPerPacket: samples.reduce((sum, { garbage }) => sum + garbage, 0) / samples.length,
  };
}

function spentSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

async function measure(stage: Stage, capture: string): Promise<Sample> {
  const calibrationBefore = calibrate();
  const began = performance.now();
  let micros = 0;
  let packets = 0;
  do {
    const pass = await runPass(stage, capture);
    micros += pass.micros;
    packets += pass.packets;
  } while (micros < LEAST_SAMPLE_MICROS);
  const ended = performance.now();
  const calibrationAfter = calibrate();
  // Collections are told of later.
  await setImmediate();
  let garbageMs = 0;
  for (const { startTime, duration } of collections.splice(0)) {
    if (startTime >= began && startTime < ended) garbageMs += duration;
  }
  const nanos = (micros * 1000) / packets;
  return {
    nanos,
    octets: nanos / ((calibrationBefore + calibrationAfter) / 2),
    garbage: (garbageMs * 1e6) / packets,
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
