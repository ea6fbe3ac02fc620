/** Real captures that are not part of the project, through the whole engine; truth comes from capinfos and Zeek. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import type { ConnRow } from '../../scripts/conn-log.ts';
import { compareText } from '../../src/bytes/order.ts';
import { analyze } from '../../src/engine/analyze.ts';
import { CONN_FIELDS, connValues } from '../../src/report/zeek/conn.ts';
import { formatTsv } from '../../src/report/zeek/value.ts';
import { connectionsOf } from '../flow/connections.ts';
import { analyzeFile } from './analyze-file.ts';

const root = process.env['LANSCOPE_SHARED_CAPTURES'] ?? join(import.meta.dirname, '../../../shared/captures');
const absent = existsSync(root) ? false : `${root} is absent`;
const noCapinfos = spawnSync('capinfos', ['-v']).error ? 'capinfos is not installed' : absent;

const MAX_MILLISECONDS = 2000;
const MAX_RSS_BYTES = 300e6;

function capturesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(pcap|pcapng)$/.test(name))
    .sort()
    .map((name) => join(root, folder, name));
}

/** Packets by path, of the files that capinfos can read. */
function capinfosCounts(files: readonly string[]): Map<string, number> {
  const args = ['-T', '-M', '-r', '-B', '-c', ...files];
  const { stdout } = spawnSync('capinfos', args, { encoding: 'utf8', maxBuffer: 1 << 24 });
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => line.split('\t'));
  return new Map(rows.map(([path, count]) => [path!, Number(count)]));
}

test(
  'hostile captures: counted as capinfos counts, each quickly, all in little memory',
  { skip: noCapinfos },
  async () => {
    const files = [...capturesIn('tcpdump-tests'), ...capturesIn('pcapng-suite')];
    const counts = capinfosCounts(files);
    assert.ok(files.length > 800 && counts.size > 800);
    for (const path of files) {
      const started = performance.now();
      const report = await analyzeFile(path, { noHash: true });
      const elapsed = performance.now() - started;
      const name = relative(root, path);
      assert.ok(elapsed < MAX_MILLISECONDS, `${name} took ${Math.round(elapsed)} ms`);
      const count = counts.get(path);
      if (count !== undefined) assert.equal(report.totals.packets, count, name);
    }
    assert.ok(process.memoryUsage().rss < MAX_RSS_BYTES);
  },
);

/** The connections that the engine tells its outputs of. */
async function engineConnections(path: string): Promise<ConnRow[]> {
  const rows: ConnRow[] = [];
  await analyze({
    paths: [path],
    outputs: [
      {
        flowEnd(slot, flows) {
          const values = connValues(flows, slot);
          rows.push(Object.fromEntries(CONN_FIELDS.map((field, i) => [field.name, formatTsv(values[i])])));
        },
        end: () => Promise.resolve(),
      },
    ],
    version: 'test',
  });
  return rows;
}

const byUid = (a: ConnRow, b: ConnRow): number => compareText(String(a['uid']), String(b['uid']));

test(
  'the engine tells the connections that were compared with Zeek’s baselines',
  { skip: absent },
  async () => {
    const files = capturesIn('zeek-conn');
    assert.ok(files.length >= 24);
    for (const path of files) {
      // In which order they end after a pause is a matter of when the clock follows it (`PacketClock`).
      assert.deepEqual(
        (await engineConnections(path)).toSorted(byUid),
        (await connectionsOf(path)).toSorted(byUid),
        relative(root, path),
      );
    }
  },
);
