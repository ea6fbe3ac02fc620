/** What `lanscope baseline` writes is a model for everybody: onnxruntime scores its rows as this program does. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PerformanceObserver } from 'node:perf_hooks';
import { after, describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { CONN_SET, CONN_SET_ID } from '../../src/detect/features/conn-set.ts';
import { baselineBytes, type BaselineModel, loadBaseline } from '../../src/model/baseline/baseline-file.ts';
import { HOUR_FEATURES } from '../../src/model/baseline/device-hours.ts';
import { forestNode, forestOf } from '../../src/model/baseline/forest-node.ts';
import { type History, learnHistory } from '../../src/model/baseline/history.ts';
import { growForest, isolationScore } from '../../src/model/baseline/isolation-forest.ts';
import { Reservoir } from '../../src/model/baseline/reservoir.ts';
import { seeded } from '../../src/model/baseline/seeded.ts';
import { loadModel } from '../../src/model/load.ts';
import { ATTRIBUTE, ENTRY, GRAPH, MODEL as MODEL_FIELD, NODE } from '../../src/model/onnx-format.ts';
import { readOnnxMetadata } from '../../src/model/onnx-metadata.ts';
import { findOnnxNodes, readOnnxNode } from '../../src/model/onnx-reader.ts';
import { MessageWriter } from '../../src/model/protobuf-writer.ts';
import { SKIP, usableBaseline } from './scoring-capture.ts';

const scratch = mkdtempSync(join(tmpdir(), 'lanscope-baseline-onnx-test-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** Rows as features are: flags, counts, and quantities over orders of magnitude. */
function someRows(width: number, count: number, seed: number): Float32Array {
  const random = seeded(seed);
  return Float32Array.from({ length: width * count }, (_, i) => {
    const kind = i % 3;
    return kind === 0 ? Math.round(random()) : kind === 1 ? Math.floor(random() * 9) : 10 ** (random() * 9);
  });
}

function historyOf(width: number, count: number, seed: number): History {
  const reservoir = new Reservoir(width, 2000);
  const rows = someRows(width, count, seed);
  for (let at = 0; at < rows.length; at += width) reservoir.add(rows.subarray(at, at + width));
  return learnHistory(reservoir)!;
}

const FLOW = CONN_SET.features.length;
const HOUR = HOUR_FEATURES.length;
const MODEL: BaselineModel = {
  flows: { network: historyOf(FLOW, 900, 1), devices: { '02:00:00:00:00:01': historyOf(FLOW, 30, 2) } },
  hours: { network: historyOf(HOUR, 60, 3), devices: {} },
  trainingDigest: 'a digest',
};

/** Collections of garbage while `work` runs. */
async function collectionsOf(work: () => Promise<unknown>): Promise<number> {
  let seen = 0;
  const observer = new PerformanceObserver((list) => (seen += list.getEntries().length));
  observer.observe({ entryTypes: ['gc'] });
  await work();
  // Entries come with a later turn of the loop.
  await nextTurn();
  await nextTurn();
  observer.disconnect();
  return seen;
}

/** By which the programs may differ. */
const TOLERANCE = 1e-6;

