/** What `npm pack` makes, installed in an empty folder: every command works from there. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { COMMANDS } from '../../src/cli/commands.ts';
import { packableCopy } from '../cli/built-command.ts';

const MAX_UNPACKED_BYTES = 25 * 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), 'lanscope-packed-'));
after(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(command: string, args: readonly string[], cwd: string): Promise<Outcome> {
  const env = { ...process.env, XDG_CACHE_HOME: join(folder, 'cache'), XDG_DATA_HOME: join(folder, 'data') };
  const options = { cwd, env, timeout: 120_000, maxBuffer: 1 << 26 };
  return new Promise((resolve) => {
    execFile(command, args, options, (error, stdout, stderr) => {
      resolve({
        code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1,
        stdout,
        stderr,
      });
    });
  });
}

let missing = '';
let installed = '';
let packed: { filename: string; unpackedSize: number; files: { path: string }[] };

before(async () => {
  const copy = packableCopy(folder);
  const pack = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], copy);
  if (pack.code !== 0) {
    missing = 'npm cannot pack here';
    return;
  }
  packed = (JSON.parse(pack.stdout) as (typeof packed)[])[0]!;
  installed = join(folder, 'empty');
  mkdirSync(installed);
  writeFileSync(join(installed, 'package.json'), '{"private":true}');
  const archive = join(folder, packed.filename);
  const install = await run(
    'npm',
    [
      'install',
      '--omit=optional',
      '--ignore-scripts',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      archive,
    ],
    installed,
  );
  if (install.code !== 0) missing = 'npm cannot install the dependencies here (no registry and no cache)';
});

describe('the package', () => {
  const lanscope = (...args: string[]) => run(join(installed, 'node_modules/.bin/lanscope'), args, installed);
  const capture = 'node_modules/lanscope/corpus/home-lan/capture.pcapng';

  test('is small, and holds what is needed and nothing else', (t) => {
    if (packed === undefined) return t.skip(missing);
    assert.ok(packed.unpackedSize < MAX_UNPACKED_BYTES, `${packed.unpackedSize} bytes`);
    const paths = packed.files.map(({ path }) => path);
    for (const path of [
      'dist/lanscope.js',
      'dist/analyze.cjs',
      'dist/case-worker.js',
      'dist/THIRD-PARTY-NOTICES',
      'dist/report.schema.json',
      'dist/diff.schema.json',
      'dist/deploy/grafana-dashboard.json',
      'dist/deploy/lanscope@.service',
      'dist/deploy/Containerfile',
      'corpus/bundled.json',
      'corpus/iot-23.json',
    ]) {
      assert.ok(paths.includes(path), `${path} is missing`);
    }
    assert.deepEqual(
      paths.filter((path) => /^(?:src|test|scripts|bench|ml)\//.test(path)),
      [],
    );
  });

  test('every command explains itself', async (t) => {
    if (missing !== '') return t.skip(missing);
    for (const { command } of COMMANDS) {
      const name = command.split(' ')[0]!;
      const { code, stdout, stderr } = await lanscope(name, '--help');
      assert.equal(code, 0, `${name}: ${stderr}`);
      assert.ok(stdout.includes(`lanscope ${name}`), name);
    }
  });

  test('commands work on captures of the package', async (t) => {
    if (missing !== '') return t.skip(missing);
    for (const [expected, ...args] of [
      ['analyze', 'analyze', capture, '-o', 'a.json', '-q'],
      ['replay', 'replay', capture, '--speed', 'max', '-o', 'b.json', '-q'],
      ['diff', 'diff', 'a.json', 'b.json'],
      ['verify', 'verify', 'a.json', capture],
      ['flows', 'flows', capture],
      ['list', 'list', '--report', 'a.json'],
      ['device', 'device', 'diskstation', '--report', 'a.json'],
      ['corpus list', 'corpus', 'list'],
      [
        'record',
        'corpus',
        'record',
        'bundled',
        '--golden',
        'golden',
        '--only',
        'home-lan',
        '--only',
        'arp-spoof',
        '--jobs',
        '2',
      ],
      [
        'run',
        'corpus',
        'run',
        'bundled',
        '--golden',
        'golden',
        '--only',
        'home-lan',
        '--only',
        'arp-spoof',
        '--jobs',
        '2',
      ],
    ] as const) {
      const { code, stdout, stderr } = await lanscope(...args);
      assert.equal(code, 0, `${expected}: ${stdout}${stderr}`);
    }
    assert.ok(existsSync(join(installed, 'golden/home-lan/report.json')));
  });
});
