/** Real captures that are not part of the project: skipped, visibly, where they are absent. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { analyze } from '../../src/engine/analyze.ts';

const SHARED =
  process.env['LANSCOPE_SHARED_CAPTURES'] ?? join(import.meta.dirname, '../../../shared/captures');
const skip = existsSync(SHARED) ? false : `no captures at ${SHARED}`;

function captures(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.p?cap(?:ng)?$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}

test(
  'IoT-23 8-1: every attempt at a command server is in a finding, and no benign flow is',
  { skip },
  async () => {
    const folder = join(SHARED, 'iot-23/CTU-IoT-Malware-Capture-8-1');
    const { report } = await analyze({ paths: captures(folder), version: 'test' });
    const serious = report.findings.filter((f) => f.severity === 'high' || f.severity === 'critical');
    assert.ok(serious.length >= 1 && serious.length <= 4, 'aggregated');
    const labelled = new Map<string, number>();
    const benign = new Set<string>();
    for (const line of readFileSync(join(folder, 'conn.log.labeled.csv'), 'utf8').split('\n').slice(1)) {
      const fields = line.split('|');
      if (fields.length < 20) continue;
      const key = `${fields[4]} tcp/${fields[5]}`;
      if (fields.at(-2) === 'Malicious') labelled.set(key, (labelled.get(key) ?? 0) + 1);
      else benign.add(key);
    }
    const found = new Map(serious.map((f) => [`${f.peer} ${String(f.evidence['port'])}`, f.count]));
    assert.deepEqual([...found].sort(), [...labelled].sort());
    for (const key of found.keys()) assert.ok(!benign.has(key));
    for (const { device, technique } of serious) {
      assert.equal(device, 'b8:27:eb:7d:6b:a6');
      assert.equal(technique, 'T1071');
    }
  },
);

test(
  'devices being set up, all captures as one network: nothing above low, nothing lost',
  { skip },
  async () => {
    const folder = join(SHARED, 'iot-sentinel');
    const { report } = await analyze({ paths: captures(folder), version: 'test' });
    const alarms = report.findings.filter((f) => f.severity !== 'info' && f.severity !== 'low');
    assert.deepEqual(alarms, []);
    const ids = new Set(report.devices.map(({ id }) => id));
    for (const device of readdirSync(folder).filter((name) => !name.includes('.'))) {
      const mac = readFileSync(join(folder, device, '_iotdevice-mac.txt'), 'utf8')
        .trim()
        .toLowerCase();
      assert.ok(ids.has(mac), `${device} ${mac}`);
    }
  },
);
