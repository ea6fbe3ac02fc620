/** What stages cost when the reference was taken, and whether one has become slower since. */
import type { StageFigures } from './samples.ts';

export interface Reference {
  /** On which machine and by which Node; ratios to the yardstick differ a little between those. */
  readonly cpu: string;
  readonly node: string;
  /** Packets of each capture. */
  readonly packets: number;
  /** Octets of the yardstick per packet, by kind of capture and stage. */
  readonly octets: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/**
 * A stage fails when it takes more than this of its reference. Medians of repeated runs on a busy virtual machine differ by
 * up to a sixth, and a cloud machine that is held back by more; another processor or zlib does the yardstick differently.
 */
export const TOLERANCE = 1.4;
export const TOLERANCE_ELSEWHERE = 1.8;
/** And by so many octets, some 25 ns: reading costs little more, and a neighbour on the same caches adds as much. */
export const SLACK_OCTETS = 0.3;

export function toleranceOn(reference: Reference, cpu: string, node: string): number {
  const isSame = cpu === reference.cpu && majorOf(node) === majorOf(reference.node);
  return isSame ? TOLERANCE : TOLERANCE_ELSEWHERE;
}

/** Of the reference's time; NaN for what the reference does not have. */
export function changeOf(reference: Reference, kind: string, { stage, octets }: StageFigures): number {
  return octets / (reference.octets[kind]?.[stage] ?? Number.NaN);
}

/** Names of the stages that are slower than the reference by more than the tolerance, or unknown to it. */
export function slowStages(
  reference: Reference,
  kind: string,
  figures: readonly StageFigures[],
  tolerance: number,
): string[] {
  const most = ({ stage }: StageFigures): number =>
    (reference.octets[kind]?.[stage] ?? Number.NaN) * tolerance + SLACK_OCTETS;
  return figures.filter((one) => !(one.octets <= most(one))).map(({ stage }) => stage);
}

function majorOf(version: string): string {
  return version.split('.', 1)[0]!;
}
