/**
 * The laboratory: a seed decides homes, hosts, order, victims and rates; each recording gets a `capture.pcapng` and a
 * `truth.json`. `npx tsx scripts/lab/run.ts --seed N -o DIR [--only ATTACK,…] [--jobs N] [--quick] [--list]`,
 * as root.
 * Every recording is a process of its own, which removes what it made even when it fails.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ATTACKS } from './attacks.ts';
import { missingTools, plan } from './plan.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    output: { type: 'string', short: 'o' },
    only: { type: 'string' },
    jobs: { type: 'string', default: '3' },
    list: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
  },
});

if (values.list) {
  for (const { name, technique, rules } of ATTACKS)
    console.log(`${name.padEnd(20)} ${technique.padEnd(10)} ${rules.join(', ')}`);
} else {
  process.exitCode = await main();
}

async function main(): Promise<number> {
  const seed = Number(values.seed);
  if (values.output === undefined || !Number.isInteger(seed) || seed < 0) {
    console.error('usage: run.ts --seed N -o DIR [--only ATTACK,…] [--jobs N] [--quick] [--list]');
    return 2;
  }
  if (process.getuid?.() !== 0) {
    console.error('the laboratory needs root: it makes network namespaces');
    return 3;
  }
  const wanted = values.only?.split(',') ?? [];
  for (const name of wanted) {
    if (name !== 'benign' && !ATTACKS.some((attack) => attack.name === name)) {
      console.error(`there is no attack '${name}' (--list)`);
      return 2;
    }
  }
  for (const [tool, attacks] of missingTools())
    console.error(`without ${tool} there is no ${attacks.join(', ')}`);
  const recordings = plan(seed, wanted);
  mkdirSync(values.output, { recursive: true });
  writeManifest(values.output, seed);
  const queue = [...recordings];
  let failures = 0;
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const code = await record(seed, next.name, next.attacks, join(values.output!, next.name));
      if (code !== 0) failures++;
    }
  };
  await Promise.all(Array.from({ length: Number(values.jobs) }, worker));
  return failures === 0 ? 0 : 1;
}

/** The recording's own process; its exit code. */
function record(seed: number, name: string, attacks: readonly string[], folder: string): Promise<number> {
  const script = join(import.meta.dirname, 'record-day.ts');
  const quick = values.quick ? ['--quick'] : [];
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', script, String(seed), name, folder, ...quick, ...attacks],
    {
      stdio: 'inherit',
      cwd: join(import.meta.dirname, '../..'),
    },
  );
  const end = (): void => void child.kill('SIGTERM');
  process.once('SIGINT', end).once('SIGTERM', end);
  return new Promise((resolve) =>
    child.once('exit', (code) => {
      process.off('SIGINT', end).off('SIGTERM', end);
      resolve(code ?? 1);
    }),
  );
}

/** `lanscope corpus score DIR/lab.json --detections` measures it, and fails below these. */
function writeManifest(folder: string, seed: number): void {
  const manifest = {
    manifest: 1,
    name: 'lab',
    title: `Laboratory, seed ${seed}`,
    folders: '.',
    gates: { detectionRecall: 0.95, detectionPrecision: 0.95, falseAlarmsPerDeviceHour: 0.1 },
  };
  writeFileSync(join(folder, 'lab.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}
