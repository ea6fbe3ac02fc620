/**
 * Builds the report from what the engine hands over: names for numbers, sorted lists, bounds, digest. Members are
 * made in the order of the schema, which is the order in which they are written.
 */
import { basename } from 'node:path';
import { by, compareNumber, compareText } from '../bytes/order.ts';
import { formatTime } from '../bytes/time.ts';
import type { SourceInfo } from '../capture/source.ts';
import { type Finding, findingId, type PacketTime, type Severity } from '../detect/finding.ts';
import { ISSUE_DEFINITIONS, type IssueCounter } from '../packet/issue.ts';
import { buildDevice } from './build-device.ts';
import { canonicalJson, reportDigest } from './canonical.ts';
import { compareFindings } from './finding-order.ts';
import { LIMIT } from './limits.ts';
import { linkTypeName } from '../packet/link-type.ts';
import type { DeviceFacts, InputFacts, ReportParts, TotalFacts } from './parts.ts';
import type { Report, ReportFinding, ReportInput, ReportIssue, ReportTotals } from './schema.ts';
import { sortedRecord } from './sorted-record.ts';
import { SCHEMA_VERSION } from './version.ts';

/** The report of one analysis. Deterministic: depends on `parts` alone, and its digest not on `parts.run`. */
export function buildReport(parts: ReportParts): Report {
  const digits = parts.inputs.reduce((most, { info }) => Math.max(most, info.timeDigits), 0);
  const devices = strongestDevices(parts.devices);
  const findings = parts.findings.map((finding) => buildFinding(finding, digits)).sort(compareFindings);
  let digest: string | undefined;
  const report: Report = {
    schemaVersion: SCHEMA_VERSION,
    /** Computed when it is asked for: tables do not show it. */
    get digest() {
      return (digest ??= reportDigest(report));
    },
    complete: parts.complete,
    settings: sortedRecord(Object.entries(parts.settings)),
    input: parts.inputs.map(buildInput),
    totals: buildTotals(parts.totals, findings, digits),
    score: {
      value: Math.min(100, Math.max(0, Math.round(parts.score.value))),
      reasons: [...parts.score.reasons],
    },
    devices: devices.map((facts) => buildDevice(facts, digits)),
    findings: findings.slice(0, LIMIT.findings),
    issues: buildIssues(parts.issues),
    omitted: {
      devices: Math.max(0, parts.totals.devices - devices.length),
      findings: Math.max(0, findings.length - LIMIT.findings),
    },
    models: [...parts.models].sort(by((a, b) => compareText(a.name, b.name))),
    data: [...parts.data].sort(by((a, b) => compareText(a.name, b.name))),
    run: parts.run,
  };
  return report;
}

/** The devices with most traffic up to the bound, by id. */
function strongestDevices(devices: Iterable<DeviceFacts>): DeviceFacts[] {
  const all = [...devices];
  if (all.length > LIMIT.devices) {
    all.sort(
      by(
        (a, b) =>
          compareNumber(b.traffic.bytesOut + b.traffic.bytesIn, a.traffic.bytesOut + a.traffic.bytesIn),
        (a, b) => compareText(a.device.id, b.device.id),
      ),
    );
    all.length = LIMIT.devices;
  }
  return all.sort((a, b) => compareText(a.device.id, b.device.id));
}

function buildInput({ info, first, last }: InputFacts): ReportInput {
  return {
    // Without its folder: the same capture gives the same report wherever it lies.
    name: basename(info.name),
    format: info.format,
    sha256: info.sha256,
    bytes: info.bytes,
    packets: info.packets,
    interfaces: info.interfaces.slice(0, LIMIT.interfaces).map((face) => ({
      name: face.name,
      description: face.description,
      linkType: face.linkType,
      linkTypeName: linkTypeName(face.linkType),
      snapLen: face.snapLen,
      timeDigits: face.timeDigits,
      drops: face.drops >= 0 ? face.drops : null,
    })),
    firstTime: timeOrNull(first, info.timeDigits),
    lastTime: timeOrNull(last, info.timeDigits),
    comments: info.comments.slice(0, LIMIT.comments),
    hostNames: [...info.resolvedNames]
      .slice(0, LIMIT.hostNames)
      .map(([address, names]) => ({ address, names: [...names] }))
      .sort(by((a, b) => compareText(a.address, b.address))),
    otherBlocks: sortedRecord([...info.otherBlocks]),
    damage: buildDamage(info),
  };
}

function buildDamage({ damage }: SourceInfo): ReportInput['damage'] {
  if (damage === null) return null;
  const { offset, reason, bytesLost, resynchronised } = damage;
  return { offset, reason, bytesLost, resynchronised };
}

function buildTotals(totals: TotalFacts, findings: readonly ReportFinding[], digits: number): ReportTotals {
  const bySeverity = { info: 0, low: 0, medium: 0, high: 0, critical: 0 } satisfies Record<Severity, number>;
  for (const { severity } of findings) bySeverity[severity]++;
  return {
    packets: totals.packets,
    bytes: totals.bytes,
    firstTime: timeOrNull(totals.first, digits),
    lastTime: timeOrNull(totals.last, digits),
    durationSeconds: durationSeconds(totals.first, totals.last, digits),
    flows: totals.flows,
    devices: totals.devices,
    findings: bySeverity,
    protocols: sortedRecord(
      [...totals.protocols].map(([name, { packets, bytes }]) => [name, { packets, bytes }]),
    ),
  };
}

/** The finding as the report shows it; times with `digits` of their fraction. */
export function buildFinding(finding: Finding, digits: number): ReportFinding {
  const content = {
    rule: finding.rule,
    severity: finding.severity,
    confidence: finding.confidence,
    score: finding.score,
    device: finding.device,
    peer: finding.peer,
    firstTime: formatTime(finding.first.seconds, finding.first.nanos, digits),
    lastTime: formatTime(finding.last.seconds, finding.last.nanos, digits),
    count: finding.count,
    summary: finding.summary,
    evidence: sortedRecord(
      Object.entries(finding.evidence).map(([name, value]) => [
        name,
        typeof value === 'object' ? ([...value] as string[] | number[]) : value,
      ]),
    ),
    technique: finding.technique,
    packets: [...finding.packets],
  };
  return { id: findingId(canonicalJson(content)), ...content };
}

function buildIssues(issues: IssueCounter): ReportIssue[] {
  const seen: ReportIssue[] = [];
  for (const [code, definition] of ISSUE_DEFINITIONS.entries()) {
    if (issues.count[code] === 0) continue;
    seen.push({
      layer: definition.layer,
      code: definition.code,
      text: definition.text,
      count: issues.count[code]!,
      first: {
        packet: issues.firstPacket[code]!,
        offset: issues.firstOffset[code]!,
        needed: issues.firstNeeded[code]!,
        available: issues.firstAvailable[code]!,
      },
    });
  }
  return seen.sort(
    by(
      (a, b) => compareText(a.layer, b.layer),
      (a, b) => compareText(a.code, b.code),
    ),
  );
}

function timeOrNull(time: PacketTime | null, digits: number): string | null {
  return time === null ? null : formatTime(time.seconds, time.nanos, digits);
}

function durationSeconds(first: PacketTime | null, last: PacketTime | null, digits: number): number {
  if (first === null || last === null) return 0;
  const seconds = last.seconds - first.seconds + (last.nanos - first.nanos) / 1e9;
  return Math.max(0, Number(seconds.toFixed(digits)));
}
