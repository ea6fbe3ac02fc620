/**
 * Scores identities on a labelled set: tsx scripts/score-identity.ts [labels.json] [--json]
 * The default is the set of shared captures, where it is present (LANSCOPE_SHARED_CAPTURES).
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { analyze } from '../src/engine/analyze.ts';
import { renderIdentityScore } from '../src/harness/render-score.ts';
import { type Judged, readLabels, scoreIdentities } from '../src/harness/score-identity.ts';

const { values, positionals } = parseArgs({ options: { json: { type: 'boolean' } }, allowPositionals: true });
const shared = process.env['LANSCOPE_SHARED_CAPTURES'] ?? join(import.meta.dirname, '../../shared/captures');
const judged: Judged[] = [];
for (const capture of readLabels(positionals[0] ?? join(shared, 'iot-sentinel/labels.json'))) {
  const { report } = await analyze({ paths: [capture.path], source: { noHash: true }, version: 'score' });
  judged.push({ capture, identity: report.devices.find(({ id }) => id === capture.mac)?.identity });
}
const score = scoreIdentities(judged);
if (values.json === true) {
  console.log(JSON.stringify(score, undefined, 2));
} else {
  process.stdout.write(renderIdentityScore(score));
}
