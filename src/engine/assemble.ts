import type { SourceInfo } from '../capture/source.ts';
import type { Finding, PacketTime } from '../detect/finding.ts';
import { collectFindings } from '../detect/list.ts';
import { NO_RISK, risksOf } from '../detect/risk.ts';
import { scoreOf } from '../detect/score.ts';
import { identify } from '../device/identify.ts';
import type { DeviceLink } from '../device/link.ts';
import type { DeviceRegistry } from '../device/registry.ts';
import { lookupVendor, ouiDate, ouiEntries } from '../fingerprint/oui.ts';
import { buildReport } from '../report/build.ts';
import type { DeviceFacts, LinkFacts } from '../report/parts.ts';
import type { Report } from '../report/schema.ts';
import { changedSettings } from './overrides.ts';
import { DEFAULT_CONFIG } from './config.ts';
import { type ModelResult, NO_MODEL_RESULT } from './model-stage.ts';
import type { Learning } from './learning.ts';

/** What belongs to this run alone. */
export interface RunFacts {
  readonly complete: boolean;
  readonly version: string;
  readonly startedAt: Date;
  readonly elapsedMs: number;
  /** What a model adds; nothing when absent. */
  readonly scored?: ModelResult;
}

/** What the detectors found, without what the configuration suppresses. */
export function ruleFindings({ detectors, config, devices }: Learning): Finding[] {
  return collectFindings(detectors, config.detect, devices);
}

/** The report of what was learned, when all is concluded, from these inputs. */
export function assembleReport(learning: Learning, inputs: readonly SourceInfo[], run: RunFacts): Report {
  const { devices, totals, issues } = learning;
  const scored = run.scored ?? NO_MODEL_RESULT;
  // Score and risks are of the rules alone: a model changes nothing that is there without it.
  const findings = ruleFindings(learning);
  const risks = risksOf(findings);
  const links = linksByDevice(devices);
  const facts: DeviceFacts[] = devices.devices.map((device) => ({
    device,
    vendor: lookupVendor(device.mac),
    identity: identify(device, devices.knowledge),
    risk: risks.get(device.id) ?? NO_RISK,
    traffic: devices.traffic(device.index),
    last: devices.lastSeen(device.index),
    links: links.get(device.index) ?? [],
    scores: scored.devices[device.index] ?? null,
  }));
  const spans = inputs.map((_, index) => totals.spans[index] ?? { first: null, last: null });
  return buildReport({
    inputs: inputs.map((info, index) => ({ info, ...spans[index]! })),
    complete: run.complete,
    settings: changedSettings(DEFAULT_CONFIG, learning.config),
    totals: {
      packets: totals.packets,
      bytes: totals.bytes,
      flows: learning.flows.created,
      devices: devices.devices.length,
      first: extreme(
        spans.map((span) => span.first),
        -1,
      ),
      last: extreme(
        spans.map((span) => span.last),
        1,
      ),
      protocols: totals.protocols(),
    },
    score: scoreOf(findings),
    devices: facts,
    findings: [...findings, ...scored.findings],
    issues,
    models: scored.models,
    data: [{ name: 'ieee-registry', date: ouiDate(), entries: ouiEntries() }],
    run: {
      version: run.version,
      startedAt: run.startedAt.toISOString(),
      elapsedMs: Math.round(run.elapsedMs),
      runtime: `node ${process.versions.node} ${process.platform} ${process.arch}`,
    },
  });
}

/** Each link from both of its ends. */
function linksByDevice({ devices, links }: DeviceRegistry): Map<number, LinkFacts[]> {
  const byDevice = new Map<number, LinkFacts[]>();
  const add = (of: number, to: number, { kind, reason }: DeviceLink): void => {
    const link = { device: devices[to]!.id, kind, reason };
    const known = byDevice.get(of);
    if (known === undefined) byDevice.set(of, [link]);
    else known.push(link);
  };
  for (const link of links) {
    add(link.a, link.b, link);
    add(link.b, link.a, link);
  }
  return byDevice;
}

/** Earliest (`sign` -1) or latest (1) of the times that are known. */
function extreme(times: readonly (PacketTime | null)[], sign: 1 | -1): PacketTime | null {
  let found: PacketTime | null = null;
  for (const time of times) {
    if (time === null) continue;
    if (found === null || sign * (time.seconds - found.seconds || time.nanos - found.nanos) > 0) found = time;
  }
  return found;
}
