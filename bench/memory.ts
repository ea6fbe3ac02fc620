/**
 * Peak memory of `analyze` on captures that come through a pipe as they are made, so that size costs no disk:
 *   npm run bench:memory -- [--kinds mixed,short-flows] [--gigabytes 1,10] [--below MB] [--command PATH] [--core N]
 * With `--below` it fails where a peak is above that. Linux (VmHWM of the process, shared pages of Node included).
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measuredRun } from './measured-run.ts';

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    kinds: { type: 'string', default: 'mixed,short-flows' },
    gigabytes: { type: 'string', default: '1,10' },
    below: { type: 'string' },
    command: { type: 'string', default: join(root, 'dist/lanscope.js') },
    core: { type: 'string' },
  },
});
if (!existsSync(values.command)) {
  console.error(`${values.command} is not there; npm run build makes it`);
  process.exit(2);
}
const most = values.below === undefined ? Number.POSITIVE_INFINITY : Number(values.below);

console.log('| kind | GB | packets | peak MB | CPU seconds, pipe and generator included |');
console.log('|---|---|---|---|---|');
for (const kind of values.kinds.split(',')) {
  for (const gigabytes of values.gigabytes.split(',').map(Number)) {
    const make = [
      ...['--import', 'tsx', 'scripts/make-large-capture.ts', '--out', '-'],
      ...['--kind', kind, '--megabytes', String(gigabytes * 1000)],
    ];
    const generator = spawn(process.execPath, make, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let told = '';
    generator.stderr.setEncoding('utf8').on('data', (text: string) => (told += text));
    const command = [process.execPath, values.command, 'analyze', '-'];
    const { peakMb, cpuSeconds, exitCode } = await measuredRun(command, {
      input: generator.stdout,
      ...(values.core === undefined ? {} : { core: Number(values.core) }),
    });
    const packets = /(\d+) packets/.exec(told)?.[1] ?? '?';
    console.log(`| ${kind} | ${gigabytes} | ${packets} | ${peakMb.toFixed(0)} | ${cpuSeconds.toFixed(1)} |`);
    if (exitCode !== 0 || peakMb > most) process.exitCode = 1;
  }
}
