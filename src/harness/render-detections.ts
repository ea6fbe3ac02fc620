/** Detection scores for people. Text ends with a newline. */
import { formatCount, formatDuration, formatPlural } from '../report/quantity.ts';
import { safeText } from '../report/terminal/cell.ts';
import type { BenignScore } from './score-benign.ts';
import type { DetectionScore, TechniqueScore } from './score-detections.ts';

export function renderDetectionScore(score: DetectionScore): string {
  const { captures, deviceHours, falseAlarms } = score;
  const lines = [`${formatPlural(captures, 'capture')}, ${deviceHours.toFixed(1)} device-hours`];
  if (score.episodes > 0) {
    const { episodes, detected, alarmed, recall, alarmRecall } = score;
    lines.push(
      `recall ${percent(recall)} (${formatCount(detected)} of ${formatPlural(episodes, 'episode')}), ` +
        `by an alarm ${percent(alarmRecall)} (${formatCount(alarmed)}); first evidence after ${after(score.medianSeconds)} (median)`,
    );
  }
  lines.push(
    score.alarms === 0
      ? 'no alarms'
      : `precision ${percent(score.precision)} (${formatCount(falseAlarms)} false of ${formatPlural(score.alarms, 'alarm')})`,
    `false alarms: ${score.falseAlarmsPerDeviceHour.toFixed(3)} per device-hour, ${score.falseAlarmsPerDeviceDay.toFixed(2)} per device-day`,
  );
  if (score.kinds.length > 0) {
    lines.push('', row('technique', 'episodes', 'detected', 'by alarm', 'first evidence'));
    for (const each of score.techniques) lines.push(techniqueRow(each.technique, each));
    lines.push('', row('attack', 'episodes', 'detected', 'by alarm', 'first evidence'));
    for (const each of score.kinds) lines.push(techniqueRow(each.name, each));
  }
  if (score.rules.length > 0) {
    lines.push('', row('rule', 'alarms', 'false', '', ''));
    for (const { rule, alarms, falseAlarms: wrong } of score.rules) {
      lines.push(row(rule, formatCount(alarms), formatCount(wrong), '', ''));
    }
  }
  if (score.missed.length > 0) lines.push('', 'missed');
  for (const { capture, name, technique, seenAs } of score.missed) {
    const instead = seenAs.length === 0 ? 'nothing was told of its actor' : `told as ${seenAs.join(', ')}`;
    lines.push(`  ${safeText(capture)}: ${safeText(name)} (${technique}): ${safeText(instead)}`);
  }
  if (score.falselyAlarmed.length > 0) lines.push('', 'false alarms');
  for (const { capture, rule, severity, device, summary } of score.falselyAlarmed) {
    lines.push(
      `  ${safeText(capture)}: ${rule} (${severity}) ${safeText(device)}: ${safeText(summary, 300)}`.trimEnd(),
    );
  }
  return `${lines.join('\n')}\n`;
}

/** False alarms by connection. */
export function renderBenignScore({ captures, flows, opinions, calls }: BenignScore): string {
  const lines = [
    `nothing hostile happens in ${formatPlural(captures, 'capture')} with ${formatPlural(flows, 'connection')}`,
    row('called by', 'findings', 'flows', 'share'),
  ];
  for (const [title, found] of [
    ['rules', opinions.rules],
    ['model', opinions.model],
    ['both', opinions.fused],
  ] as const) {
    if (found === undefined) continue;
    lines.push(row(title, formatCount(found.findings), formatCount(found.flows), fineShare(found.share)));
  }
  if (calls !== null)
    lines.push(row('model, flow by flow', '', formatCount(calls.flows), fineShare(calls.share)));
  return `${lines.join('\n')}\n`;
}

/** Some in a thousand are what is asked for. */
function fineShare(share: number): string {
  return `${(share * 100).toFixed(3)} %`;
}

/** Of the columns after the name: the widest heading, and two spaces before it. */
const COLUMN_WIDTHS = [10, 10, 10, 16];

function techniqueRow(
  name: string,
  { episodes, detected, alarmed, medianSeconds }: Omit<TechniqueScore, 'technique'>,
): string {
  return row(
    safeText(name),
    formatCount(episodes),
    formatCount(detected),
    formatCount(alarmed),
    after(medianSeconds),
  );
}

function row(name: string, ...cells: readonly string[]): string {
  const padded = cells.map((cell, i) => cell.padStart(COLUMN_WIDTHS[i] ?? 0));
  return `  ${name.padEnd(24)}${padded.join('')}`.trimEnd();
}

function after(seconds: number | null): string {
  return seconds === null ? '–' : formatDuration(seconds);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
