/** Published JA4 results for real captures: every expected row, and nothing else. Skipped where the captures are absent. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ja4 } from '../../src/fingerprint/ja4.ts';
import { observeCapture } from '../protocol/observe-capture.ts';

const captures =
  process.env['LANSCOPE_SHARED_CAPTURES'] ?? new URL('../../../shared/captures', import.meta.url).pathname;
const folder = join(captures, 'ja4');
const EXPECTED = '.expected.tsv';

describe(
  'JA4 of published captures',
  { skip: existsSync(folder) ? false : `no captures at ${folder}` },
  () => {
    if (!existsSync(folder)) return;
    for (const file of readdirSync(folder).filter((name) => name.endsWith(EXPECTED))) {
      it(file.slice(0, -EXPECTED.length), async () => {
        const expected = readFileSync(join(folder, file), 'utf8').trimEnd().split('\n').sort();
        for (const batchSize of [1, 2048]) {
          const rows: string[] = [];
          for (const at of await observeCapture(join(folder, file.slice(0, -EXPECTED.length)), batchSize)) {
            const { observation } = at;
            if (observation.kind !== 'tls-client-hello') continue;
            rows.push(
              [
                at.source,
                at.sourcePort,
                at.destination,
                at.destinationPort,
                observation.serverName,
                ja4(observation),
              ].join('\t'),
            );
          }
          assert.deepEqual(rows.sort(), expected);
        }
      });
    }
  },
);
