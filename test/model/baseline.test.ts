/** What is usual is learned from captures alone; what is unlike it is told, and damage to the file is told too. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import { ConnExtractor, CONN_WIDTH } from '../../src/detect/features/conn-extractor.ts';
import { FlowFacts, setHistory } from '../../src/detect/features/flow-facts.ts';
import { analyze } from '../../src/engine/analyze.ts';
import { baselineBytes, loadBaseline } from '../../src/model/baseline/baseline-file.ts';
import { learnHistory } from '../../src/model/baseline/history.ts';
import { growForest, isolationScore } from '../../src/model/baseline/isolation-forest.ts';
import { BaselineLearner } from '../../src/model/baseline/learn.ts';
import { bundledModel } from '../../src/model/load.ts';
import { Reservoir } from '../../src/model/baseline/reservoir.ts';
import type { Report } from '../../src/report/schema.ts';
import { CAPTURES, usableBaseline, withoutModel } from './scoring-capture.ts';

const scratch = mkdtempSync(join(tmpdir(), 'lanscope-baseline-test-'));
after(() => rmSync(scratch, { recursive: true, force: true }));
const [SCAN, OFFICE] = CAPTURES as [string, string, string];

async function learn(capture: string, batchSize = 2048): Promise<Uint8Array> {
  let learner: BaselineLearner | null = null;
  await analyze({
    paths: [capture],
    source: { batchSize },
    version: 'test',
    outputs: [
      {
        begin: (flows, devices) => void (learner = new BaselineLearner(flows, devices)),
        flowEnd: (slot) => learner!.flowEnd(slot),
        end: () => Promise.resolve(),
      },
    ],
  });
  return baselineBytes(learner!.conclude());
}

async function compare(capture: string, baseline: Uint8Array): Promise<Report> {
  const path = join(scratch, 'usual.onnx');
  writeFileSync(path, baseline);
  const baselineModel = await usableBaseline(path);
  return (await analyze({ paths: [capture], baselineModel, version: 'test' })).report;
}

/** Of a network in which one host asks for the time every minute, and nothing else happens. */
function clockBaseline(): Uint8Array {
  const extractor = new ConnExtractor();
  const rows = new Reservoir(CONN_WIDTH, 1000);
  const row = new Float32Array(CONN_WIDTH);
  for (let n = 0; n < 200; n++) {
    const facts = Object.assign(new FlowFacts(), {
      start: 1000 + n * 60,
      duration: 0.01 + (n % 7) / 1000,
      protocol: 17,
      state: 'SF',
      respPort: 123,
      origPackets: 1,
      respPackets: 1,
      origPayload: 48,
      respPayload: 48,
      origIpBytes: 76,
      respIpBytes: 76,
    });
    setHistory(facts, 'Dd');
    facts.orig.set([0, 0, 0xffff, 0xc0a8_0105]);
    facts.resp.set([0, 0, 0xffff, 0x0808_0800 + (n % 3)]);
    extractor.row(facts, row, 0);
    rows.add(row);
  }
  const nothing = { network: null, devices: {} };
  return baselineBytes({
    flows: { network: learnHistory(rows), devices: {} },
    hours: nothing,
    trainingDigest: '',
  });
}

