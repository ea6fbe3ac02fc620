/**
 * Bundles src/ into dist/: `commands.js` with the commands as chunks that load on demand, `analyze.js` with all of the
 * most used one in one file (sixty chunks take 40 ms to find and open), `lanscope.js` that loads one of the two, and
 * the data files beside them. Of the packages those go into the bundle that every start needs, as finding and opening their files
 * takes longer than all the rest; their licences are in `THIRD-PARTY-NOTICES`. Types are checked by `npm run check`.
 */
import { chmodSync, cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build, type BuildOptions, type Plugin } from 'esbuild';
import { foldConstants } from './fold-constants.ts';
import { bundlePackages, thirdPartyNotices } from './third-party.ts';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

rmSync(dist, { recursive: true, force: true });
const common = {
  outdir: dist,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  sourcemap: true,
  sourcesContent: false,
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  metafile: true,
  define: { LANSCOPE_VERSION: JSON.stringify(version) },
  logLevel: 'warning',
} as const satisfies BuildOptions;
const main = join(root, 'src/cli/main.ts');
const { metafile } = await build({
  ...common,
  entryPoints: {
    commands: main,
    // Started as a process of its own by live capture.
    'libpcap-process': join(root, 'src/capture/live/libpcap-process.ts'),
    // Started as processes of their own by `test` and `corpus run`.
    'case-worker': join(root, 'src/harness/case-worker.ts'),
  },
  splitting: true,
  plugins: [foldConstants(), bundlePackages(root)],
});
await build({
  ...common,
  entryPoints: { analyze: main },
  splitting: true,
  chunkNames: 'analyze-[name]-[hash]',
  plugins: [foldConstants(), bundlePackages(root), only('analyze')],
});
writeFileSync(join(dist, 'lanscope.js'), launcher());
chmodSync(join(dist, 'lanscope.js'), 0o755);

/** Leaves the modules of other commands outside; this bundle is not loaded for them. */
function only(command: string): Plugin {
  return {
    name: 'only',
    setup: (build) => {
      build.onResolve({ filter: /^\.\/commands\// }, ({ path, importer }) =>
        importer === main.replace('main.ts', 'commands.ts') && path !== `./commands/${command}.ts`
          ? { path: './commands.js', external: true }
          : undefined,
      );
    },
  };
}

/** What `main.ts` does first, before anything is loaded; and which command it is, as `main.ts` finds it. */
function launcher(): string {
  return `#!/usr/bin/env node
const argv = process.argv.slice(2);
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) process.stdout.write(${JSON.stringify(`${version}\n`)});
else if (argv.find((argument) => !argument.startsWith('-')) === 'analyze') await import('./analyze.js');
else await import('./commands.js');
`;
}

writeFileSync(join(dist, 'THIRD-PARTY-NOTICES'), thirdPartyNotices(root, Object.keys(metafile.inputs)));

const data = join(root, 'src/fingerprint/data');
if (existsSync(data)) cpSync(data, join(dist, 'data'), { recursive: true });
cpSync(join(root, 'src/model/data'), join(dist, 'data'), { recursive: true });
const object = 'capture.bpf.o';
cpSync(join(root, 'bpf', object), join(dist, 'data', object));
for (const schema of ['report.schema.json', 'diff/diff.schema.json']) {
  cpSync(join(root, 'src/report', schema), join(dist, basename(schema)));
}
// For whoever runs it as a service: unit, container, dashboard.
cpSync(join(root, 'scripts/deploy'), join(dist, 'deploy'), { recursive: true });
cpSync(join(root, 'src/serve/data/grafana-dashboard.json'), join(dist, 'deploy/grafana-dashboard.json'));
