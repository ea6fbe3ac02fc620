/** `lanscope features`: the same rows from a capture as from its log, in both kinds of file, with labels. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { LanscopeError } from '../../src/bytes/error.ts';
import { FEATURE_SETS, type FeatureSetName } from '../../src/detect/features/extractor.ts';
import { analyze } from '../../src/engine/analyze.ts';
import {
  type ExtractCounts,
  extractFromCaptures,
  extractFromLog,
  isConnLog,
} from '../../src/harness/features/extract.ts';
import { openFeatureFile } from '../../src/harness/features/feature-file.ts';
import { classOfLabel } from '../../src/harness/labels/label-class.ts';
import { LabelIndex } from '../../src/harness/labels/label-index.ts';
import { ZeekLogs } from '../../src/report/zeek/logs.ts';

const scratch = mkdtempSync(join(tmpdir(), 'lanscope-features-test-'));
after(() => rmSync(scratch, { recursive: true, force: true }));
const CAPTURE = join(import.meta.dirname, '../../corpus/office-lan/capture.pcapng');

async function extract(
  input: string,
  name: string,
  set: FeatureSetName,
  labels: LabelIndex | null = null,
): Promise<{ path: string; counts: ExtractCounts }> {
  const path = join(scratch, name);
  const file = await openFeatureFile(path, FEATURE_SETS[set]);
  const counts = (await isConnLog(input))
    ? await extractFromLog(input, set, labels, file)
    : await extractFromCaptures({ paths: [input], version: 'test' }, set, labels, file);
  await file.end();
  return { path, counts };
}

function csvRows(path: string): Record<string, string>[] {
  const [head, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const names = head!.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [names[i]!, cell])));
}

/** conn.log as the program itself writes it. */
async function connLog(): Promise<string> {
  const folder = join(scratch, 'zeek');
  await analyze({ paths: [CAPTURE], outputs: [new ZeekLogs(folder, 'tsv')], version: 'test' });
  return join(folder, 'conn.log');
}

describe('features of a capture and of its log', () => {
  test('are the same', async () => {
    const fromCapture = csvRows((await extract(CAPTURE, 'capture.csv', 'conn')).path);
    const fromLog = csvRows((await extract(await connLog(), 'log.csv', 'conn')).path);
    assert.ok(fromCapture.length > 50);
    assert.equal(fromLog.length, fromCapture.length);
    for (const [n, row] of fromCapture.entries()) {
      for (const { name } of FEATURE_SETS.conn.features) {
        const expected = Number(row[name]);
        const found = Number(fromLog[n]![name]);
        // A log has microseconds.
        assert.ok(
          Math.abs(found - expected) <= 1e-3 * (1 + Math.abs(expected)),
          `row ${n}: ${name} ${found} ${expected}`,
        );
      }
    }
  });

  test('of packets need a capture', async () => {
    await assert.rejects(
      extract(await connLog(), 'never.csv', 'packet'),
      (error) => error instanceof LanscopeError && error.code === 'USAGE',
    );
  });
});

describe('files of features', () => {
  test('Parquet holds what CSV does', async () => {
    const csv = csvRows((await extract(CAPTURE, 'packet.csv', 'packet')).path);
    const { path } = await extract(CAPTURE, 'packet.parquet', 'packet');
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    assert.equal(
      metadata.key_value_metadata?.find(({ key }) => key === 'lanscope.features')?.value,
      'packet@1',
    );
    const rows = (await parquetReadObjects({ file })) as Record<string, unknown>[];
    assert.equal(rows.length, csv.length);
    for (const [n, row] of rows.entries()) {
      assert.deepEqual(Object.keys(row), Object.keys(csv[n]!));
      for (const { name } of FEATURE_SETS.packet.features) {
        assert.equal(row[name], Math.fround(Number(csv[n]![name])), `row ${n}: ${name}`);
      }
      assert.equal(row['orig'], csv[n]!['orig']);
    }
  });

  test('another name is refused', async () => {
    await assert.rejects(openFeatureFile(join(scratch, 'rows.xls'), FEATURE_SETS.conn), LanscopeError);
  });
});

describe('labels', () => {
  test('join the flows of a capture, either way round, by time', async () => {
    const log = await connLog();
    const labelled = join(scratch, 'conn.log.labeled');
    let n = 0;
    const lines = readFileSync(log, 'utf8')
      .split('\n')
      .map((line) => {
        if (line.startsWith('#fields')) return `${line}\tlabel\tdetailed-label`;
        if (line === '' || line.startsWith('#')) return line;
        return `${line}\t${n++ % 2 === 0 ? 'Malicious\tC&C' : 'Benign\t-'}`;
      });
    writeFileSync(labelled, lines.join('\n'));
    const { path, counts } = await extract(CAPTURE, 'labelled.csv', 'conn', await LabelIndex.read(labelled));
    assert.equal(counts.labelled, counts.rows);
    const classes = csvRows(path).map((row) => row['class']);
    assert.ok(classes.filter((name) => name === 'c2').length >= counts.rows / 3);
    assert.ok(classes.filter((name) => name === 'benign').length >= counts.rows / 3);

    const own = await extract(labelled, 'own.csv', 'conn');
    assert.equal(own.counts.labelled, counts.rows);
  });

  test('have a class each', () => {
    const classes = {
      'C&C': 'c2',
      'C&C-HeartBeat-Attack': 'c2',
      PartOfAHorizontalPortScan: 'scan',
      'PartOfAHorizontalPortScan-Attack': 'scan',
      Attack: 'scan',
      Okiru: 'scan',
      DDoS: 'ddos',
      FileDownload: 'other',
    };
    for (const [label, expected] of Object.entries(classes))
      assert.equal(classOfLabel(true, label), expected);
    assert.equal(classOfLabel(false, 'Benign'), 'benign');
  });
});
