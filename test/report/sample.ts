/** A small but complete report, and the parts that make it, for the tests of this room and of those that show it. */
import { parseMac } from '../../src/bytes/address.ts';
import type { SourceInfo } from '../../src/capture/source.ts';
import type { Finding } from '../../src/detect/finding.ts';
import type { Device } from '../../src/device/device.ts';
import type { Identity } from '../../src/fingerprint/evidence.ts';
import { ISSUE, IssueCounter } from '../../src/packet/issue.ts';
import { buildReport } from '../../src/report/build.ts';
import { NO_RISK } from '../../src/detect/risk.ts';
import type { DeviceFacts, ReportParts } from '../../src/report/parts.ts';
import type { Report } from '../../src/report/schema.ts';

export const T0 = 1_600_000_000;

export function sampleSource(changes: Partial<SourceInfo> = {}): SourceInfo {
  return {
    name: '/captures/lan.pcap',
    format: 'pcap',
    sha256: 'ab'.repeat(32),
    bytes: 4_242,
    totalBytes: 4_242,
    packets: 42,
    interfaces: [{ name: '', description: '', linkType: 1, snapLen: 65_535, timeDigits: 6, drops: -1 }],
    timeDigits: 6,
    damage: null,
    resolvedNames: new Map(),
    comments: [],
    otherBlocks: new Map(),
    ...changes,
  };
}

export const UNKNOWN_IDENTITY: Identity = {
  brand: '',
  model: '',
  category: 'unknown',
  os: '',
  confidence: 0,
  evidence: [],
  notes: [],
};

export function sampleDevice(
  id: string,
  changes: Partial<Device> = {},
  facts: Partial<DeviceFacts> = {},
): DeviceFacts {
  return {
    device: {
      index: 0,
      id,
      mac: parseMac(id),
      addresses: new Map(),
      names: new Map(),
      services: new Map(),
      domains: new Map(),
      peers: new Map(),
      evidence: new Map(),
      fingerprints: new Map(),
      roles: new Set(),
      firstPacket: 1,
      firstSeconds: T0,
      firstNanos: 123_456_000,
      ...changes,
    },
    links: [],
    risk: NO_RISK,
    vendor: '',
    identity: UNKNOWN_IDENTITY,
    traffic: { packetsOut: 1, packetsIn: 2, bytesOut: 100, bytesIn: 200 },
    last: { seconds: T0 + 60, nanos: 0 },
    ...facts,
  };
}

export function sampleCamera(): DeviceFacts {
  return sampleDevice(
    'b0:c5:54:00:00:01',
    {
      addresses: new Map([
        [
          'fe80::1',
          { address: 'fe80::1', sources: new Set(['nd'] as const), firstSeconds: T0, lastSeconds: T0 },
        ],
        [
          '192.168.1.20',
          {
            address: '192.168.1.20',
            sources: new Set(['dhcp', 'arp'] as const),
            firstSeconds: T0,
            lastSeconds: T0 + 60,
          },
        ],
      ]),
      names: new Map([['dhcp:cam', { name: 'DCS-930L', source: 'dhcp' }]]),
      services: new Map([['http', { name: 'http', port: 80, transport: 'tcp', source: 'flow' }]]),
      domains: new Map([
        ['ntp1.dlink.com', 3],
        ['api.mydlink.com', 9],
      ]),
      peers: new Map([
        [
          '8.8.8.8',
          {
            peer: '8.8.8.8',
            name: 'dns.google',
            flows: 2,
            bytesOut: 10,
            bytesIn: 20,
            ports: new Set(['udp/53']),
          },
        ],
      ]),
      fingerprints: new Map([['dhcp', new Set(['1,3,6,15'])]]),
    },
    {
      vendor: 'D-Link International',
      identity: {
        brand: 'D-Link',
        model: 'DCS-930L',
        category: 'camera',
        os: '',
        confidence: 0.93,
        evidence: [
          { source: 'oui', value: 'D-Link International', supports: { brand: 'D-Link' }, weight: 0.7 },
          {
            source: 'dhcp.hostName',
            value: 'DCS-930L',
            supports: { brand: 'D-Link', category: 'camera' },
            weight: 0.9,
          },
        ],
        notes: [],
      },
      traffic: { packetsOut: 20, packetsIn: 22, bytesOut: 12_345, bytesIn: 54_321 },
    },
  );
}

export function sampleFinding(changes: Partial<Finding> = {}): Finding {
  return {
    rule: 'port-scan',
    severity: 'high',
    confidence: 0.9,
    score: 80,
    device: 'b0:c5:54:00:00:01',
    peer: '192.168.1.1',
    first: { seconds: T0 + 1, nanos: 500_000 },
    last: { seconds: T0 + 9, nanos: 0 },
    count: 120,
    summary: 'b0:c5:54:00:00:01 tried 120 ports of 192.168.1.1 in 8 s.',
    evidence: { ports: [22, 23, 80], window: '8 s' },
    technique: 'T1046',
    packets: [3, 4, 5],
    ...changes,
  };
}

export function sampleParts(changes: Partial<ReportParts> = {}): ReportParts {
  const issues = new IssueCounter();
  issues.add(ISSUE['ipv4/bad-version'], 7, 14, 20, 3);
  const first = { seconds: T0, nanos: 123_456_000 };
  const last = { seconds: T0 + 60, nanos: 0 };
  return {
    inputs: [{ info: sampleSource(), first, last }],
    complete: true,
    settings: {},
    totals: {
      packets: 42,
      bytes: 66_666,
      flows: 5,
      devices: 2,
      first,
      last,
      protocols: new Map([
        ['udp', { packets: 2, bytes: 200 }],
        ['tcp', { packets: 40, bytes: 66_466 }],
      ]),
    },
    score: { value: 75, reasons: [{ summary: 'A device scans ports.', points: 25 }] },
    devices: [sampleCamera(), sampleDevice('02:00:00:00:00:01')],
    findings: [sampleFinding()],
    issues,
    models: [],
    data: [{ name: 'ieee-registry', date: '2026-11-01', entries: 50_000 }],
    run: { version: '1.0.0', startedAt: '2026-11-21T09:00:00.000Z', elapsedMs: 12, runtime: 'node v20' },
    ...changes,
  };
}

export function sampleReport(changes: Partial<ReportParts> = {}): Report {
  return buildReport(sampleParts(changes));
}
