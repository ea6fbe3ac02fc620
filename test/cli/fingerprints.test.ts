import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseReport } from '../../src/report/read.ts';
import { lanscope, ROOT } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanscope-fingerprints-'));
after(() => rmSync(folder, { recursive: true }));
const HOME = join(ROOT, 'corpus/home-lan/capture.pcapng');

/** A folder with one file of facts; columns are written with bars. */
function factFolder(name: string, ...lines: string[]): string {
  const path = join(folder, name);
  mkdirSync(path);
  writeFileSync(join(path, 'mine.tsv'), `${lines.join('\n').replaceAll(' | ', '\t')}\n`);
  return path;
}

test('facts of a user name a device that was open, and win over built-in ones', async () => {
  const facts = factFolder(
    'good',
    '# our own plugs',
    'host | ESP_776655 | brand=Workshop; category=plug | 0.95 | labelled by hand',
    'mdns.txt | vendor=Synology | brand=Renamed; category=nas; os=DSM | 0.97 | to see that it wins',
  );
  const { code, stdout, stderr } = await lanscope(['analyze', HOME, '--fingerprints', facts, '--json']);
  assert.equal(code, 0, stderr);
  const report = await parseReport(stdout, 'report');
  const identityOf = (id: string) => report.devices.find((device) => device.id === id)?.identity;
  const plug = identityOf('24:0a:c4:77:66:55');
  assert.equal(plug?.brand, 'Workshop');
  assert.equal(plug?.category, 'plug');
  assert.ok(identityOf('00:11:32:aa:bb:01')!.evidence.some(({ supports }) => supports.brand === 'Renamed'));
});

test('what cannot be read ends the run, with file, line and what is wrong', async () => {
  for (const [name, line, message] of [
    ['fields', 'domain | x.org | brand=X', /fields\/mine\.tsv:2: a fact has five fields/],
    ['kind', 'domian | x.org | brand=X | 0.9 | why', /kind\/mine\.tsv:2: unknown kind 'domian'/],
    ['weight', 'tls.ja4 | t13* | brand=X | 9 | why', /weight\/mine\.tsv:2: weight '9'/],
    ['pattern', 'tcp.syn | /(/ | os=X | 0.9 | why', /pattern\/mine\.tsv:2: .*regular expression/],
    ['category', 'hassh | 00ff | category=fridge | 0.9 | why', /category\/mine\.tsv:2: unknown category/],
  ] as const) {
    const path = factFolder(name, '# a comment', line);
    const { code, stdout, stderr } = await lanscope(['analyze', HOME, '--fingerprints', path]);
    assert.equal(code, 2, name);
    assert.equal(stdout, '');
    assert.match(stderr, message);
    assert.equal(stderr.trimEnd().split('\n').length, 1, 'one line');
  }
  mkdirSync(join(folder, 'empty'));
  for (const [name, message] of [
    ['empty', /holds no \.tsv file/],
    ['absent', /cannot be read as a folder/],
  ] as const) {
    const { code, stderr } = await lanscope(['analyze', HOME, '--fingerprints', join(folder, name)]);
    assert.equal(code, 2);
    assert.match(stderr, message);
  }
});
