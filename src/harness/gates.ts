import type { Gates } from './manifest.ts';
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
