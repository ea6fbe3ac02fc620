/**
 * Bundles src/ into dist/: `lanscope.js` (the command) with its commands as chunks that load on demand, and the data
 * files beside it. Packages stay outside of the bundle, but for one. Types are checked by `npm run check`, not here.
 */
import { chmodSync, cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { foldConstants } from './fold-constants.ts';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const { version, dependencies, optionalDependencies } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
) as { version: string; dependencies: object; optionalDependencies: object };
/** Hundreds of small modules: found and opened one by one they would take longer to load than all the rest. */
const BUNDLED_PACKAGE = 'typebox';
const packages = Object.keys({ ...dependencies, ...optionalDependencies });

rmSync(dist, { recursive: true, force: true });
await build({
  entryPoints: {
    lanscope: join(root, 'src/cli/main.ts'),
    // Started as a process of its own by live capture.
    'libpcap-process': join(root, 'src/capture/live/libpcap-process.ts'),
    // Started as processes of their own by `test` and `corpus run`.
    'case-worker': join(root, 'src/harness/case-worker.ts'),
  },
  outdir: dist,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  external: packages.filter((name) => name !== BUNDLED_PACKAGE),
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'none',
  plugins: [foldConstants()],
  define: { LANSCOPE_VERSION: JSON.stringify(version) },
  banner: { js: '#!/usr/bin/env node' },
  logLevel: 'warning',
});
chmodSync(join(dist, 'lanscope.js'), 0o755);
cpSync(join(root, 'node_modules', BUNDLED_PACKAGE, 'license'), join(dist, `${BUNDLED_PACKAGE}.LICENSE`));

const data = join(root, 'src/fingerprint/data');
if (existsSync(data)) cpSync(data, join(dist, 'data'), { recursive: true });
for (const schema of ['report.schema.json', 'diff/diff.schema.json']) {
  cpSync(join(root, 'src/report', schema), join(dist, basename(schema)));
}
