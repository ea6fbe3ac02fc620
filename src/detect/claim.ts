import type { Episode } from './episode.ts';
import type { Actor } from './actor.ts';
import type { Finding, Severity } from './finding.ts';

/** Score of a certain finding, by severity: the bands do not overlap, so a higher severity always outranks. */
const BAND: Record<Severity, readonly [low: number, high: number]> = {
  info: [1, 9],
  low: [10, 29],
  medium: [30, 59],
  high: [60, 84],
  critical: [85, 100],
};

/** 0–100: within the band of its severity by confidence. */
export function scoreOf(severity: Severity, confidence: number): number {
  const [low, high] = BAND[severity];
  return Math.round(low + (high - low) * Math.min(1, Math.max(0, confidence)));
}

/** What a detector says of an episode. */
export interface Claim {
  readonly rule: string;
  readonly severity: Severity;
  readonly confidence: number;
  readonly actor: Actor | null;
  readonly peer?: string;
  readonly summary: string;
  readonly evidence: Finding['evidence'];
  readonly technique: string;
}

export function findingOf(episode: Episode, claim: Claim): Finding {
  const confidence = Math.round(claim.confidence * 100) / 100;
  return {
    rule: claim.rule,
    severity: claim.severity,
    confidence,
    score: scoreOf(claim.severity, confidence),
    device: claim.actor?.deviceId ?? '',
    peer: claim.peer ?? '',
    first: episode.first,
    last: episode.last,
    count: episode.count,
    summary: claim.summary,
    evidence: claim.evidence,
    technique: claim.technique,
    packets: episode.packets,
  };
}