describe('a baseline as an ONNX model', () => {
  test('is read back as it was', async () => {
    const path = join(scratch, 'usual.onnx');
    writeFileSync(path, baselineBytes(MODEL));
    const { model } = await usableBaseline(path);
    assert.deepEqual(structuredClone(model), structuredClone(MODEL));
  });

  test('says what it is', () => {
    const metadata = readOnnxMetadata(baselineBytes(MODEL))!;
    assert.equal(metadata.get('lanscope.features'), CONN_SET_ID);
    assert.deepEqual(
      JSON.parse(metadata.get('lanscope.flow_features')!),
      CONN_SET.features.map(({ name }) => name),
    );
    assert.equal(metadata.get('lanscope.training_digest'), 'a digest');
    const histories = JSON.parse(metadata.get('lanscope.histories')!) as Record<string, unknown>[];
    assert.deepEqual(
      histories.map(({ output, threshold }) => [output, threshold]),
      [
        ['flow:network', MODEL.flows.network!.threshold],
        ['flow:02:00:00:00:00:01', MODEL.flows.devices['02:00:00:00:00:01']!.threshold],
        ['hour:network', MODEL.hours.network!.threshold],
      ],
    );
  });

  test('gives the same scores in onnxruntime', { skip: SKIP }, async () => {
    const { InferenceSession, Tensor } = await import('onnxruntime-node');
    const session = await InferenceSession.create(baselineBytes(MODEL));
    assert.deepEqual(session.inputNames, ['flow', 'hour']);
    const count = 3000;
    const rows = { flow: someRows(FLOW, count, 4), hour: someRows(HOUR, count, 5) };
    const table = (kind: 'flow' | 'hour', width: number) => new Tensor('float32', rows[kind], [count, width]);
    const found = await session.run({ flow: table('flow', FLOW), hour: table('hour', HOUR) });
    for (const [output, kind, { forest }] of [
      ['flow:network', 'flow', MODEL.flows.network!],
      ['flow:02:00:00:00:00:01', 'flow', MODEL.flows.devices['02:00:00:00:00:01']!],
      ['hour:network', 'hour', MODEL.hours.network!],
    ] as const) {
      const { dims, data } = found[output]!;
      assert.deepEqual(dims, [count, 1]);
      const width = kind === 'flow' ? FLOW : HOUR;
      let worst = 0;
      const seen = new Set<number>();
      for (let row = 0; row < count; row++) {
        const score = isolationScore(forest, rows[kind], row * width);
        seen.add(score);
        worst = Math.max(worst, Math.abs(score - Number(data[row])));
      }
      assert.ok(worst <= TOLERANCE, `${output} differs by ${worst}`);
      assert.ok(seen.size > count / 10);
    }
  });

  test('is not taken for a model of classes', async () => {
    const path = join(scratch, 'taken.onnx');
    writeFileSync(path, baselineBytes(MODEL));
    const loaded = await loadModel(path);
    assert.ok('problem' in loaded);
    assert.match(loaded.problem, /--baseline-model takes it/);
  });

  test('of any bytes is read, or is a problem: no walk leaves its tree', async () => {
    const small: BaselineModel = { ...MODEL, flows: { network: null, devices: {} } };
    const whole = baselineBytes(small);
    const path = join(scratch, 'changed.onnx');
    const row = new Float32Array(HOUR);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), async (at, value) => {
        const changed = Uint8Array.from(whole);
        changed[at] = value;
        writeFileSync(path, changed);
        const loaded = await loadBaseline(path);
        if ('problem' in loaded) return;
        const { network } = loaded.baseline.model.hours;
        if (network !== null) assert.ok(!Number.isNaN(isolationScore(network.forest, row, 0)));
      }),
      { numRuns: 60 },
    );
  });

  test('with two histories of one forest is none: a small file would become a large model', async () => {
    const path = join(scratch, 'shared.onnx');
    const { flows } = MODEL;
    const bytes = Buffer.from(
      baselineBytes({ ...MODEL, flows: { ...flows, devices: { network: flows.network! } } }),
    );
    // Both would be called so, and the name of a device is the only difference.
    writeFileSync(path, bytes);
    assert.match(JSON.stringify(await loadBaseline(path)), /is damaged/);
  });

  test('whose leaves would make a score above 1 is none', async () => {
    const path = join(scratch, 'leaves.onnx');
    const { flows } = MODEL;
    const tree = flows.network!.forest.trees[0]!;
    const value = tree.value.map((v, n) => (tree.column[n]! < 0 ? 9 : v));
    const network = { ...flows.network!, forest: { trees: [{ ...tree, value }] } };
    writeFileSync(path, baselineBytes({ ...MODEL, flows: { ...flows, network } }));
    assert.match(JSON.stringify(await loadBaseline(path)), /is damaged/);
  });

  test('that is no file, or larger than models are, is not read', async () => {
    assert.match(JSON.stringify(await loadBaseline('/dev/zero')), /is no file/);
    const path = join(scratch, 'large.onnx');
    writeFileSync(path, '');
    truncateSync(path, 2 ** 31);
    assert.match(JSON.stringify(await loadBaseline(path)), /is larger than 128 MiB/);
  });

  test('of millions of tiny fields is refused without an object for each', async () => {
    const nothing = new Uint8Array(0);
    const times = (writer: MessageWriter, count: number, field: number, content: Uint8Array): Uint8Array => {
      for (let n = 0; n < count; n++) writer.bytes(field, content);
      return writer.content;
    };
    const metadata = new MessageWriter();
    for (const [key, value] of readOnnxMetadata(baselineBytes(MODEL))!) {
      metadata.message(
        MODEL_FIELD.metadata,
        new MessageWriter().text(ENTRY.key, key).text(ENTRY.value, value),
      );
    }
    const inputs = times(new MessageWriter(), 1000, NODE.input, nothing);
    const texts = times(new MessageWriter(), 60_000, ATTRIBUTE.texts, nothing);
    const lists = times(new MessageWriter(), 100, NODE.attribute, texts);
    const path = join(scratch, 'tiny-fields.onnx');
    for (const [what, graph] of Object.entries({
      'fields of nodes': times(new MessageWriter(), 12_000, GRAPH.node, inputs),
      'texts of attributes': times(new MessageWriter(), 2, GRAPH.node, lists),
      'fields of the model': nothing,
    })) {
      const model = new MessageWriter().bytes(MODEL_FIELD.graph, graph);
      if (graph === nothing) times(model, 12_000_000, MODEL_FIELD.producer, nothing);
      const bytes = Buffer.concat([metadata.content, model.content]);
      writeFileSync(path, bytes);
      const collections = await collectionsOf(async () =>
        assert.match(JSON.stringify(await loadBaseline(path)), /is damaged/),
      );
      // Twelve million objects fill the young generation some fifty times.
      assert.ok(collections < 15, `${what}: ${collections} collections of garbage`);
    }
  });

  test('whose histories are no text of a baseline is not even parsed', async () => {
    const many = `[${'{},'.repeat(3_000_000)}{}]`;
    const entry = new MessageWriter().text(ENTRY.key, 'lanscope.histories').text(ENTRY.value, many);
    const path = join(scratch, 'many-histories.onnx');
    writeFileSync(
      path,
      Buffer.concat([baselineBytes(MODEL), new MessageWriter().message(MODEL_FIELD.metadata, entry).content]),
    );
    const before = JSON.parse;
    let parsed = 0;
    JSON.parse = () => void parsed++;
    try {
      assert.match(JSON.stringify(await loadBaseline(path)), /is damaged/);
    } finally {
      JSON.parse = before;
    }
    assert.equal(parsed, 0);
  });

  test('lists that are not packed, as other programs write them, are the same lists', () => {
    const ints = new MessageWriter()
      .text(ATTRIBUTE.name, 'ints')
      .int(ATTRIBUTE.ints, 7)
      .int(ATTRIBUTE.ints, 300);
    const single = (value: number): number[] => [0x3d, ...new Uint8Array(Float32Array.of(value).buffer)];
    const named = new MessageWriter().text(ATTRIBUTE.name, 'singles').content;
    const singles = Uint8Array.of(...named, ...single(0.5), ...single(-3));
    const node = new MessageWriter()
      .text(NODE.output, 'out')
      .message(NODE.attribute, ints)
      .bytes(NODE.attribute, singles);
    const graph = new MessageWriter().message(GRAPH.node, node);
    const nodes = findOnnxNodes(new MessageWriter().message(MODEL_FIELD.graph, graph).content)!;
    const read = readOnnxNode(nodes.get('out')!, () => true);
    assert.deepEqual(
      [...read!.attributes],
      [
        ['ints', { ints: [7, 300] }],
        ['singles', { singles: [0.5, -3] }],
      ],
    );
  });

  test('a forest of other features, or with leaves left over, is none', () => {
    const forest = growForest(someRows(2, 40, 6), 2, 40);
    const node = forestNode(forest, 'in', 'out');
    assert.deepEqual(forestOf(node, 2), forest);
    assert.equal(forestOf(node, 1), null);
    const { ints } = node.attributes.get('target_nodeids') as { ints: number[] };
    const more = new Map(node.attributes).set('target_nodeids', { ints: [...ints, 1] });
    assert.equal(forestOf({ ...node, attributes: more }, 2), null);
  });
});
