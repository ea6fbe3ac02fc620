/**
 * Runs a script as the program is run, bundled with its constants folded: `tsx scripts/run-bundled.ts bench/flow.ts …`.
 * What is measured from the sources is up to a sixth slower than what people run.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { build } from 'esbuild';
import { foldConstants } from './fold-constants.ts';

const [script, ...args] = process.argv.slice(2);
if (script === undefined) {
  console.error('usage: tsx scripts/run-bundled.ts SCRIPT [arguments]');
  process.exit(2);
}
const dist = join(import.meta.dirname, '../dist');
// Beside the data files, and as deep in the tree as bench/ is.
const bundle = join(dist, `${basename(script, '.ts')}-${process.pid}.mjs`);
try {
  await build({
    entryPoints: [resolve(script)],
    outfile: bundle,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    plugins: [foldConstants()],
    logLevel: 'warning',
  });
  if (!existsSync(join(dist, 'data'))) {
    cpSync(join(dist, '../src/fingerprint/data'), join(dist, 'data'), { recursive: true });
  }
  process.exitCode = spawnSync(process.execPath, [bundle, ...args], { stdio: 'inherit' }).status ?? 1;
} finally {
  rmSync(bundle, { force: true });
}
