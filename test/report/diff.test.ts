import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Compile } from 'typebox/schema';
import { parseMac } from '../../src/bytes/address.ts';
import type { Device } from '../../src/device/device.ts';
import { diffReports, invertDiff } from '../../src/report/diff/diff.ts';
import { DiffSchema } from '../../src/report/diff/schema.ts';
import { DEFAULT_DIFF, EXACT_DIFF, isIgnored } from '../../src/report/diff/settings.ts';
import type { DeviceFacts } from '../../src/report/parts.ts';
import type { Report } from '../../src/report/schema.ts';
import {
  sampleCamera,
  sampleDevice,
  sampleFinding,
  sampleReport,
  sampleSource,
  T0,
  UNKNOWN_IDENTITY,
} from './sample.ts';

const isDiff = Compile(DiffSchema);

/** Small universes, so that the devices of two reports meet. */
const anyDevice: fc.Arbitrary<DeviceFacts> = fc
  .record({
    mac: fc.integer({ min: 0, max: 9 }),
    names: fc.uniqueArray(fc.constantFrom('cam', 'tv', 'hub', 'phone'), { maxLength: 2 }),
    brand: fc.constantFrom('', 'Acme', 'Brand'),
    address: fc.integer({ min: 1, max: 6 }),
    services: fc.uniqueArray(fc.constantFrom('http', 'ssh', '_hap._tcp'), { maxLength: 3 }),
    domains: fc.uniqueArray(
      fc.constantFrom('a.example', 'b.example', 'c.example', 'd.example', 'e.example'),
      { maxLength: 5 },
    ),
    peers: fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 4 }),
    bytes: fc.nat({ max: 1_000_000 }),
    clientIds: fc.uniqueArray(fc.constantFrom('0001', '0002', '0003'), { maxLength: 2 }),
  })
  .map(({ clientIds, mac, names, brand, address, services, domains, peers, bytes }) => {
    const id = `02:00:00:00:00:0${mac}`;
    const changes: Partial<Device> = {
      mac: parseMac(id),
      names: new Map(names.map((name) => [name, { name, source: 'mdns' }])),
      addresses: new Map([
        [
          `10.0.0.${address}`,
          {
            address: `10.0.0.${address}`,
            sources: new Set(['arp'] as const),
            firstSeconds: T0,
            lastSeconds: T0,
          },
        ],
      ]),
      fingerprints: new Map(clientIds.length > 0 ? [['dhcp-client-id', new Set(clientIds)]] : []),
      services: new Map(services.map((name) => [name, { name, port: 80, transport: 'tcp', source: 'flow' }])),
      domains: new Map(domains.map((name) => [name, 1])),
      peers: new Map(
        peers.map((n) => {
          const peer = n < 5 ? `02:00:00:00:00:0${n}` : `10.0.0.${n}`;
          return [
            peer,
            {
              peer,
              name: n === 9 ? 'nine.example' : '',
              flows: 1,
              bytesOut: 1,
              bytesIn: n,
              ports: new Set([`tcp/${n}`]),
            },
          ];
        }),
      ),
    };
    return sampleDevice(id, changes, {
      identity: { ...UNKNOWN_IDENTITY, brand, confidence: brand === '' ? 0 : 0.8 },
      traffic: { packetsOut: 1, packetsIn: 1, bytesOut: bytes, bytesIn: 0 },
    });
  });

const anyReport: fc.Arbitrary<Report> = fc
  .record({
    devices: fc.uniqueArray(anyDevice, { maxLength: 5, selector: ({ device }) => device.id }),
    findings: fc.array(
      fc.record({
        rule: fc.constantFrom('port-scan', 'new-device'),
        severity: fc.constantFrom('info' as const, 'high' as const),
        device: fc.integer({ min: 0, max: 9 }).map((n) => `02:00:00:00:00:0${n}`),
        count: fc.integer({ min: 1, max: 100 }),
      }),
      { maxLength: 4 },
    ),
    score: fc.integer({ min: 0, max: 100 }),
    damaged: fc.boolean(),
  })
  .map(({ devices, findings, score, damaged }) =>
    sampleReport({
      devices,
      findings: findings.map((finding) => sampleFinding(finding)),
      score: { value: score, reasons: [] },
      inputs: [
        {
          info: sampleSource({
            damage: damaged ? { offset: 1, reason: 'cut', bytesLost: 1, resynchronised: 0 } : null,
          }),
          first: null,
          last: null,
        },
      ],
    }),
  );

test('a report does not differ from itself, however exact', () => {
  fc.assert(
    fc.property(anyReport, (report) => {
      assert.deepEqual(diffReports(report, report, EXACT_DIFF).changes, []);
      assert.equal(diffReports(report, structuredClone(report)).same, true);
    }),
    { numRuns: 60 },
  );
});

