/** The loop: pick a seed, mutate, run a target, and keep what breaks it. */
import { mutate } from './mutate.ts';
import { Random } from './random.ts';
import type { Seeds } from './seeds.ts';
import type { FuzzInput, FuzzTarget } from './target.ts';

/** A single input that takes longer, three times in a row, is a failure. */
export const MAX_INPUT_MS = 250;
const MAX_SHRINK_TRIES = 300;

export interface FuzzFailure {
  readonly target: string;
  readonly input: FuzzInput;
  readonly error: unknown;
}

export interface FuzzOptions {
  readonly targets: readonly FuzzTarget[];
  readonly seeds: Seeds;
  readonly seed: number;
  /** Asked before each input. */
  readonly goOn: (inputs: number) => boolean;
}

export interface FuzzResult {
  readonly inputs: number;
  readonly perTarget: ReadonlyMap<string, number>;
  readonly failure: FuzzFailure | null;
}

/** Runs until `goOn` says no or a target breaks; the failing input is made smaller first. */
export async function fuzz({ targets, seeds, seed, goOn }: FuzzOptions): Promise<FuzzResult> {
  const random = new Random(seed);
  const perTarget = new Map(targets.map((t) => [t.name, 0]));
  const pools = { frame: seeds.frames.map((s) => s.bytes), capture: seeds.captures.map((s) => s.bytes) };
  let inputs = 0;
  while (goOn(inputs)) {
    // Files cost a thousand times what a frame costs.
    const kind = random.below(40) === 0 ? 'capture' : 'frame';
    const list = kind === 'frame' ? seeds.frames : seeds.captures;
    const from = random.pick(list);
    const bytes = mutate(from.bytes, random, pools[kind]);
    const snapped = random.below(4) === 0 ? random.below(200) : 0;
    // Now and then bytes are taken for a link that they do not come from.
    const linkType = random.below(12) === 0 ? random.pick(seeds.frames).linkType : from.linkType;
    const input = { bytes, linkType, wireLen: bytes.length + snapped };
    for (const target of targets) {
      if (target.kind !== kind || (target.name === 'reports' && random.below(20) !== 0)) continue;
      perTarget.set(target.name, perTarget.get(target.name)! + 1);
      const error = await failureOf(target, input);
      if (error !== null) {
        const smaller = await shrink(target, input);
        return { inputs, perTarget, failure: { target: target.name, input: smaller, error } };
      }
    }
    inputs++;
  }
  return { inputs, perTarget, failure: null };
}

/** What breaks when `target` runs on `input`; null when nothing does. */
export async function failureOf(target: FuzzTarget, input: FuzzInput): Promise<unknown> {
  try {
    for (let attempt = 1; ; attempt++) {
      const started = process.hrtime.bigint();
      await target.run(input);
      const elapsedMs = Number(process.hrtime.bigint() - started) / 1e6;
      const bound = target.kind === 'capture' ? 20 * MAX_INPUT_MS : MAX_INPUT_MS;
      if (elapsedMs <= bound) return null;
      if (attempt === 3) return new Error(`${Math.round(elapsedMs)} ms for ${input.bytes.length} bytes`);
    }
  } catch (error) {
    return error;
  }
}

/** Cuts bytes off while the target still breaks. */
async function shrink(target: FuzzTarget, input: FuzzInput): Promise<FuzzInput> {
  let smallest = input;
  let step = input.bytes.length >>> 1;
  for (let tries = 0; tries < MAX_SHRINK_TRIES && step > 0; tries++) {
    const length = smallest.bytes.length - step;
    const candidate = {
      ...smallest,
      bytes: smallest.bytes.slice(0, Math.max(0, length)),
      wireLen: Math.max(0, smallest.wireLen - step),
    };
    if (length >= 0 && (await failureOf(target, candidate)) !== null) smallest = candidate;
    else step >>>= 1;
  }
  return smallest;
}
