import { readFile } from 'node:fs/promises';
import Type from 'typebox';
import { Check, Errors } from 'typebox/value';
import { LanscopeError } from '../bytes/error.ts';
import { SEVERITIES, type Severity } from '../detect/finding.ts';
import { CATEGORIES } from '../fingerprint/evidence.ts';
import { describeMisfit } from '../report/misfit.ts';
import type { Report } from '../report/schema.ts';

const closed = { additionalProperties: false } as const;

const DeviceExpectation = Type.Object(
  {
    id: Type.String({ description: 'Device id: its MAC address.' }),
    vendor: Type.Optional(Type.String({ description: 'Text that the vendor name contains.' })),
    brand: Type.Optional(Type.String({ description: "Exact brand; '' for unknown." })),
    model: Type.Optional(Type.String({ description: 'Text that the model contains.' })),
    category: Type.Optional(Type.Enum([...CATEGORIES])),
    os: Type.Optional(Type.String({ description: 'Text that the operating system contains.' })),
    name: Type.Optional(Type.String({ description: 'One of its names.' })),
    address: Type.Optional(Type.String({ description: 'One of its addresses.' })),
    role: Type.Optional(Type.String({ description: 'One of its roles.' })),
    evidence: Type.Optional(Type.String({ description: 'Source of one of its pieces of evidence.' })),
  },
  closed,
);

const FindingExpectation = Type.Object(
  {
    rule: Type.String(),
    device: Type.Optional(Type.String()),
    peer: Type.Optional(Type.String()),
    severityAtLeast: Type.Optional(Type.Enum([...SEVERITIES])),
    technique: Type.Optional(Type.String()),
    firstTimeAtLeast: Type.Optional(Type.String({ description: 'RFC 3339, compared as text.' })),
    lastTimeAtMost: Type.Optional(Type.String({ description: 'RFC 3339, compared as text.' })),
  },
  closed,
);

/** What a person expects of a capture: `expect.json` beside it. */
export const ExpectationSchema = Type.Object(
  {
    comment: Type.Optional(Type.String()),
    packets: Type.Optional(Type.Integer({ minimum: 0 })),
    flowsAtMost: Type.Optional(Type.Integer({ minimum: 0 })),
    devices: Type.Optional(Type.Array(DeviceExpectation)),
    noOtherDevices: Type.Optional(Type.Boolean({ description: 'No device but those listed.' })),
    findings: Type.Optional(Type.Array(FindingExpectation)),
    noFindings: Type.Optional(Type.Array(Type.String(), { description: 'Rules that must not appear.' })),
    noFindingAbove: Type.Optional(Type.Enum([...SEVERITIES])),
    damaged: Type.Optional(Type.Boolean()),
  },
  closed,
);
export type Expectation = Type.Static<typeof ExpectationSchema>;

/** Reads an expectation file. Throws `LanscopeError` CONFIG_INVALID that names the place. */
export async function readExpectation(file: string): Promise<Expectation> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new LanscopeError('CONFIG_INVALID', `${file} is not JSON: ${(cause as Error).message}`, '', {
      cause,
    });
  }
  if (!Check(ExpectationSchema, value)) {
    throw new LanscopeError('CONFIG_INVALID', `${file}: ${describeMisfit(Errors(ExpectationSchema, value))}`);
  }
  return value;
}

/** What of the expectation does not hold, one sentence each with what was found instead; empty when all holds. */
export function unmetExpectations(expectation: Expectation, report: Report): string[] {
  const unmet: string[] = [];
  const { totals, devices, findings } = report;
  if (expectation.packets !== undefined && totals.packets !== expectation.packets) {
    unmet.push(`${expectation.packets} packets expected, ${totals.packets} found`);
  }
  if (expectation.flowsAtMost !== undefined && totals.flows > expectation.flowsAtMost) {
    unmet.push(`at most ${expectation.flowsAtMost} flows expected, ${totals.flows} found`);
  }
  for (const wanted of expectation.devices ?? []) unmet.push(...unmetDevice(wanted, devices));
  if (expectation.noOtherDevices === true) {
    const listed = new Set((expectation.devices ?? []).map((device) => device.id));
    for (const device of devices) {
      if (!listed.has(device.id)) unmet.push(`device ${device.id} (${device.vendor}) is not expected`);
    }
  }
  for (const wanted of expectation.findings ?? []) {
    if (!findings.some((finding) => matches(wanted, finding))) {
      const seen = findings.map((f) => `${f.rule} by ${f.device} (${f.severity})`).join(', ') || 'none';
      unmet.push(`finding ${JSON.stringify(wanted)} expected; findings: ${seen}`);
    }
  }
  for (const rule of expectation.noFindings ?? []) {
    const found = findings.find((finding) => finding.rule === rule);
    if (found !== undefined) unmet.push(`no finding ${rule} expected, but: ${found.summary}`);
  }
  if (expectation.noFindingAbove !== undefined) {
    for (const finding of findings) {
      if (rank(finding.severity) > rank(expectation.noFindingAbove)) {
        unmet.push(
          `no finding above ${expectation.noFindingAbove} expected, but ${finding.rule}: ${finding.summary}`,
        );
      }
    }
  }
  if (expectation.damaged !== undefined) {
    const damaged = report.input.some((input) => input.damage !== null);
    if (damaged !== expectation.damaged) unmet.push(`capture ${damaged ? 'is' : 'is not'} damaged`);
  }
  return unmet;
}

function unmetDevice(wanted: Type.Static<typeof DeviceExpectation>, devices: Report['devices']): string[] {
  const device = devices.find((candidate) => candidate.id === wanted.id);
  if (device === undefined) return [`device ${wanted.id} expected, not found`];
  const unmet: string[] = [];
  const { identity } = device;
  const check = (
    what: string,
    expected: string | undefined,
    holds: (text: string) => boolean,
    found: unknown,
  ) => {
    if (expected !== undefined && !holds(expected)) {
      unmet.push(`device ${wanted.id}: ${what} '${expected}' expected, found ${JSON.stringify(found)}`);
    }
  };
  check('vendor', wanted.vendor, (text) => device.vendor.includes(text), device.vendor);
  check('brand', wanted.brand, (text) => identity.brand === text, identity.brand);
  check('model', wanted.model, (text) => identity.model.includes(text), identity.model);
  check('category', wanted.category, (text) => identity.category === text, identity.category);
  check('os', wanted.os, (text) => identity.os.includes(text), identity.os);
  check('name', wanted.name, (text) => device.names.some((n) => n.name === text), device.names);
  check(
    'address',
    wanted.address,
    (text) => device.addresses.some((a) => a.address === text),
    device.addresses,
  );
  check('role', wanted.role, (text) => device.roles.includes(text), device.roles);
  check(
    'evidence',
    wanted.evidence,
    (text) => identity.evidence.some((e) => e.source === text),
    identity.evidence,
  );
  return unmet;
}

function matches(
  wanted: Type.Static<typeof FindingExpectation>,
  finding: Report['findings'][number],
): boolean {
  return (
    finding.rule === wanted.rule &&
    (wanted.device === undefined || finding.device === wanted.device) &&
    (wanted.peer === undefined || finding.peer === wanted.peer) &&
    (wanted.severityAtLeast === undefined || rank(finding.severity) >= rank(wanted.severityAtLeast)) &&
    (wanted.technique === undefined || finding.technique === wanted.technique) &&
    (wanted.firstTimeAtLeast === undefined || finding.firstTime >= wanted.firstTimeAtLeast) &&
    (wanted.lastTimeAtMost === undefined || finding.lastTime <= wanted.lastTimeAtMost)
  );
}

function rank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}
