/**
 * Scores identities on a labelled set: tsx scripts/score-identity.ts [labels.json] [--json]
 * The default is the set of shared captures, where it is present (LANSCOPE_SHARED_CAPTURES).
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { analyze } from '../src/engine/analyze.ts';
import { type Judged, readLabels, SCORED_FIELDS, scoreIdentities } from '../src/harness/score-identity.ts';

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
  const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;
  console.log(`${score.captures} captures`);
  for (const { field, right, wrong, unknown, precision, coverage, confusion } of score.fields) {
    console.log(
      `${field}: ${right} right, ${wrong} wrong, ${unknown} unknown · precision ${percent(precision)}, coverage ${percent(coverage)}`,
    );
    for (const { expected, answered, count } of confusion)
      console.log(`  ${count} × ${expected} answered ${answered}`);
  }
  console.log('\nconfidence   identities   right');
  for (const { from, to, count, right, meanConfidence } of score.calibration) {
    if (count > 0)
      console.log(
        `${from.toFixed(2)}–${to.toFixed(2)}    ${count} (mean ${meanConfidence.toFixed(3)})   ${percent(right / count)}`,
      );
  }
  console.log('\nright/wrong/unknown per device');
  for (const { name, verdicts } of score.devices) {
    const cells = SCORED_FIELDS.map((field) => `${field} ${Object.values(verdicts[field]).join('/')}`);
    console.log(`  ${name.padEnd(20)} ${cells.join('  ')}`);
  }
}
