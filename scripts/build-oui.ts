/**
 * Rebuilds src/fingerprint/data/oui.bin from
 *  - the npm package `oui-data` (devDependency): MA-L, MA-M and MA-S as published by the IEEE, and
 *  - an `iab.csv` as the IEEE publishes it (Debian package `ieee-data`): the IAB registry, closed to new entries.
 * Where both name a block, the first wins: it is newer.
 *
 *   npm install -D oui-data@latest
 *   tsx scripts/build-oui.ts --date 2026-08-26 [--iab /usr/share/ieee-data/iab.csv]
 *
 * `--date` is the day on which the version of `oui-data` was published: `npm view oui-data time`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { dataPath } from '../src/fingerprint/data.ts';
import { writeOuiTable } from '../src/fingerprint/oui-format.ts';

const { values } = parseArgs({
  options: { date: { type: 'string' }, iab: { type: 'string', default: '/usr/share/ieee-data/iab.csv' } },
});
if (!/^\d{4}-\d{2}-\d{2}$/.test(values.date ?? '')) throw new Error('--date YYYY-MM-DD is needed');

// Blocks that the IEEE keeps for itself and lets out again in smaller pieces: no vendor.
const NOT_A_VENDOR = new Set(['IEEE Registration Authority', 'Private']);
const blocks = new Map<string, string>();

function add(prefix: string, organisation: string): void {
  const name = organisation.replace(/\s+/g, ' ').trim();
  const key = prefix.toLowerCase();
  if (![6, 7, 9].includes(key.length) || name === '' || NOT_A_VENDOR.has(name) || blocks.has(key)) return;
  blocks.set(key, name);
}

const registry = JSON.parse(
  readFileSync(createRequire(import.meta.url).resolve('oui-data'), 'utf8'),
) as Record<string, string>;
for (const [prefix, entry] of Object.entries(registry))
  add(prefix, entry.slice(0, (entry + '\n').indexOf('\n')));

// Columns: Registry, Assignment, Organization Name, Organization Address. Fields with commas are quoted.
for (const line of readFileSync(values.iab, 'utf8').split('\n')) {
  const row = /^IAB,([0-9A-F]{9}),(?:"((?:[^"]|"")*)"|([^,]*)),/.exec(line);
  if (row) add(row[1]!, (row[2] ?? row[3]!).replaceAll('""', '"'));
}

const bytes = writeOuiTable(blocks, values.date!);
writeFileSync(dataPath('oui.bin'), bytes);
const count = (digits: number): number => [...blocks.keys()].filter((key) => key.length === digits).length;
console.log(
  `oui.bin: ${bytes.length} bytes, ${count(6)} MA-L, ${count(7)} MA-M, ${count(9)} MA-S and IAB blocks`,
);
