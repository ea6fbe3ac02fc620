/**
 * How well findings tell attacks, measured on captures with truth. An episode is detected when a finding of one of its
 * rules names its actor and overlaps it in time. A finding is true when it fits an episode, and a false alarm when it
 * fits none; alarms are findings of the asked severity and above.
 */
import { by, compareText } from '../bytes/order.ts';
import { type Severity, SEVERITIES } from '../detect/finding.ts';
import type { Report, ReportFinding } from '../report/schema.ts';
import type { TruthEpisode } from './detection-truth.ts';

/** Seconds by which a finding may begin after an episode or end before it; flows are judged when they end. */
export const TOLERANCE_SECONDS = 5;
/** Severities below this are notes; a detection must at least be this. */
const DETECTION: Severity = 'low';
/** False alarms and missed episodes that are listed. */
const MAX_LISTED = 200;

export interface TechniqueScore {
  readonly technique: string;
  readonly episodes: number;
  readonly detected: number;
  /** Detected by an alarm. */
  readonly alarmed: number;
  readonly recall: number;
  /** From the first packet of an episode to the first event of its finding; null when nothing was detected. */
  readonly medianSeconds: number | null;
}

export interface RuleScore {
  readonly rule: string;
  readonly alarms: number;
  readonly falseAlarms: number;
}

export interface FalseAlarm {
  readonly capture: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly device: string;
  readonly summary: string;
}

export interface MissedEpisode {
  readonly capture: string;
  readonly name: string;
  readonly technique: string;
  /** Rules of findings about the actor at that time, which is what was seen instead. */
  readonly seenAs: readonly string[];
}

export interface DetectionScore {
  readonly captures: number;
  readonly episodes: number;
  readonly detected: number;
  readonly alarmed: number;
  /** Episodes detected among all. */
  readonly recall: number;
  /** Episodes detected by an alarm among all. */
  readonly alarmRecall: number;
  readonly alarms: number;
  readonly falseAlarms: number;
  /** True alarms among all. */
  readonly precision: number;
  /** Sum over devices of the time from their first to their last packet. */
  readonly deviceHours: number;
  readonly falseAlarmsPerDeviceHour: number;
  readonly falseAlarmsPerDeviceDay: number;
  readonly medianSeconds: number | null;
  readonly techniques: readonly TechniqueScore[];
  readonly kinds: readonly (Omit<TechniqueScore, 'technique'> & { readonly name: string })[];
  readonly rules: readonly RuleScore[];
  readonly missed: readonly MissedEpisode[];
  readonly falselyAlarmed: readonly FalseAlarm[];
}

interface Judged {
  readonly episode: TruthEpisode;
  readonly detected: boolean;
  readonly alarmed: boolean;
  /** NaN when it was not detected. */
  readonly seconds: number;
}

export class DetectionScorer {
  readonly #threshold: number;
  readonly #judged: Judged[] = [];
  readonly #rules = new Map<string, { alarms: number; falseAlarms: number }>();
  readonly #missed: MissedEpisode[] = [];
  readonly #false: FalseAlarm[] = [];
  #captures = 0;
  #alarms = 0;
  #falseAlarms = 0;
  #deviceSeconds = 0;

  /** `threshold`: findings from this severity on are alarms. */
  constructor(threshold: Severity) {
    this.#threshold = SEVERITIES.indexOf(threshold);
  }

  /** Takes one capture's report and what happened in it. */
  add(name: string, report: Pick<Report, 'devices' | 'findings'>, episodes: readonly TruthEpisode[]): void {
    this.#captures++;
    for (const { firstSeen, lastSeen } of report.devices) {
      this.#deviceSeconds += (Date.parse(lastSeen) - Date.parse(firstSeen)) / 1000;
    }
    for (const episode of episodes) this.#judgeEpisode(name, episode, report.findings);
    for (const finding of report.findings) {
      if (this.#isAlarm(finding)) this.#judgeAlarm(name, finding, episodes);
    }
  }

  #isAlarm({ severity }: ReportFinding): boolean {
    return SEVERITIES.indexOf(severity) >= this.#threshold;
  }

