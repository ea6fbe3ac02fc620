import type { Gates } from './manifest.ts';
import type { DetectionScore } from './score-detections.ts';
import type { FlowScore } from './score-flows.ts';

/** Which gates a score does not reach, a sentence each. A score of nothing malicious has no gate to reach. */
export function missedGates(name: string, score: FlowScore, gates: Gates | undefined): string[] {
  if (gates === undefined || score.malicious === 0) return [];
  return (['precision', 'recall', 'f1'] as const).flatMap((measure) => {
    const wanted = gates[measure];
    if (wanted === undefined || score[measure] >= wanted) return [];
    return [`${name}: ${measure} ${score[measure].toFixed(4)} is below its gate ${wanted}`];
  });
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