test('the difference is antisymmetric and fits its schema', () => {
  fc.assert(
    fc.property(anyReport, anyReport, fc.boolean(), (a, b, exact) => {
      const settings = exact ? EXACT_DIFF : DEFAULT_DIFF;
      const diff = diffReports(a, b, settings);
      assert.ok(isDiff.Check(diff), JSON.stringify(isDiff.Errors(diff)));
      assert.deepEqual(diffReports(b, a, settings), invertDiff(diff));
      assert.deepEqual(invertDiff(invertDiff(diff)), diff);
      assert.equal(diff.same, diff.changes.length === 0);
    }),
    { numRuns: 150 },
  );
});

test('every device that only one side has is told once', () => {
  fc.assert(
    fc.property(anyReport, anyReport, (a, b) => {
      const { changes } = diffReports(a, b);
      const whole = changes.filter(({ subject, field }) => subject === 'device' && field === '');
      const matchedA = new Set(changes.flatMap(({ device }) => (device?.matchedBy ? [device.a!.id] : [])));
      for (const { id } of a.devices) {
        const gone = whole.filter(({ kind, device }) => kind === 'removed' && device!.a!.id === id).length;
        const inB = b.devices.some((device) => device.id === id);
        // One that moved to another MAC address shows at least its id as changed.
        assert.equal(gone, inB || matchedA.has(id) ? 0 : 1, id);
      }
    }),
    { numRuns: 60 },
  );
});

test('a renumbered network is not all new', () => {
  const server = (address: string) =>
    sampleDevice('00:11:22:33:44:55', {
      addresses: new Map([
        [address, { address, sources: new Set(['arp'] as const), firstSeconds: T0, lastSeconds: T0 }],
      ]),
    });
  const client = (peer: string) =>
    sampleDevice('00:11:22:33:44:66', {
      peers: new Map([
        [peer, { peer, name: '', flows: 1, bytesOut: 1, bytesIn: 1, ports: new Set(['tcp/22']) }],
      ]),
    });
  const a = sampleReport({ devices: [server('192.168.1.5'), client('192.168.1.5')], findings: [] });
  const b = sampleReport({ devices: [server('10.9.9.9'), client('10.9.9.9')], findings: [] });
  const { changes } = diffReports(a, b);
  assert.deepEqual(
    changes.map(({ kind, field, a: x, b: y }) => [kind, field, x, y]),
    [
      ['added', 'addresses', null, '10.9.9.9'],
      ['removed', 'addresses', '192.168.1.5', null],
    ],
  );
});

test('a randomised MAC is matched by its name, a nameless device by its behaviour', () => {
  const named = (id: string) =>
    sampleDevice(id, { names: new Map([['n', { name: 'Annas-Phone', source: 'dhcp' }]]) });
  const byName = diffReports(
    sampleReport({ devices: [named('02:00:00:00:00:0a')], findings: [] }),
    sampleReport({ devices: [named('02:00:00:00:00:0b')], findings: [] }),
  );
  assert.deepEqual(
    byName.changes.map(({ field, device }) => [field, device!.matchedBy]),
    [['id', 'name']],
  );

  const camera = (id: string): DeviceFacts => {
    const { device, ...facts } = sampleCamera();
    return { ...facts, device: { ...device, id, mac: parseMac(id), names: new Map() } };
  };
  const byBehaviour = diffReports(
    sampleReport({ devices: [camera('02:00:00:00:00:0a')], findings: [] }),
    sampleReport({ devices: [camera('02:00:00:00:00:0b')], findings: [] }),
  );
  assert.deepEqual(
    byBehaviour.changes.map(({ field, device }) => [field, device!.matchedBy]),
    [['id', 'behaviour']],
  );

  const twins = diffReports(
    sampleReport({ devices: [camera('02:00:00:00:00:0a')], findings: [] }),
    sampleReport({ devices: [camera('02:00:00:00:00:0b'), camera('02:00:00:00:00:0c')], findings: [] }),
  );
  assert.deepEqual(
    twins.changes.map(({ kind }) => kind),
    ['removed', 'added', 'added'],
    'a tie decides nothing',
  );
});

test('a device that came back under another address is matched by what links it', () => {
  const leased = (id: string, clientId: string): DeviceFacts =>
    sampleDevice(id, { fingerprints: new Map([['dhcp-client-id', new Set([clientId])]]) });
  const byIdentifier = diffReports(
    sampleReport({ devices: [leased('02:00:00:00:00:0a', '00020000ab11')], findings: [] }),
    sampleReport({ devices: [leased('02:00:00:00:00:0b', '00020000ab11')], findings: [] }),
  );
  assert.deepEqual(
    byIdentifier.changes.map(({ field, device }) => [field, device!.matchedBy]),
    [['id', 'link']],
  );
  const others = diffReports(
    sampleReport({ devices: [leased('02:00:00:00:00:0a', '00020000ab11')], findings: [] }),
    sampleReport({ devices: [leased('02:00:00:00:00:0b', '00020000ab12')], findings: [] }),
  );
  assert.deepEqual(
    others.changes.map(({ kind }) => kind),
    ['removed', 'added'],
  );

  const linked = (id: string, to: string): DeviceFacts =>
    sampleDevice(id, {}, { links: [{ device: to, kind: 'changed-address', reason: 'the name phone' }] });
  const third = '02:00:00:00:00:0c';
  const byThird = diffReports(
    sampleReport({ devices: [linked('02:00:00:00:00:0a', third), sampleDevice(third)], findings: [] }),
    sampleReport({ devices: [linked('02:00:00:00:00:0b', third), sampleDevice(third)], findings: [] }),
  );
  assert.deepEqual(
    byThird.changes.map(({ field, device }) => [field, device!.matchedBy]),
    [['id', 'link']],
  );
});

