/**
 * The same reports on every supported Node version, time zone, locale and number of processes: tsx
 * scripts/check-node-versions.ts [--command dist/lanscope.js] [version …]. Node comes as an npm package into a temporary
 * folder; a version that cannot be installed is skipped, visibly. Needs a build (`npm run build`).
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const root = join(import.meta.dirname, '..');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { command: { type: 'string', default: join(root, 'dist/lanscope.js') } },
});
const { command } = values;
const versions = positionals.length > 0 ? positionals : ['20', '22', '24'];
const folder = mkdtempSync(join(tmpdir(), 'lanscope-node-'));
const PLATFORM = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

const SURROUNDINGS = [
  { TZ: 'UTC', LC_ALL: 'C', jobs: '1' },
  { TZ: 'Pacific/Kiritimati', LC_ALL: 'tr_TR.UTF-8', jobs: '2' },
  { TZ: 'America/St_Johns', LC_ALL: 'sv_SE.UTF-8', jobs: '4' },
] as const;

/** `name digest` of every bundled case. */
function digests(node: string, { jobs, ...environment }: (typeof SURROUNDINGS)[number]): string {
  const args = [
    command,
    'corpus',
    'record',
    'bundled',
    '--golden',
    join(folder, 'golden'),
    '--json',
    '--no-cache',
  ];
  const { stdout, stderr } = spawnSync(node, [...args, '--jobs', jobs], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, ...environment },
  });
  if (stdout === '') throw new Error(stderr);
  const { cases } = JSON.parse(stdout) as { cases: { name: string; digest: string; reason: string }[] };
  return cases.map(({ name, digest, reason }) => `${name} ${digest}${reason}`).join('\n');
}

function install(version: string): string | null {
  const prefix = join(folder, version);
  const name = `node-${PLATFORM}@${version}`;
  const args = [
    'install',
    '--prefix',
    prefix,
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--prefer-offline',
    name,
  ];
  if (spawnSync('npm', args, { encoding: 'utf8' }).status !== 0) return null;
  const path = join(prefix, 'node_modules', `node-${PLATFORM}`, 'bin', 'node');
  return existsSync(path) ? path : null;
}

let failed = false;
try {
  if (!existsSync(command)) throw new Error('no build: npm run build');
  const expected = digests(process.execPath, SURROUNDINGS[0]);
  if (!expected.split('\n').every((line) => /[0-9a-f]{64}$/.test(line))) throw new Error(expected);
  for (const version of versions) {
    const node = install(version);
    if (node === null) {
      console.log(`skip  Node ${version}: cannot be installed here`);
      continue;
    }
    const full = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
    for (const surroundings of SURROUNDINGS) {
      const same = digests(node, surroundings) === expected;
      failed ||= !same;
      const { TZ, LC_ALL, jobs } = surroundings;
      console.log(`${same ? 'same ' : 'OTHER'} Node ${full}, ${TZ}, ${LC_ALL}, jobs ${jobs}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (failed) process.exitCode = 1;