  #judgeEpisode(capture: string, episode: TruthEpisode, findings: readonly ReportFinding[]): void {
    const about = findings.filter((finding) => isAbout(finding, episode));
    const fitting = about.filter(
      ({ rule, severity }) =>
        episode.rules.includes(rule) && SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(DETECTION),
    );
    const start = Date.parse(episode.from);
    const delays = fitting.map(({ firstTime }) => Math.max(0, (Date.parse(firstTime) - start) / 1000));
    this.#judged.push({
      episode,
      detected: fitting.length > 0,
      alarmed: fitting.some((finding) => this.#isAlarm(finding)),
      seconds: fitting.length === 0 ? Number.NaN : Math.min(...delays),
    });
    if (fitting.length > 0 || this.#missed.length >= MAX_LISTED) return;
    const seenAs = [...new Set(about.map(({ rule, severity }) => `${rule} (${severity})`))].sort(compareText);
    this.#missed.push({ capture, name: episode.name, technique: episode.technique, seenAs });
  }

  #judgeAlarm(capture: string, finding: ReportFinding, episodes: readonly TruthEpisode[]): void {
    const { rule, severity, device, summary } = finding;
    const tally = this.#rules.get(rule) ?? { alarms: 0, falseAlarms: 0 };
    this.#rules.set(rule, tally);
    this.#alarms++;
    tally.alarms++;
    const isTrue = episodes.some(
      (episode) =>
        (episode.rules.includes(rule) || episode.also?.includes(rule) === true) && isAbout(finding, episode),
    );
    if (isTrue) return;
    this.#falseAlarms++;
    tally.falseAlarms++;
    if (this.#false.length < MAX_LISTED) this.#false.push({ capture, rule, severity, device, summary });
  }

  score(): DetectionScore {
    const judged = this.#judged;
    const detected = judged.filter((one) => one.detected).length;
    const alarmed = judged.filter((one) => one.alarmed).length;
    const deviceHours = this.#deviceSeconds / 3600;
    return {
      captures: this.#captures,
      episodes: judged.length,
      detected,
      alarmed,
      recall: ratio(detected, judged.length),
      alarmRecall: ratio(alarmed, judged.length),
      alarms: this.#alarms,
      falseAlarms: this.#falseAlarms,
      precision: ratio(this.#alarms - this.#falseAlarms, this.#alarms),
      deviceHours,
      falseAlarmsPerDeviceHour: ratio(this.#falseAlarms, deviceHours),
      falseAlarmsPerDeviceDay: ratio(this.#falseAlarms, deviceHours / 24),
      medianSeconds: medianOf(judged),
      techniques: grouped(judged, ({ technique }) => technique).map(([technique, group]) => ({
        technique,
        ...summaryOf(group),
      })),
      kinds: grouped(judged, ({ name }) => name).map(([name, group]) => ({ name, ...summaryOf(group) })),
      rules: [...this.#rules]
        .map(([rule, tally]) => ({ rule, ...tally }))
        .sort(by((a, b) => compareText(a.rule, b.rule))),
      missed: this.#missed,
      falselyAlarmed: this.#false,
    };
  }
}

/** Same time and same actor. */
function isAbout(finding: ReportFinding, episode: TruthEpisode): boolean {
  const tolerance = TOLERANCE_SECONDS * 1000;
  if (Date.parse(finding.firstTime) > Date.parse(episode.to) + tolerance) return false;
  if (Date.parse(finding.lastTime) < Date.parse(episode.from) - tolerance) return false;
  if (finding.device !== '') return episode.actors.includes(finding.device);
  // An actor elsewhere, or one that hides behind false addresses, is no device: the evidence or the victim tells.
  if (episode.actors.includes('*') || episode.targets.includes(finding.peer)) return true;
  return Object.values(finding.evidence)
    .flat()
    .some((value) => typeof value === 'string' && episode.actors.includes(value));
}

function grouped(judged: readonly Judged[], key: (episode: TruthEpisode) => string): [string, Judged[]][] {
  const groups = new Map<string, Judged[]>();
  for (const one of judged) {
    const name = key(one.episode);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [one]);
    else group.push(one);
  }
  return [...groups].sort(([a], [b]) => compareText(a, b));
}

function summaryOf(group: readonly Judged[]): Omit<TechniqueScore, 'technique'> {
  const detected = group.filter((one) => one.detected).length;
  return {
    episodes: group.length,
    detected,
    alarmed: group.filter((one) => one.alarmed).length,
    recall: ratio(detected, group.length),
    medianSeconds: medianOf(group),
  };
}

function medianOf(judged: readonly Judged[]): number | null {
  const seconds = judged.filter((one) => one.detected).map((one) => one.seconds);
  seconds.sort((a, b) => a - b);
  return seconds[seconds.length >>> 1] ?? null;
}

/** 0 of nothing is 0. */
function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
