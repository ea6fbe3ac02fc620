/**
 * Bundles src/ into dist/: `lanscope.js` (the command) with its commands as chunks that load on demand, and the data
 * files beside it. Of the packages those go into the bundle that every start needs, as finding and opening their files
 * takes longer than all the rest; their licences are in `THIRD-PARTY-NOTICES`. Types are checked by `npm run check`.
 */
import { chmodSync, cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { foldConstants } from './fold-constants.ts';
import { bundlePackages, thirdPartyNotices } from './third-party.ts';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

rmSync(dist, { recursive: true, force: true });
const { metafile } = await build({
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
  sourcemap: true,
  sourcesContent: false,
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  metafile: true,
  plugins: [foldConstants(), bundlePackages(root)],
  define: { LANSCOPE_VERSION: JSON.stringify(version) },
  banner: { js: '#!/usr/bin/env node' },
  logLevel: 'warning',
});
chmodSync(join(dist, 'lanscope.js'), 0o755);
writeFileSync(join(dist, 'THIRD-PARTY-NOTICES'), thirdPartyNotices(root, Object.keys(metafile.inputs)));

const data = join(root, 'src/fingerprint/data');
if (existsSync(data)) cpSync(data, join(dist, 'data'), { recursive: true });
for (const schema of ['report.schema.json', 'diff/diff.schema.json']) {
  cpSync(join(root, 'src/report', schema), join(dist, basename(schema)));
}
