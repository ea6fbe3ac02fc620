/**
 * Runs a bundle with the code that V8 compiled of it in earlier runs: parsing and compiling take a third of the time of
 * a small capture. Needs a script, as V8 keeps no code of modules on Node 20: the build wraps the bundle in
 * a function of `module`, `require` and its own URL, in ASCII.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { constants, Script } from 'node:vm';
import { crc32 } from 'node:zlib';
import { codeCacheFolder, readCachedCode, writeCachedCode } from './code-cache.ts';
import { tuneV8 } from './v8-flags.ts';

type WrappedBundle = (module: { exports: object }, require: NodeJS.Require, url: string) => void;

/**
 * V8 compiles a function when it is first called, so what a run leaves depends on what it did. This many runs
 * add what they called that was not there; then it is left alone.
 */
const MAX_GENERATIONS = 4;

/** What the bundle at `path` exports. `isTypical` is asked at the end whether this run's code is worth keeping. */
export function runCompiled<Exports extends object>(path: string, isTypical: () => boolean): Exports {
  // The same settings while compiling and while keeping: code belongs to them.
  tuneV8();
  const bytes = readFileSync(path);
  const folder = codeCacheFolder();
  const file = folder === null ? null : join(folder, `${basename(path)}.code`);
  const sum = file === null ? 0 : crc32(bytes);
  const cached = file === null ? null : readCachedCode(file, sum);
  const script = new Script(bytes.toString('latin1'), {
    filename: path,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    ...(cached === null ? {} : { cachedData: cached.code }),
  });
  const known = script.cachedDataRejected === false ? cached : null;
  if (file !== null && (known === null || known.generation < MAX_GENERATIONS)) {
    process.once('exit', () => {
      if (!isTypical()) return;
      tuneV8();
      const made = script.createCachedData();
      // A long run lets go of code that it needed at its start.
      const code = known !== null && known.code.length > made.length ? known.code : made;
      writeCachedCode(file, sum, { code, generation: (known?.generation ?? 0) + 1 });
    });
  }
  const module = { exports: {} };
  const bundle = script.runInThisContext() as WrappedBundle;
  bundle(module, createRequire(path), pathToFileURL(path).href);
  return module.exports as Exports;
}
