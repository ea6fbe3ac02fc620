/**
 * `npm run check`: everything that must hold on main, in one command. Runs every step even when one fails, so that one
 * run shows all there is to mend; the tests come last, so that their summary ends the output. `--static` leaves the
 * tests out, for who runs them by `npm test`.
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const steps: readonly (readonly [name: string, command: readonly string[]])[] = [
  ['lint and room boundaries', ['eslint', '--max-warnings', '0', '.']],
  ['types', ['tsc', '--noEmit', '-p', '.']],
  ['formatting', ['prettier', '--check', '--log-level', 'warn', '.']],
  ['schema freshness', ['tsx', 'scripts/build-schema.ts', '--check']],
  ['WebAssembly freshness', ['tsx', 'scripts/build-hot.ts', '--check']],
  ['tables of the README', ['tsx', 'scripts/build-tables.ts', '--check']],
  ['tests with coverage', ['c8', '--config', '.c8rc.json', 'tsx', 'scripts/test.ts']],
];

interface Outcome {
  readonly name: string;
  readonly isOk: boolean;
  readonly seconds: number;
  readonly output: string;
}

/** `shown`: what it prints is seen at once; otherwise it is kept until it has ended. */
function run([name, [command, ...args]]: (typeof steps)[number], shown: boolean): Promise<Outcome> {
  const started = process.hrtime.bigint();
  const child = spawn(join(root, 'node_modules/.bin', command!), args, {
    cwd: root,
    stdio: shown ? 'inherit' : ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      const seconds = Number(process.hrtime.bigint() - started) / 1e9;
      resolve({ name, isOk: code === 0, seconds, output });
    });
  });
}

const failed: string[] = [];
function tell({ name, isOk, seconds, output }: Outcome): void {
  console.log(`\n── ${name}\n${output}── ${name}: ${isOk ? 'ok' : 'FAILED'} (${seconds.toFixed(1)} s)`);
  if (!isOk) failed.push(name);
}

// Each of the static steps takes one core.
const waiting = steps.slice(0, -1);
await Promise.all(
  Array.from({ length: Math.min(availableParallelism(), waiting.length) }, async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) tell(await run(step, false));
  }),
);
if (!process.argv.includes('--static')) tell(await run(steps.at(-1)!, true));
if (failed.length > 0) console.error(`\ncheck failed: ${failed.join(', ')}`);
process.exit(failed.length > 0 ? 1 : 0);
