/** False alarms by connection: the bundled corpus stays within its gate, and captures with attacks would not. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { settingsOf } from '../../src/harness/case-settings.ts';
import { corpusCases, openCorpus } from '../../src/harness/corpus.ts';
import { readTruth } from '../../src/harness/detection-truth.ts';
import { missedBenignGate } from '../../src/harness/gates.ts';
import { renderBenignScore } from '../../src/harness/render-detections.ts';
import { BenignScorer, type BenignScore } from '../../src/harness/score-benign.ts';
import { OPINIONS } from '../../src/harness/score-opinions.ts';
import { MODEL, SKIP } from '../model/scoring-capture.ts';

const ROOT = join(import.meta.dirname, '../..');
const capture = (name: string): string => join(ROOT, 'corpus', name, 'capture.pcapng');

async function score(captures: readonly string[], hasModel: boolean): Promise<BenignScore> {
  const settings = await settingsOf(
    { configFile: undefined, version: 'test', cache: null, program: '', record: false },
    hasModel ? MODEL! : undefined,
  );
  const scorer = new BenignScorer('medium', hasModel ? OPINIONS : ['rules']);
  for (const each of captures) await scorer.add(each, settings);
  return scorer.score();
}

describe('false alarms by connection', () => {
  test('of the bundled corpus stay within its gate: rules, model and both', { skip: SKIP }, async () => {
    const corpus = await openCorpus(join(ROOT, 'corpus/bundled.json'));
    const gate = corpus.manifest.gates?.falseAlarmsPerFlow;
    assert.ok(gate !== undefined && gate <= 0.001);
    const benign = corpusCases(corpus)
      .filter(({ truth }) => truth !== '')
      .map(({ truth }) => readTruth(truth))
      .filter(({ episodes }) => episodes.length === 0);
    assert.equal(benign.length, 2);
    const found = await score(
      benign.map((each) => each.capture),
      true,
    );
    assert.deepEqual(Object.keys(found.opinions), ['rules', 'model', 'fused']);
    assert.ok(found.flows > 100 && found.calls !== null);
    assert.deepEqual(missedBenignGate('bundled', found, gate), []);
  });

  test('of an attack that is said to be benign are counted, and miss the gate', async () => {
    const found = await score([capture('port-scan')], false);
    const { findings, flows, share } = found.opinions.rules!;
    assert.ok(findings >= 1 && flows >= 400 && flows <= found.flows, JSON.stringify(found));
    assert.equal(share, flows / found.flows);
    assert.equal(found.calls, null);
    const [sentence, ...others] = missedBenignGate('here', found, 0.001);
    assert.match(sentence!, /^here: the rules called 0\.\d{5} of benign connections/);
    assert.deepEqual(others, []);
    assert.deepEqual(missedBenignGate('here', found, undefined), []);
    assert.deepEqual(missedBenignGate('here', found, 1), []);
  });

  test('are told for each opinion, and the calls of the model by themselves', () => {
    const one = (flows: number) => ({ findings: 1, flows, share: flows / 2000 });
    const found: BenignScore = {
      captures: 3,
      flows: 2000,
      opinions: { rules: one(0), model: one(1), fused: one(4) },
      calls: { flows: 5, share: 5 / 2000 },
    };
    assert.deepEqual(missedBenignGate('x', found, 0.001), [
      'x: both together called 0.00200 of benign connections, which is above the gate 0.001',
      'x: the model, flow by flow, called 0.00250 of benign connections, which is above the gate 0.001',
    ]);
    const lines = renderBenignScore(found).split('\n');
    assert.match(lines[0]!, /3 captures with 2,000 connections/);
    assert.match(lines[3]!, /^ {2}model +1 +1 +0\.050 %$/);
    assert.match(lines[5]!, /^ {2}model, flow by flow +5 +0\.250 %$/);
  });
});
