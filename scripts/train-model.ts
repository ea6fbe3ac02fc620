/**
 * Trains the model in one command: simulates networks, extracts features of everything that is here, and calls
 * `ml/train.py`, which judges, exports and writes the card. See ml/README.md.
 *
 *   npx tsx scripts/train-model.ts --python ml/.venv/bin/python [--iot-23 DIR] [--captures DIR]
 *   npx tsx scripts/train-model.ts … --model FILE [--only NAME | --hold-out NAME]
 *
 * With --model nothing of the project is written: the model goes to the file, and `corpus score` tells what it finds on
 * IoT-23 beside the rules.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CONN_SET, CONN_SET_ID } from '../src/detect/features/conn-set.ts';
import { type ExtractedScenario, extractScenario } from './model-data/extract-scenario.ts';
import { benignByName, benignFolders, iot23, laboratory, simulated } from './model-data/find-scenarios.ts';

const { values } = parseArgs({
  options: {
    /** Folder of IoT-23; where `corpus fetch` puts it if absent. */
    'iot-23': { type: 'string' },
    /** Folder with `iot-sentinel` and `lifecycle`, benign captures. */
    captures: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    /** Folder for tables; a temporary one if absent. */
    work: { type: 'string' },
    /** Scenario that the model must never see. */
    'hold-out': { type: 'string', default: 'CTU-IoT-Malware-Capture-8-1' },
    /** The one malicious scenario of IoT-23 that the model sees; all others are unseen. */
    only: { type: 'string' },
    /** Where the model goes, instead of into the project with its card. */
    model: { type: 'string' },
    networks: { type: 'string', default: '60' },
    'extract-only': { type: 'boolean', default: false },
  },
});

const root = join(import.meta.dirname, '..');
const CARD = ['--card', 'ml/MODEL_CARD.md', '--fixture', 'test/model/fixture.json'];
const SCORE = [
  '--import',
  'tsx',
  'src/cli/main.ts',
  'corpus',
  'score',
  'iot-23',
  ...(values['iot-23'] === undefined ? [] : ['--from', values['iot-23']]),
];
const work = values.work ?? mkdtempSync(join(tmpdir(), 'lanscope-model-'));
const networks = join(work, 'networks');
const tables = join(work, 'tables');
mkdirSync(tables, { recursive: true });
execFileSync(
  process.execPath,
  ['--import', 'tsx', 'scripts/simulate-flows.ts', '--out', networks, '--networks', values.networks],
  { cwd: root, stdio: 'inherit' },
);
const captures = values.captures;
const scenarios = [
  ...(await iot23(values['iot-23'])),
  ...(captures === undefined
    ? []
    : [
        ...benignFolders(captures, 'iot-sentinel', 'IoT Sentinel (Aalto), andypitcher/IoT_Sentinel', 'MIT'),
        ...benignByName(captures, 'lifecycle', 'NKUHack4FGroup', 'Apache-2.0'),
      ]),
  ...laboratory(),
  ...simulated(networks),
];
const extracted: ExtractedScenario[] = [];
for (const [index, scenario] of scenarios.entries()) {
  const table = `${String(index).padStart(3, '0')}.csv`;
  extracted.push(await extractScenario(scenario, tables, table));
}
const data = {
  featureSet: CONN_SET_ID,
  features: CONN_SET.features.map(({ name, unit, group, description }) => ({
    name,
    unit,
    group,
    description,
  })),
  scenarios: extracted,
};
writeFileSync(join(work, 'data.json'), `${JSON.stringify(data, null, 2)}\n`);
console.log(
  `${extracted.length} scenarios, ${extracted.reduce((sum, { rows }) => sum + rows, 0)} rows: ${work}`,
);
if (!values['extract-only']) {
  if (values.model === undefined) trainBundled();
  else trainOther(values.model);
}

function trainBundled(): void {
  if (values.only !== undefined) throw new Error('--only needs --model FILE: the bundled model is another');
  writeRulesBaseline();
  train(['--hold-out', values['hold-out'], '--model', 'src/model/data/default.onnx', ...CARD]);
}

/** A model of its own, and what it finds beside the rules. */
function trainOther(model: string): void {
  const file = resolve(model);
  const unseen = values.only === undefined ? ['--hold-out', values['hold-out']] : ['--only', values.only];
  train([...unseen, '--model', file]);
  spawnSync(process.execPath, [...SCORE, '--model', file], { cwd: root, stdio: 'inherit' });
}

function train(options: readonly string[]): void {
  execFileSync(values.python, ['ml/train.py', work, ...options], { cwd: root, stdio: 'inherit' });
}

/** What the rules alone find, where captures are at hand. */
function writeRulesBaseline(): void {
  const { stdout, status } = spawnSync(process.execPath, [...SCORE, '--model', 'none', '--json'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  // 1: a gate was missed, which is a result; 2: there is no capture.
  if (status === 0 || status === 1) writeFileSync(join(work, 'rules.json'), stdout);
}
