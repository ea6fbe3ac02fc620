/** Which packages become part of the bundle, and their licences. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';

/** What every command loads. Packages that these import come along; all others stay outside. */
const BUNDLED: ReadonlySet<string> = new Set([
  'yargs',
  'cli-table3',
  'get-east-asian-width',
  'typebox',
  'fzstd',
  'lowdb',
]);

/** Packages that something of our own stands in for. */
const REPLACED: Readonly<Record<string, string>> = {
  // Help texts are plain; the package makes a segmenter as soon as it is loaded.
  'string-width': 'src/report/terminal/text-width.ts',
};

export function bundlePackages(root: string): Plugin {
  return {
    name: 'bundle-packages',
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, ({ path, importer, kind }) => {
        if (path.startsWith('node:') || importer === '') return undefined;
        const replaced = REPLACED[path];
        if (replaced !== undefined) {
          return {
            path: join(root, replaced),
            ...(kind === 'require-call' ? { namespace: 'required' } : {}),
          };
        }
        const isOurs = !importer.includes('node_modules');
        return isOurs && !BUNDLED.has(packageOf(path)) ? { path, external: true } : undefined;
      });
      // Who requires one of these wants what the module exports by default.
      build.onLoad({ filter: /.*/, namespace: 'required' }, ({ path }) => ({
        contents: `module.exports = require(${JSON.stringify(path)}).default;`,
        resolveDir: root,
      }));
    },
  };
}

/** The licences of the packages that `inputs`, paths below `root`, belong to. Throws when one has none. */
export function thirdPartyNotices(root: string, inputs: readonly string[]): string {
  const folders = new Set<string>();
  for (const input of inputs) {
    const at = input.lastIndexOf('node_modules/');
    if (at < 0) continue;
    folders.add(
      input.slice(0, at + 'node_modules/'.length) + packageOf(input.slice(at + 'node_modules/'.length)),
    );
  }
  const notices = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(
      readFileSync(join(root, folder, 'package.json'), 'utf8'),
    ) as {
      readonly name: string;
      readonly version: string;
      readonly license: string;
    };
    const file = readdirSync(join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) throw new Error(`${name} comes without its licence`);
    return `${name} ${version} (${license})\n\n${readFileSync(join(root, folder, file), 'utf8').trim()}\n`;
  });
  return ['lanscope includes these packages.\n', ...notices].join(`\n${'-'.repeat(80)}\n\n`);
}

function packageOf(path: string): string {
  return path
    .split('/')
    .slice(0, path.startsWith('@') ? 2 : 1)
    .join('/');
}
