/**
 * Runs the tests: every test/**\/*.test.ts, or those whose path contains one of the arguments. One process a file, as
 * many at once as there are cores and one more, as some of them wait. Ends with the summary of Node's test runner and, as the last line, its counts:
 * `12 passed, 0 failed, 1 skipped`. Exit code 1 when a test failed or nothing was counted.
 * `--in DIR` runs the tests of another folder.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { parseArgs } from 'node:util';
import { buildCommand } from '../test/cli/built-command.ts';

const { values, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { in: { type: 'string', default: join(import.meta.dirname, '..') } },
});
// Long ones first, so that none of them is left for the end: they install, wait for a wire, start the command.
const LONG = ['test/package/', 'test/serve/', 'test/capture/live/', 'test/harness/', 'test/cli/'];
function rank(file: string): number {
  const at = LONG.findIndex((folder) => file.startsWith(folder));
  return at < 0 ? LONG.length : at;
}

const root = resolve(values.in);
const RUNS_COMMAND = /from '.*\/(?:command|built-command|two-hosts)\.ts'/;
const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => relative(root, join(root, 'test', name)))
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
  .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
if (files.length === 0) {
  console.error(`no test file matches ${wanted.join(' ')}`);
  process.exit(2);
}

process.chdir(root);
process.env['NO_COLOR'] = '1';
// Tests that load onnxruntime themselves tell nobody either.
process.env['ORT_DISABLE_TELEMETRY'] = '1';
const scratch = mkdtempSync(join(tmpdir(), 'lanscope-tests-'));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit());
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
// Built once for all tests that run the command.
if (files.some((file) => RUNS_COMMAND.test(readFileSync(join(root, file), 'utf8')))) {
  process.env['LANSCOPE_BUILT'] = buildCommand(join(scratch, 'built'));
}
// A run that ends early has not passed.
process.exitCode = 1;

// The runner's own counts are its last diagnostics; a test's own diagnostics that look alike come before them.
const COUNT = /^(pass|fail|cancelled|skipped|todo) (\d+)$/;
const counts = new Map<string, number>();
const events = run({ files, concurrency: availableParallelism() + 1 });
events.on('test:diagnostic', ({ message }) => {
  const [, what, count] = COUNT.exec(message) ?? [];
  if (what !== undefined) counts.set(what, Number(count));
});
for await (const text of events.compose(new spec())) process.stdout.write(String(text));

const of = (what: string): number => counts.get(what) ?? 0;
const failed = of('fail') + of('cancelled');
if (counts.size > 0) {
  process.stdout.write(`\n${of('pass')} passed, ${failed} failed, ${of('skipped') + of('todo')} skipped\n`);
  process.exitCode = failed > 0 ? 1 : 0;
}