test('findings: new, gone, escalated', () => {
  const a = sampleReport({
    findings: [sampleFinding({ severity: 'low' }), sampleFinding({ rule: 'old-rule' })],
  });
  const b = sampleReport({
    findings: [
      sampleFinding({ severity: 'critical' }),
      sampleFinding({ rule: 'new-rule', device: '', peer: '9.9.9.9' }),
    ],
  });
  const findings = diffReports(a, b).changes.filter(({ subject }) => subject === 'finding');
  assert.deepEqual(
    findings.map(({ kind, item, field, a: x, b: y, device }) => [
      kind,
      item,
      field,
      x,
      y,
      device?.a?.id ?? null,
    ]),
    [
      ['added', 'new-rule', '', null, `high: ${sampleFinding().summary}`, null],
      ['removed', 'old-rule', '', `high: ${sampleFinding().summary}`, null, 'b0:c5:54:00:00:01'],
      ['changed', 'port-scan', 'severity', 'low', 'critical', 'b0:c5:54:00:00:01'],
    ],
  );
});

test('findings about devices that no list has any more are told in one order from either side', () => {
  const of = (low: string, high: string, device: 'device' | 'peer') =>
    sampleReport({
      devices: [],
      findings: [
        sampleFinding({ severity: 'low', [device]: low }),
        sampleFinding({ severity: 'high', [device]: high }),
      ],
    });
  for (const what of ['device', 'peer'] as const) {
    const a = of('10.0.0.1', '10.0.0.2', what);
    const b = of('10.0.0.2', '10.0.0.1', what);
    const diff = diffReports(a, b);
    assert.deepEqual(
      diff.changes.map((change) => [change.a, change.b]),
      [
        ['low', 'high'],
        ['high', 'low'],
      ],
    );
    assert.deepEqual(diffReports(b, a), invertDiff(diff));
  }
});

test('tolerances: noise is not a difference, unless it is asked for', () => {
  const traffic = (bytesOut: number) => {
    const devices = [
      sampleDevice(
        '02:00:00:00:00:01',
        {},
        { traffic: { packetsOut: 1, packetsIn: 1, bytesOut, bytesIn: 0 } },
      ),
    ];
    return sampleReport({ devices, findings: [] });
  };
  const fields = (a: Report, b: Report, settings = DEFAULT_DIFF) =>
    diffReports(a, b, settings).changes.map(({ field }) => field);
  assert.deepEqual(fields(traffic(1_000_000), traffic(2_999_999)), []);
  assert.deepEqual(fields(traffic(1_000_000), traffic(3_000_000)), ['traffic.bytesOut']);
  assert.deepEqual(fields(traffic(100), traffic(90_000)), [], 'below the floor');
  assert.deepEqual(fields(traffic(100), traffic(101), EXACT_DIFF), ['traffic.bytesOut']);
});

test('ignore patterns: paths, beginnings of paths, words, stars', () => {
  const { changes } = diffReports(sampleReport({ devices: [], findings: [] }), sampleReport());
  const device = changes.find(
    ({ subject, device }) => subject === 'device' && device?.b?.id.startsWith('b0'),
  )!;
  const finding = changes.find(({ subject }) => subject === 'finding')!;
  const addresses = { ...device, field: 'addresses' };
  for (const [change, pattern, ignored] of [
    [device, 'device/b0:c5:54:00:00:01', true],
    [device, 'device/b0:c5:*', true],
    [device, 'device/02:*', false],
    [device, 'device', true],
    [addresses, 'addresses', true],
    [addresses, 'device/*/addresses', true],
    [device, 'device/*/addresses', false],
    [finding, 'port-scan', true],
    [finding, 'finding/port-*', true],
    [finding, 'new-device', false],
    [finding, 'device/b0:c5:54:00:00:01/finding', true],
    [device, 'b0.c5.*', false],
  ] as const) {
    assert.equal(isIgnored(change, [pattern]), ignored, `${pattern} on ${change.subject} ${change.field}`);
  }
  const settings = { ...DEFAULT_DIFF, ignore: ['device', 'finding', 'score'] };
  const diff = diffReports(sampleReport({ devices: [], findings: [] }), sampleReport(), settings);
  assert.deepEqual([diff.same, diff.ignored], [true, changes.length]);
});
