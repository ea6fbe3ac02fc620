/** Whole networks that changed: the devices of real reports, with other addresses. No match may be a wrong one. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { join } from 'node:path';
import { diffReports } from '../../src/report/diff/diff.ts';
import { matchDevices } from '../../src/report/diff/match.ts';
import { EXACT_DIFF } from '../../src/report/diff/settings.ts';
import type { Report, ReportDevice } from '../../src/report/schema.ts';
import { analyzeFile } from '../engine/analyze-file.ts';

const reports: { name: string; report: Report }[] = [];
before(async () => {
  for (const name of ['home-lan', 'office-lan', 'rogue-dhcp']) {
    const path = join(import.meta.dirname, '../../corpus', name, 'capture.pcapng');
    reports.push({ name, report: await analyzeFile(path) });
  }
});

/** The report with other text in all of its strings. */
function rewrite(report: Report, change: (text: string) => string): Report {
  return JSON.parse(change(JSON.stringify(report))) as Report;
}

/** Randomised, as phones and computers do it: locally administered, and nothing is known of its vendor. */
function randomised(report: Report, ids: readonly string[]): { report: Report; now: Map<string, string> } {
  const now = new Map(ids.map((id, i) => [id, `d6:3a:5e:00:91:${(0x10 + i * 7).toString(16)}`]));
  let changed = report;
  for (const [from, to] of now) changed = rewrite(changed, (text) => text.replaceAll(from, to));
  const devices = changed.devices.map((device): ReportDevice => {
    if (![...now.values()].includes(device.id)) return device;
    const { evidence } = device.identity;
    const byVendor = evidence.filter(({ source }) => source === 'oui');
    const known = evidence.filter(({ source }) => source !== 'oui');
    // What only the vendor told is not known any more.
    const brand = known.some(({ supports }) => supports.brand !== undefined) ? device.identity.brand : '';
    const identity = byVendor.length === 0 ? device.identity : { ...device.identity, brand, evidence: known };
    return { ...device, vendor: '', identity };
  });
  return { report: { ...changed, devices }, now };
}

describe('a network that changed', () => {
  test('renumbered: only addresses differ, of both families', () => {
    for (const { name, report } of reports) {
      const other = rewrite(report, (text) =>
        text.replaceAll('192.168.77.', '10.20.30.').replaceAll('fd77:1:2:3:', 'fdaa:bb:cc:dd:'),
      );
      const { changes } = diffReports(report, other, EXACT_DIFF);
      assert.ok(changes.length >= report.devices.length, name);
      for (const change of changes) {
        assert.equal(change.device?.matchedBy, 'mac', JSON.stringify(change));
        if (change.field === 'addresses') continue;
        // An address that no device was seen to have is nothing but its number.
        assert.equal(change.field, 'peers', JSON.stringify(change));
        const owned = [report, other].flatMap(({ devices }) => devices.flatMap(({ addresses }) => addresses));
        assert.ok(!owned.some(({ address }) => address === (change.a ?? change.b)), JSON.stringify(change));
      }
    }
  });

  test('every MAC address randomised: named devices are found again, and none is taken for another', () => {
    for (const { name, report } of reports) {
      const ids = report.devices.map(({ id }) => id);
      const { report: other, now } = randomised(report, ids);
      const { pairs, onlyA } = matchDevices(report, other);
      for (const { a, b, by } of pairs) {
        assert.equal(b.id, now.get(a.id), `${name}: ${a.id} by ${by}`);
        assert.notEqual(by, 'mac');
      }
      for (const { id, names } of onlyA) assert.deepEqual(names, [], `${name}: ${id} has a name and is lost`);
      assert.ok(pairs.length >= report.devices.length - 2, `${name}: ${pairs.length} of ${ids.length}`);
      // Peers and findings are those of the same devices, so they are not new.
      const { changes } = diffReports(report, other);
      const lost = new Set(onlyA.flatMap(({ id }) => [id, now.get(id)!]));
      const about = changes.filter(
        ({ subject, device }) =>
          subject === 'finding' && !lost.has(device?.a?.id ?? '') && !lost.has(device?.b?.id ?? ''),
      );
      assert.deepEqual(about, [], name);
      if (lost.size === 0)
        assert.deepEqual(
          changes.filter(({ field }) => field === 'peers'),
          [],
          name,
        );
    }
  });

  test('a replaced network card: that device, and what hangs on its address; its peers notice nothing', () => {
    for (const { name, report } of reports) {
      for (const { id, names } of report.devices) {
        if (names.length === 0) continue;
        const { report: other, now } = randomised(report, [id]);
        const { changes } = diffReports(report, other, EXACT_DIFF);
        const [first] = changes;
        assert.ok(first !== undefined, name);
        for (const { subject, kind, field, device } of changes) {
          assert.deepEqual([subject, kind], ['device', 'changed'], `${name}: ${field}`);
          assert.deepEqual([device!.a!.id, device!.b!.id], [id, now.get(id)]);
          assert.ok(['link', 'name'].includes(device!.matchedBy));
          assert.match(field, /^(?:id|vendor|identity\.brand)$/);
        }
      }
    }
  });

  test('a phone that changed its address meanwhile has its name alone, by the address seen last', () => {
    const { report } = reports.find(({ name }) => name === 'home-lan')!;
    const phone = report.devices.find(({ names }) => names.some(({ name }) => name === 'annas-laptop'))!;
    const [early, late] = ['d6:00:00:00:00:01', 'd6:00:00:00:00:02'];
    const twin = (id: string, lastSeen: string, links: ReportDevice['links']): ReportDevice => ({
      ...(JSON.parse(JSON.stringify(phone).replaceAll(phone.id, id)) as ReportDevice),
      lastSeen,
      links,
    });
    const link = (device: string) => ({ device, kind: 'changed-address' as const, reason: 'the name' });
    const others = report.devices.filter((device) => device !== phone);
    const twice = (...links: ReportDevice['links'][]): Report => ({
      ...report,
      devices: [
        twin(early, '2026-11-21T09:00:00Z', links[0]!),
        twin(late, '2026-11-21T11:00:00Z', links[1]!),
        ...others,
      ],
    });
    const linked = matchDevices(report, twice([link(late)], [link(early)]));
    assert.deepEqual(
      linked.pairs.filter(({ a }) => a === phone).map(({ b, by }) => [b.id, by]),
      [[late, 'name']],
    );
    const strangers = matchDevices(report, twice([], []));
    assert.deepEqual(strangers.onlyA, [phone], 'two devices with one name: nobody can tell');
  });

  test('a link-local address of its own links, one made of the MAC address or given by hand does not', () => {
    const { report } = reports[0]!;
    const base = report.devices.find(({ names }) => names.length === 0)!;
    const bare = (id: string, address: string): Report => {
      const addresses = [{ ...base.addresses[0]!, address }];
      const device = { ...base, id, names: [], fingerprints: {}, services: [], domains: [], addresses };
      return { ...report, devices: [device], findings: [] };
    };
    for (const [address, links] of [
      ['fe80::1c2d:3e4f:5a6b:7c8d', true],
      ['fe80::52c7:bfff:fe10:2001', false],
      ['fe80::1', false],
      ['192.168.77.1', false],
    ] as const) {
      const { pairs } = matchDevices(bare('d6:00:00:00:00:01', address), bare('d6:00:00:00:00:02', address));
      assert.deepEqual(
        pairs.map(({ by }) => by),
        links ? ['link'] : [],
        address,
      );
    }
  });
});
