/**
 * What a model costs: `npx tsx bench/model.ts [--seconds N]`. Features of flows and their scores, each on one core, in
 * flows a second of processor time (and of the clock, which on a busy machine is less).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatCount } from '../src/bytes/count.ts';
import { ConnExtractor, CONN_WIDTH } from '../src/detect/features/conn-extractor.ts';
import { FlowFacts } from '../src/detect/features/flow-facts.ts';
import { readLogRow } from '../src/harness/features/conn-log-facts.ts';
import { LabelParser } from '../src/harness/labels/conn-log-labels.ts';
import { bundledModel, loadModel } from '../src/model/load.ts';
import { connLog } from '../scripts/simulate-flows/conn-log.ts';
import { simulateNetwork } from '../scripts/simulate-flows/network.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '3' } } });
const seconds = Number(values.seconds);

/** Flows a second of what `round` does, by processor time and by the clock. */
async function measure(name: string, round: () => Promise<number> | number): Promise<void> {
  await round();
  const startedCpu = process.cpuUsage();
  const started = performance.now();
  let flows = 0;
  while (performance.now() - started < seconds * 1000) flows += await round();
  const { user, system } = process.cpuUsage(startedCpu);
  const perCpu = (flows / (user + system)) * 1e6;
  const perClock = (flows / (performance.now() - started)) * 1000;
  console.log(`| ${name} | ${formatCount(Math.round(perCpu))} | ${formatCount(Math.round(perClock))} |`);
}

// Flows of several simulated networks, as facts.
const facts: FlowFacts[] = [];
for (let n = 0; n < 12; n++) {
  const parser = new LabelParser();
  for (const line of connLog(simulateNetwork(n)).split('\n')) {
    if (parser.line(line) === null) continue;
    const one = new FlowFacts();
    if (readLogRow(parser, one)) facts.push(one);
  }
}
const rows = new Float32Array(facts.length * CONN_WIDTH);

const startedLoading = performance.now();
const loaded = await loadModel(bundledModel());
if ('problem' in loaded) throw new Error(`the bundled model ${loaded.problem}`);
const { model } = loaded;
const loading = performance.now() - startedLoading;
const scores = new Float64Array(facts.length * model.description.classes.length);

console.log(
  `${facts.length} flows, ${CONN_WIDTH} features, model of ${readFileSync(bundledModel()).length} bytes`,
);
console.log(
  `loading onnxruntime and the model, once: ${loading.toFixed(0)} ms (${join('src/model/data', 'default.onnx')})\n`,
);
console.log('| | flows/s of processor time | flows/s of the clock |');
console.log('|---|---|---|');
await measure('features', () => {
  const extractor = new ConnExtractor();
  for (const [index, one] of facts.entries()) extractor.row(one, rows, index * CONN_WIDTH);
  return facts.length;
});
await measure('scores', async () => {
  await model.scorer.score(rows, facts.length, scores);
  return facts.length;
});
await measure('both', async () => {
  const extractor = new ConnExtractor();
  for (const [index, one] of facts.entries()) extractor.row(one, rows, index * CONN_WIDTH);
  await model.scorer.score(rows, facts.length, scores);
  return facts.length;
});
