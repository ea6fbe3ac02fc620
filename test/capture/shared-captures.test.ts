/** Real captures that are not part of the project: every file is read, and the counts are those of other tools. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { openMemory } from '../../src/capture/memory.ts';
import { openCaptures } from '../../src/capture/open.ts';
import { readAll } from './packet.ts';

const root =
  process.env['LANSCOPE_SHARED_CAPTURES'] ??
  fileURLToPath(new URL('../../../shared/captures', import.meta.url));
const absent = existsSync(root) ? false : `${root} is absent`;
const noCapinfos = spawnSync('capinfos', ['-v']).error ? 'capinfos is not installed' : absent;

/** All captures below a folder, sorted. */
function capturesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(pcap|pcapng)$/.test(name))
    .sort()
    .map((name) => join(root, folder, name));
}

test('packet counts are those of capinfos, for every file that it reads', { skip: noCapinfos }, async () => {
  const files = [...capturesIn('tcpdump-tests'), ...capturesIn('pcapng-suite')];
  assert.ok(files.length > 800);
  const { stdout } = spawnSync('capinfos', ['-T', '-M', '-r', '-B', '-c', ...files], {
    encoding: 'utf8',
    maxBuffer: 1 << 24,
  });
  const counts = new Map(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split('\t') as [string, string]),
  );
  assert.ok(counts.size > 800);
  for (const path of files) {
    const source = openCaptures([path], { noHash: true });
    const read = await readAll(source);
    const count = counts.get(path);
    if (count !== undefined) assert.equal(read.length, Number(count), path);
  }
});

/** `EPB: 4` lines of a description. */
function blockCounts(description: string): Map<string, number> {
  const section = /Block counts:\n((?:\s+\w+: \d+\n?)*)/.exec(description)![1]!;
  return new Map([...section.matchAll(/(\w+): (\d+)/g)].map((match) => [match[1]!, Number(match[2])]));
}

test('the pcapng suite is read as its descriptions say', { skip: absent }, async () => {
  const files = capturesIn('pcapng-suite');
  assert.ok(files.length >= 48);
  for (const path of files) {
    const counts = blockCounts(readFileSync(path.replace(/\.\w+$/, '.txt'), 'utf8'));
    const of = (...names: string[]): number => names.reduce((sum, name) => sum + (counts.get(name) ?? 0), 0);
    const source = openCaptures([path]);
    const read = await readAll(source);
    const [info] = source.inputs;
    assert.equal(info!.damage, null, path);
    assert.equal(read.length, of('EPB', 'SPB', 'PB'), path);
    assert.equal(info!.interfaces.length, of('IDB'), path);
    const other = [...info!.otherBlocks.values()].reduce((sum, n) => sum + n, 0);
    assert.equal(
      other,
      [...counts].filter(([name]) => !KNOWN.has(name)).reduce((sum, [, n]) => sum + n, 0),
      path,
    );
  }
});

const KNOWN: ReadonlySet<string> = new Set(['SHB', 'IDB', 'EPB', 'SPB', 'PB', 'NRB', 'ISB']);

test('both byte orders of the pcapng suite give the same packets', { skip: absent }, async () => {
  for (const path of capturesIn('pcapng-suite/output_be')) {
    const big = await readAll(openCaptures([path]));
    const little = await readAll(openCaptures([path.replace('output_be', 'output_le')]));
    assert.deepEqual(big, little, path);
  }
});

test('a real capture cut anywhere loses no packet that was complete', { skip: absent }, async () => {
  const path = capturesIn('iot-sentinel').find((name) => name.includes('D-LinkCam'))!;
  const bytes = new Uint8Array(readFileSync(path));
  const packets = await readAll(openMemory(bytes));
  let end = 24;
  const ends = packets.map((p) => (end += 16 + p.bytes.length));
  assert.equal(end, bytes.length);
  for (let length = 24; length < bytes.length; length += 1 + Math.floor(bytes.length / 150)) {
    const source = openMemory(bytes.subarray(0, length), { noHash: true });
    const complete = ends.filter((e) => e <= length).length;
    assert.equal((await readAll(source)).length, complete, `cut at ${length}`);
    assert.equal(source.inputs[0]!.damage === null, length === 24 || ends.includes(length));
  }
});