describe('isolation forest', () => {
  const usual = Float32Array.from({ length: 400 }, (_, i) => 100 + ((i * 37) % 23));

  test('sets apart what is far from all others, also in what never varied', () => {
    const forest = growForest(usual, 2, 200);
    const score = (...row: number[]): number => isolationScore(forest, Float32Array.from(row), 0);
    assert.ok(score(110, 110) < 0.55);
    assert.ok(score(1e6, 110) > score(110, 110) + 0.1);
    assert.ok(score(1e6, 1e6) > score(1e6, 110));
    const same = growForest(new Float32Array(200), 2, 100);
    const zero = isolationScore(same, new Float32Array(2), 0);
    assert.ok(isolationScore(same, Float32Array.of(1, 1), 0) > zero + 0.1);
  });

  test('the same rows give the same forest, any rows a score from 0 to 1', () => {
    assert.deepEqual(growForest(usual, 2, 200), growForest(usual, 2, 200));
    const forest = growForest(usual, 2, 200);
    fc.assert(
      fc.property(fc.float({ noNaN: true }), fc.float({ noNaN: true }), (a, b) => {
        const score = isolationScore(forest, Float32Array.of(a, b), 0);
        assert.ok(score > 0 && score <= 1);
      }),
    );
  });

  test('a reservoir keeps rows evenly', () => {
    const reservoir = new Reservoir(1, 100);
    for (let i = 0; i < 10_000; i++) reservoir.add(Float32Array.of(i));
    assert.equal(reservoir.count, 100);
    const mean = reservoir.rows.reduce((sum, value) => sum + value, 0) / 100;
    assert.ok(Math.abs(mean - 5000) < 900, String(mean));
  });
});

describe('a learned baseline', () => {
  test('does not depend on batches, and finds nothing odd in what it was learned from', async () => {
    const baseline = await learn(OFFICE);
    assert.deepEqual(await learn(OFFICE, 3), baseline);
    const report = await compare(OFFICE, baseline);
    const odd = report.findings.filter(({ rule }) => rule.startsWith('ml-'));
    assert.deepEqual(odd, []);
    assert.equal(report.models[0]?.name, 'baseline');
  });

  test('finds a scan unusual, as a hint, and changes nothing else', async () => {
    const report = await compare(SCAN, clockBaseline());
    const odd = report.findings.filter(({ rule }) => rule === 'ml-unusual-flow');
    assert.ok(odd.length > 0);
    for (const { severity, evidence } of odd) {
      assert.ok(severity === 'info' || severity === 'low');
      assert.ok((evidence['score'] as number) >= (evidence['threshold'] as number));
      const because = evidence['because'] as string[];
      assert.ok(because.length > 0);
      for (const reason of because) assert.match(reason, /^\w+ [-\d.e+]+( \S+)? \(usual \S+ to \S+\)$/);
    }
    const bare = (await analyze({ paths: [SCAN], version: 'test' })).report;
    assert.deepEqual(withoutModel(report), withoutModel(bare));
  });

  test('damaged, of another version, or something else: one clause', async () => {
    const whole = Buffer.from(await learn(OFFICE));
    const changed = (from: string, to: string): Buffer => {
      assert.equal(from.length, to.length);
      const copy = Buffer.from(whole);
      const at = copy.indexOf(from);
      assert.ok(at > 0, from);
      copy.write(to, at, 'latin1');
      return copy;
    };
    const damage: Record<string, [content: Uint8Array | string, told: RegExp]> = {
      empty: ['', /is damaged/],
      text: ['{"format":"lanscope-baseline/1"}', /is damaged/],
      cut: [whole.subarray(0, whole.length / 2), /is damaged/],
      'other format': [changed('baseline/1', 'baseline/9'), /baseline\/9.*knows baseline\/1/],
      'other features': [changed('conn@1', 'conn@9'), /conn@9.*conn@1/],
      'another operator': [changed('TreeEnsembleRegressor', 'TreeEnsembleRegrassor'), /is damaged/],
      'another branch': [changed('BRANCH_LEQ', 'BRANCH_LEX'), /is damaged/],
      'no histories': [changed('"of":"flow"', '"of":"flaw"'), /is damaged/],
      'a model of classes': [readFileSync(bundledModel()), /--model takes/],
    };
    for (const [name, [content, told]] of Object.entries(damage)) {
      const path = join(scratch, 'damaged.onnx');
      writeFileSync(path, content);
      const loaded = await loadBaseline(path);
      assert.ok('problem' in loaded, name);
      assert.match(loaded.problem, told, name);
      assert.ok(!loaded.problem.includes('\n'));
    }
    const none = await loadBaseline(join(scratch, 'none.onnx'));
    assert.ok('problem' in none && none.problem === 'is not there');
  });
});
