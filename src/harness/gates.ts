import type { Gates } from './manifest.ts';
import type { BenignScore } from './score-benign.ts';
import type { DetectionScore } from './score-detections.ts';
import type { FlowScore, Quality } from './score-flows.ts';
import { type Opinion, OPINIONS } from './score-opinions.ts';

/**
 * Which gates a score does not reach, a sentence each. A score of nothing malicious has no gate to reach; a label that
 * does not occur has none either, and a technique that nothing was found by misses all of its gates.
 */
export function missedGates(name: string, score: FlowScore, gates: Gates | undefined): string[] {
  if (gates === undefined || score.malicious === 0) return [];
  const missed = missedMeasures(name, score, gates);
  for (const [label, wanted] of Object.entries(gates.labels ?? {})) {
    const reached = score.labels.find((one) => one.label === label);
    if (reached !== undefined) missed.push(...missedMeasures(`${name}, label ${label}`, reached, wanted));
  }
  for (const [technique, wanted] of Object.entries(gates.techniques ?? {})) {
    const reached = score.techniques.find((one) => one.technique === technique) ?? NOTHING;
    missed.push(...missedMeasures(`${name}, technique ${technique}`, reached, wanted));
  }
  return missed;
}

const NOTHING: Quality = { precision: 0, recall: 0, f1: 0 };

function missedMeasures(
  name: string,
  reached: Quality,
  gates: Pick<Gates, 'precision' | 'recall' | 'f1'>,
): string[] {
  return (['precision', 'recall', 'f1'] as const).flatMap((measure) => {
    const wanted = gates[measure];
    if (wanted === undefined || reached[measure] >= wanted) return [];
    return [`${name}: ${measure} ${reached[measure].toFixed(4)} is below its gate ${wanted}`];
  });
}

/** Of an opinion, or of the model's calls by themselves: a sentence when its share of benign connections is above `most`. */
export function missedFalseAlarms(
  name: string,
  who: Opinion | 'calls',
  share: number,
  most: number | undefined,
): string[] {
  if (most === undefined || share <= most) return [];
  return [
    `${name}: ${WHO[who]} called ${share.toFixed(5)} of benign connections, which is above the gate ${most}`,
  ];
}

const WHO: Readonly<Record<Opinion | 'calls', string>> = {
  rules: 'the rules',
  model: 'the model',
  fused: 'both together',
  calls: 'the model, flow by flow,',
};

/** As `missedFalseAlarms`, of all that benign captures are scored by. */
export function missedBenignGate(name: string, score: BenignScore, most: number | undefined): string[] {
  const { opinions, calls } = score;
  return [
    ...OPINIONS.flatMap((opinion) => missedFalseAlarms(name, opinion, opinions[opinion]?.share ?? 0, most)),
    ...missedFalseAlarms(name, 'calls', calls?.share ?? 0, most),
  ];
}

/** As `missedGates`, for findings against truth. What was not there to measure has no gate to reach. */
export function missedDetectionGates(
  name: string,
  score: DetectionScore,
  gates: Gates | undefined,
): string[] {
  const missed: string[] = [];
  const { detectionRecall, detectionPrecision, falseAlarmsPerDeviceHour } = gates ?? {};
  if (detectionRecall !== undefined && score.episodes > 0 && score.recall < detectionRecall) {
    missed.push(`${name}: recall ${score.recall.toFixed(4)} is below its gate ${detectionRecall}`);
  }
  if (detectionPrecision !== undefined && score.alarms > 0 && score.precision < detectionPrecision) {
    missed.push(`${name}: precision ${score.precision.toFixed(4)} is below its gate ${detectionPrecision}`);
  }
  const rate = score.falseAlarmsPerDeviceHour;
  if (falseAlarmsPerDeviceHour !== undefined && rate > falseAlarmsPerDeviceHour) {
    missed.push(
      `${name}: ${rate.toFixed(4)} false alarms per device-hour are above the gate ${falseAlarmsPerDeviceHour}`,
    );
  }
  return missed;
}
