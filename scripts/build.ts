/**
 * Bundles src/ into dist/: `commands.js` with the commands as chunks that load on demand, `analyze.cjs` with all of the
 * most used one in one script (sixty chunks take 40 ms to find and open, and of a script V8's compiled code can be
 * kept: `src/launch`), `lanscope.js` that loads one of the two, and the data files beside them. Of the packages those go into the bundle that every start needs, as finding and opening their files
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
  // An error that nobody caught shows its line: a short one.
  lineLimit: 160,
  legalComments: 'none',
  metafile: true,
  define: { LANSCOPE_VERSION: JSON.stringify(version) },
  logLevel: 'warning',
} as const satisfies BuildOptions;
const run = join(root, 'src/cli/run.ts');
const startWorkers = join(root, 'src/cli/corpus/start-workers.ts');
/** A module of its own for all bundles, as what one of them starts another one takes. */
const thread = join(root, 'src/engine/relay/thread.ts');
const besideThread = (): Plugin => beside({ [thread]: './relay-thread.cjs' });
const { metafile } = await build({
  ...common,
  entryPoints: {
    commands: run,
    // Loaded before the commands; what it starts is in a chunk that both share.
    'start-workers': startWorkers,
    // Started as a process of its own by live capture.
    'libpcap-process': join(root, 'src/capture/live/libpcap-process.ts'),
  },
  splitting: true,
  plugins: [foldConstants(), bundlePackages(root), besideThread()],
});
await build({
  ...common,
  ...compiledScript(),
  entryPoints: { analyze: run },
  plugins: [foldConstants(), bundlePackages(root), only('analyze'), cryptoOnDemand(), besideThread()],
});
await build({
  ...common,
  entryPoints: { lanscope: join(root, 'src/cli/launch.ts') },
  banner: { js: '#!/usr/bin/env node' },
  plugins: [
    beside({
      [run]: './commands.js',
      [startWorkers]: './start-workers.js',
      [thread]: './relay-thread.cjs',
    }),
    builtinsWithoutModules(),
  ],
});
// The thread of analyses in two: in one script, which is there sooner than modules are.
await build({
  ...common,
  entryPoints: { 'traffic-thread': join(root, 'src/engine/relay/traffic-thread.ts'), 'relay-thread': thread },
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  banner: { js: "const bundleUrl=require('node:url').pathToFileURL(__filename).href;" },
  define: { ...common.define, 'import.meta.url': 'bundleUrl' },
  plugins: [foldConstants(), bundlePackages(root), builtinsWithoutModules()],
});
// Started as processes of their own by `test` and `corpus run`.
await build({
  ...common,
  ...compiledScript(),
  entryPoints: { 'case-worker': join(root, 'src/harness/case-worker.ts') },
  plugins: [foldConstants(), bundlePackages(root), besideThread()],
});
await build({
  ...common,
  entryPoints: { 'case-worker': join(root, 'src/harness/case-worker-launch.ts') },
  plugins: [builtinsWithoutModules()],
});
chmodSync(join(dist, 'lanscope.js'), 0o755);

/** A bundle as `src/launch/compiled-script.ts` runs it: in one file, a function of what Node gives a module. */
function compiledScript(): BuildOptions {
  return {
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    banner: { js: '(function(module,require,bundleUrl){' },
    footer: { js: '})' },
    define: { ...common.define, 'import.meta.url': 'bundleUrl' },
    // Functions that V8 took from compiled code cannot import: packages are required.
    supported: { 'dynamic-import': false },
  };
}

/** Leaves modules outside, by their paths: they are loaded from other bundles. */
function beside(files: Readonly<Record<string, string>>): Plugin {
  return {
    name: 'beside',
    setup: (build) => {
      build.onResolve({ filter: /^\./ }, ({ path, resolveDir }) => {
        const file = files[join(resolveDir, path)];
        return file === undefined ? undefined : { path: file, external: true };
      });
    },
  };
}

/** Loads `node:crypto` when something is hashed: it takes 3 ms, and a capture without TLS needs none of it. */
function cryptoOnDemand(): Plugin {
  const wrapped = ['createHash', 'createHmac', 'createCipheriv', 'createDecipheriv'].map(
    (name) =>
      `export const ${name} = (...given) => process.getBuiltinModule('node:crypto').${name}(...given);`,
  );
  return {
    name: 'crypto-on-demand',
    setup: (build) => {
      build.onResolve({ filter: /^node:crypto$/ }, ({ path }) => ({ path, namespace: 'on-demand' }));
      build.onLoad({ filter: /.*/, namespace: 'on-demand' }, () => ({ contents: wrapped.join('\n') }));
    },
  };
}

/**
 * For an import of its own Node makes a module that touches all it exports, so that `node:fs` alone loads streams: 5 ms
 * before anything is done.
 */
function builtinsWithoutModules(): Plugin {
  return {
    name: 'builtins-without-modules',
    setup: (build) => {
      build.onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: 'builtin' }));
      build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
        contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
      }));
    },
  };
}

/** Leaves the modules of other commands outside; this bundle is not loaded for them. */
function only(command: string): Plugin {
  return {
    name: 'only',
    setup: (build) => {
      build.onResolve({ filter: /^\.\/commands\// }, ({ path, importer }) =>
        importer === run.replace('run.ts', 'commands.ts') && path !== `./commands/${command}.ts`
          ? { path: './commands.js', external: true }
          : undefined,
      );
    },
  };
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
