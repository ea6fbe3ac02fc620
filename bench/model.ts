/**
 * What a model costs: `npx tsx bench/model.ts [--seconds N] [--capture FILE [--rounds N]]`. Features of flows and their
 * scores, each on one core, in flows a second of processor time (and of the clock, which on a busy machine is less). With
 * a capture: what the bundled model adds to `analyze` of it, by runs of the built program in turns, on one core.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
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

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3' },
    capture: { type: 'string' },
    rounds: { type: 'string', default: '7' },
    /** The program; `npm run build` makes it. */
    program: { type: 'string', default: join(import.meta.dirname, '../dist/lanscope.js') },
  },
});
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

if (values.capture !== undefined) compareRuns(values.capture, Number(values.rounds));

/** Medians of runs without and with the model, in turns, so that what else the machine does meets both. */
function compareRuns(capture: string, rounds: number): void {
  const models = ['none', 'default'] as const;
  const times = models.map((): { cpu: number[]; wall: number[] } => ({ cpu: [], wall: [] }));
  for (let round = 0; round < rounds; round++) {
    for (const [index, name] of models.entries()) {
      const { cpu, wall } = run(capture, name);
      times[index]!.cpu.push(cpu);
      times[index]!.wall.push(wall);
    }
  }
  const [bare, scored] = times.map(({ cpu, wall }) => ({ cpu: median(cpu), wall: median(wall) }));
  const row = (title: string, a: number, b: number): string =>
    `| ${title} | ${a.toFixed(2)} s | ${b.toFixed(2)} s | ${((b / a - 1) * 100).toFixed(1)} % |`;
  console.log(`\nanalyze ${capture}, medians of ${rounds} runs in turns\n`);
  console.log('| | without a model | with the bundled one | added |\n|---|---|---|---|');
  console.log(row('processor', bare!.cpu, scored!.cpu));
  console.log(row('clock', bare!.wall, scored!.wall));
}

/** Seconds of one run, user and system together; pinned where there is taskset. */
function run(capture: string, model: string): { cpu: number; wall: number } {
  const command = [process.execPath, values.program, 'analyze', capture, '--model', model];
  const pinned = existsSync('/usr/bin/taskset') ? ['taskset', '-c', '0', ...command] : command;
  const script = 'TIMEFORMAT="%R %U %S"; time "$@" >/dev/null';
  const { status, stderr } = spawnSync('bash', ['-c', script, 'bash', ...pinned], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command.join(' ')}: ${stderr}`);
  const [wall, user, system] = stderr.trim().split('\n').at(-1)!.split(' ').map(Number);
  return { cpu: user! + system!, wall: wall! };
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!;
}
