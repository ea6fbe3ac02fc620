import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { corpusCases } from '../../src/harness/corpus.ts';
import { selectCases, shardCases } from '../../src/harness/select-cases.ts';
import { parseManifest, readManifest } from '../../src/harness/manifest.ts';

const corpus = join(import.meta.dirname, '../../corpus');
const folder = mkdtempSync(join(tmpdir(), 'lanscope-corpus-'));
after(() => rmSync(folder, { recursive: true }));

describe('manifests', () => {
  test('the bundled ones are valid', async () => {
    assert.equal((await readManifest(join(corpus, 'bundled.json'))).folders, '.');
    const iot = await readManifest(join(corpus, 'iot-23.json'));
    const kinds = iot.cases!.map(({ facts }) => facts!['kind']);
    assert.equal(kinds.filter((kind) => kind === 'malicious').length, 20);
    assert.equal(kinds.filter((kind) => kind === 'benign').length, 3);
    assert.ok(iot.cases!.every(({ labels }) => labels?.path.endsWith('bro/conn.log.labeled')));
  });

  const valid = { manifest: 1, name: 'x', title: 'x', cases: [{ name: 'a', capture: { path: 'a.pcap' } }] };
  for (const [what, change, place] of [
    ['no JSON', '{', /not JSON/],
    ['an unknown key', { ...valid, colour: 1 }, /./],
    [
      'a path that leaves the folder',
      { ...valid, cases: [{ name: 'a', capture: { path: 'b/../../c' } }] },
      /cases\/0\/capture\/path/,
    ],
    [
      'an absolute path',
      { ...valid, cases: [{ name: 'a', capture: { path: '/etc/passwd' } }] },
      /cases\/0\/capture\/path/,
    ],
    ['a name twice', { ...valid, cases: [...valid.cases, ...valid.cases] }, /cases\/1/],
    [
      'a checksum that is none',
      { ...valid, cases: [{ name: 'a', capture: { path: 'a', sha256: 'x' } }] },
      /sha256/,
    ],
    ['folders and cases', { ...valid, folders: '.' }, /either/],
    ['another version', { ...valid, manifest: 2 }, /manifest/],
  ] as const) {
    test(`refuses ${what}`, () => {
      const text = typeof change === 'string' ? change : JSON.stringify(change);
      assert.throws(
        () => parseManifest(text, 'file.json'),
        (error: Error) => {
          assert.match(error.message, /^file\.json: /);
          assert.match(error.message, place);
          return true;
        },
      );
    });
  }
});

describe('cases', () => {
  const names = [
    'CTU-Honeypot-Capture-7-1',
    'CTU-IoT-Malware-Capture-8-1',
    'CTU-IoT-Malware-Capture-48-1',
    'CTU-IoT-Malware-Capture-7-1',
    'formats/pcap',
  ];
  const cases = names.map((name) => ({ name }));
  const selected = (...wanted: string[]) => selectCases(cases, wanted).map(({ name }) => name);

  test('are selected by the end of their names, part by part', () => {
    assert.deepEqual(selected('8-1'), ['CTU-IoT-Malware-Capture-8-1']);
    assert.deepEqual(selected('7-1'), ['CTU-Honeypot-Capture-7-1', 'CTU-IoT-Malware-Capture-7-1']);
    assert.deepEqual(selected('Honeypot*', 'pcap'), ['CTU-Honeypot-Capture-7-1', 'formats/pcap']);
    assert.deepEqual(selected(), names);
    assert.throws(() => selected('9-9'), /no case matches '9-9'/);
    assert.throws(() => selected('Capture'), /no case/);
  });

  test('shards are a partition', () => {
    const parts = [1, 2, 3].flatMap((i) => shardCases(cases, `${i}/3`));
    assert.deepEqual(parts.map(({ name }) => name).sort(), [...names].sort());
    for (const shard of ['0/3', '4/3', '1', '1/0', 'a/b'])
      assert.throws(() => shardCases(cases, shard), /--shard/);
  });

  test('files are found as published, flat in their folder, and compressed', async () => {
    const manifest = parseManifest(readFileSync(join(corpus, 'iot-23.json'), 'utf8'), 'iot-23.json');
    const touch = (...path: string[]) => {
      mkdirSync(join(folder, ...path.slice(0, -1)), { recursive: true });
      writeFileSync(join(folder, ...path), '');
    };
    touch('CTU-IoT-Malware-Capture-8-1', '2018-07-31-15-15-09-192.168.100.113.pcap');
    touch('CTU-IoT-Malware-Capture-8-1', 'bro', 'conn.log.labeled');
    touch('CTU-IoT-Malware-Capture-20-1', '2018-10-02-13-12-30-192.168.100.103.pcap.gz');
    touch('CTU-IoT-Malware-Capture-20-1', 'conn.log.labeled.csv');
    touch('conn.log.labeled');
    const found = corpusCases({ manifest, path: join(corpus, 'iot-23.json') }, { from: folder })
      .filter(({ capture, labels }) => capture !== '' || labels !== '')
      .map(({ capture, labels }) => [capture, labels].map((path) => path.slice(folder.length + 1)));
    assert.deepEqual(found, [
      [
        'CTU-IoT-Malware-Capture-20-1/2018-10-02-13-12-30-192.168.100.103.pcap.gz',
        'CTU-IoT-Malware-Capture-20-1/conn.log.labeled.csv',
      ],
      [
        'CTU-IoT-Malware-Capture-8-1/2018-07-31-15-15-09-192.168.100.113.pcap',
        'CTU-IoT-Malware-Capture-8-1/bro/conn.log.labeled',
      ],
    ]);
  });
});

test('a path in a manifest is one below the folder of the corpus, written in one way', () => {
  const withPath = (path: string): string =>
    JSON.stringify({ manifest: 1, name: 'x', title: 'x', cases: [{ name: 'c', capture: { path } }] });
  for (const path of ['a.pcap', 'a/b.pcap', '..a/.b', 'a/...']) parseManifest(withPath(path), 'x');
  const bad = [
    '',
    '.',
    '..',
    '/a',
    'a/',
    'a//b',
    './a',
    'a/./b',
    '../a',
    'a/../b',
    'a/..',
    'a\\b',
    'a\0',
    'lanscope.lock.json',
  ];
  for (const path of bad) assert.throws(() => parseManifest(withPath(path), 'x'), /capture\/path/, path);
});
