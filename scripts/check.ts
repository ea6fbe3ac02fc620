/**
 * `npm run check`: everything that must hold on main, in one command. Runs every step even when one fails, so that one
 * run shows all there is to mend; the tests come last, so that their summary ends the output. `--static` leaves the
 * tests out, for who runs them by `npm test`.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const steps: readonly (readonly [name: string, command: readonly string[]])[] = [
  ['types', ['tsc', '--noEmit', '-p', '.']],
  ['lint and room boundaries', ['eslint', '--max-warnings', '0', '.']],
  ['formatting', ['prettier', '--check', '--log-level', 'warn', '.']],
  ['schema freshness', ['tsx', 'scripts/build-schema.ts', '--check']],
  ['tables of the README', ['tsx', 'scripts/build-tables.ts', '--check']],
  ['tests with coverage', ['c8', '--config', '.c8rc.json', 'tsx', 'scripts/test.ts']],
];
const wanted = process.argv.includes('--static') ? steps.slice(0, -1) : steps;
const failed: string[] = [];
for (const [name, [command, ...args]] of wanted) {
  const started = process.hrtime.bigint();
  console.log(`\n── ${name}`);
  const { status } = spawnSync(join(root, 'node_modules/.bin', command!), args, {
    cwd: root,
    stdio: 'inherit',
  });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  console.log(`── ${name}: ${status === 0 ? 'ok' : 'FAILED'} (${seconds.toFixed(1)} s)`);
  if (status !== 0) failed.push(name);
}
if (failed.length > 0) console.error(`\ncheck failed: ${failed.join(', ')}`);
process.exit(failed.length > 0 ? 1 : 0);
