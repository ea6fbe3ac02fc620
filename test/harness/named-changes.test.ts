/** One threshold, one fact, one decoder changes: `corpus run` names exactly the cases and fields that hang on it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Report } from '../../src/report/schema.ts';
import { buildCommand, builtCommand } from '../cli/built-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanscope-named-'));
const golden = join(folder, 'golden');
const env = { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') };
after(() => rmSync(folder, { recursive: true, force: true }));

interface Told {
  readonly pass: number;
  readonly cases: readonly { name: string; status: string; changed: readonly { path: string }[] }[];
}

function corpus(command: string, ...args: string[]): Told {
  const all = [command, 'corpus', ...args, '--golden', golden, '--json', '--jobs', '1'];
  const { stdout, stderr } = spawnSync(process.execPath, all, { env, encoding: 'utf8', maxBuffer: 1 << 26 });
  assert.notEqual(stdout, '', stderr);
  return JSON.parse(stdout) as Told;
}

/** Case → paths that changed, of those that failed. */
function changesOf({ cases }: Told): Record<string, string[]> {
  const failed = cases.filter(({ status }) => status === 'fail');
  return Object.fromEntries(failed.map(({ name, changed }) => [name, changed.map(({ path }) => path)]));
}

let cases: readonly string[] = [];
const goldenReports = () =>
  cases.map((name) => ({
    name,
    report: JSON.parse(readFileSync(join(golden, name, 'report.json'), 'utf8')) as Report,
  }));

let command = '';
before(() => {
  command = builtCommand(join(folder, 'as-it-is'));
  const told = corpus(command, 'record', 'bundled');
  assert.ok(told.cases.length > 20 && told.cases.every(({ status }) => status === 'recorded'));
  cases = told.cases.map(({ name }) => name);
});

describe('what changed is named', () => {
  test('nothing: every case passes', () => {
    const told = corpus(command, 'run', 'bundled');
    assert.deepEqual(changesOf(told), {});
    assert.equal(told.pass, told.cases.length);
  });

  test('a threshold: the finding that it decides', () => {
    const config = join(folder, 'config.json');
    writeFileSync(config, JSON.stringify({ detect: { thresholds: { 'port-scan': { ports: 500 } } } }));
    const changes = changesOf(corpus(command, 'run', 'bundled', '--config', config));
    assert.deepEqual(Object.keys(changes), ['port-scan']);
    const paths = changes['port-scan']!;
    assert.ok(paths.includes('findings[port-scan 00:0c:29:de:ad:01 b8:27:eb:12:34:56].severity'));
    for (const path of paths) {
      assert.match(
        path,
        /^(?:findings\[port-scan 00:0c:29:de:ad:01 b8:27:eb:12:34:56\]|score|totals\.findings|devices\[(?:00:0c:29:de:ad:01|b8:27:eb:12:34:56)\]\.risk)/,
      );
    }
  });

  test('a fact: the identity of the device that it is about', () => {
    const facts = join(folder, 'facts');
    mkdirSync(facts);
    const fact = ['host', 'ESP_776655', 'brand=Workshop; category=plug', '0.95', 'labelled by hand'];
    writeFileSync(join(facts, 'mine.tsv'), `${fact.join('\t')}\n`);
    const changes = changesOf(corpus(command, 'run', 'bundled', '--fingerprints', facts));
    const named = goldenReports().filter(({ report }) => JSON.stringify(report).includes('ESP_776655'));
    assert.deepEqual(
      Object.keys(changes),
      named.map(({ name }) => name),
    );
    for (const { name, report } of named) {
      const ids = report.devices
        .filter(({ names }) => names.some((entry) => entry.name === 'ESP_776655'))
        .map(({ id }) => id);
      assert.ok(changes[name]!.includes(`devices[${ids[0]!}].identity.brand`));
      for (const path of changes[name]!) {
        assert.ok(
          ids.some((id) => path.startsWith(`devices[${id}].identity.`)),
          path,
        );
      }
    }
  });

  test('a decoder: the cases with its protocol, and there the devices that speak it', () => {
    const speaking = goldenReports().filter(({ report }) => Object.hasOwn(report.totals.protocols, 'ssdp'));
    const without = buildCommand(join(folder, 'without-ssdp'), {
      path: 'src/protocol/list.ts',
      from: '  ssdpDecoder,\n',
      to: '',
    });
    const changes = changesOf(corpus(without, 'run', 'bundled'));
    assert.deepEqual(
      Object.keys(changes),
      speaking.map(({ name }) => name),
    );
    for (const { name, report } of speaking) {
      const speakers = report.devices.filter((device) => JSON.stringify(device).includes('ssdp'));
      const devices = changes[name]!.flatMap((path) => /^devices\[([^\]]*)\]/.exec(path)?.[1] ?? []);
      assert.ok(devices.length > 0);
      for (const id of devices)
        assert.ok(
          speakers.some((speaker) => speaker.id === id),
          id,
        );
      assert.ok(changes[name]!.some((path) => /^totals\.protocols\.ssdp\b/.test(path)));
    }
  });
});
