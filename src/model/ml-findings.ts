/**
 * Findings of a model. Alone it is never above `medium`: it becomes `high` when a rule says something of the same device
 * at the same time, or when it repeats itself for long. A flow or two are `low`, whatever the score.
 */
import { findingOf } from '../detect/claim.ts';
import { type Finding, SEVERITIES, type Severity } from '../detect/finding.ts';
import type { Entry } from '../detect/episode-log.ts';
import { type AlarmNotes, knownPorts } from './alarms.ts';
import type { ModelDescription } from './description.ts';
import type { Reason } from './explain.ts';

/** Rule ids of findings of models begin so. */
export const ML_RULE_PREFIX = 'ml-';

export function isMlFinding({ rule }: Pick<Finding, 'rule'>): boolean {
  return rule.startsWith(ML_RULE_PREFIX);
}

/** Flows from which on an alarm is `medium`. */
const REPEATED_FLOWS = 5;
/** Flows and seconds from which on repetition alone agrees with the model. */
const LASTING_FLOWS = 200;
const LASTING_SECONDS = 1800;
/** Seconds that a rule's finding may lie apart. */
const NEAR_SECONDS = 600;

const PHRASE: Readonly<Record<string, { does: string; technique: string }>> = {
  scan: { does: 'flows that look like scanning', technique: 'T1046' },
  c2: { does: 'flows that look like command and control', technique: 'T1071' },
  ddos: { does: 'flows that look like a flood', technique: 'T1498' },
  other: { does: 'flows that look like data leaving or another misuse', technique: '' },
  malicious: { does: 'flows that look malicious', technique: '' },
};

export function mlFinding(
  { actor, episode, notes }: Entry<AlarmNotes>,
  reasons: readonly Reason[],
  model: ModelDescription,
  rules: readonly Finding[],
): Finding {
  const score = notes.sum / episode.count;
  const agreeing = [
    ...new Set(rules.filter((rule) => agrees(rule, actor.deviceId, episode)).map(({ rule }) => rule)),
  ].sort();
  const isLasting = episode.count >= LASTING_FLOWS && episode.durationSeconds >= LASTING_SECONDS;
  const severity: Severity =
    agreeing.length > 0 && episode.count >= REPEATED_FLOWS
      ? 'high'
      : isLasting
        ? 'high'
        : episode.count >= REPEATED_FLOWS
          ? 'medium'
          : 'low';
  const phrase = PHRASE[notes.className] ?? {
    does: `flows that look like ${notes.className}`,
    technique: '',
  };
  const peer = notes.targets.size === 1 ? [...notes.targets][0]! : '';
  const ports = knownPorts(notes);
  const where = peer === '' ? ` to ${notes.targets.size} hosts` : ` to ${peer}`;
  return findingOf(episode, {
    rule: `${ML_RULE_PREFIX}${notes.className}`,
    severity,
    confidence: score,
    actor,
    peer,
    summary: `${actor.label} opens ${phrase.does}${where}: ${episode.count} flows, mean score ${score.toFixed(2)}`,
    evidence: {
      model: model.version === '' ? model.name : `${model.name} ${model.version}`,
      class: notes.className,
      meanScore: Math.round(score * 1000) / 1000,
      highestScore: Math.round(notes.best!.score * 1000) / 1000,
      flows: episode.count,
      targets: notes.targets.size,
      because: model.benign === null ? [UNEXPLAINED] : reasons.map(reasonText),
      ...(actor.deviceId === '' ? { source: actor.label } : {}),
      ...(ports.length === 1 ? { port: ports[0]! } : ports.length > 1 ? { sought: ports } : {}),
      ...(agreeing.length > 0 ? { agrees: agreeing } : {}),
    },
    technique: phrase.technique,
  });
}

/** Of a model of the older shape. */
const UNEXPLAINED = 'not known: the model does not state what is benign';

function reasonText({ text, without }: Reason): string {
  return `${text}; score ${without.toFixed(2)} without`;
}

/** A rule says something worse than `low` of the same device, while the model does or nearly so. */
function agrees(rule: Finding, device: string, episode: Entry<AlarmNotes>['episode']): boolean {
  return (
    device !== '' &&
    rule.device === device &&
    SEVERITIES.indexOf(rule.severity) >= SEVERITIES.indexOf('medium') &&
    rule.first.seconds <= episode.last.seconds + NEAR_SECONDS &&
    rule.last.seconds >= episode.first.seconds - NEAR_SECONDS
  );
}
