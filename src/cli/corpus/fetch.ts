/** `lanscope corpus fetch`: the captures of a corpus onto this machine. The only command that uses the network. */
import { join } from 'node:path';
import { makeFolder } from '../../bytes/make-folder.ts';
import { EXIT, type ExitCode, LanscopeError } from '../../bytes/error.ts';
import { unwritable } from '../../bytes/unwritable.ts';
import { dataFolder } from '../../harness/corpus.ts';
import { GO_ON } from '../../harness/fetch/download.ts';
import { fetchFiles } from '../../harness/fetch/fetch-corpus.ts';
import { formatBytes } from '../../report/quantity.ts';
import { safeText } from '../../report/terminal/cell.ts';
import { lockStore } from '../../store/lock.ts';
import type { CorpusArguments } from '../commands/corpus.ts';
import { writeResult } from '../terminal.ts';
import { countProgress } from './count-progress.ts';
import { selectedCases } from './selected-cases.ts';

const PARALLEL = 4;

export async function run(args: CorpusArguments): Promise<ExitCode> {
  const { corpus, cases } = await selectedCases(args);
  const wanted = cases.flatMap(({ entry }) => (entry === null ? [] : [entry]));
  if (wanted.length === 0)
    throw new LanscopeError('USAGE', `corpus ${corpus.manifest.name} has nothing to fetch`);
  const files = wanted.flatMap(({ capture, labels }) => [
    ...(args.part === 'labels' ? [] : [capture]),
    ...(args.part === 'captures' || labels === undefined ? [] : [labels]),
  ]);
  const folder = args.to ?? dataFolder(corpus);
  const received = new Map<string, number>();
  const sum = (): number => [...received.values()].reduce((total, bytes) => total + bytes, 0);
  try {
    makeFolder(folder);
  } catch (cause) {
    throw unwritable(folder, cause);
  }
  // Two at once would write into the same parts, and each forget in the lock file what the other fetched.
  const unlock = await lockStore(join(folder, 'lanscope.fetch'), 0, folder).catch(asFetchLock);
  const progress = countProgress(files.length, 'files', () => `, ${formatBytes(sum())}`);
  const results = await fetchFiles(corpus.manifest, files, {
    folder,
    mirror: args.mirror,
    parallel: args.jobs ?? PARALLEL,
    onProgress: (path, bytes) => {
      received.set(path, bytes);
      progress.touch();
    },
    onFile: ({ path, status, bytes, reason }) => {
      progress.step();
      if (args.json) return;
      progress.clear();
      const text = status === 'failed' ? reason : formatBytes(bytes);
      process.stdout.write(`${status.padEnd(8)} ${safeText(path)}  ${safeText(text, 1000)}\n`);
    },
  }).finally(() => {
    progress.stop();
    return unlock();
  });
  if (args.json) await writeResult(`${JSON.stringify({ folder, files: results }, null, 2)}\n`);
  const failures = results.filter(({ status }) => status === 'failed');
  if (failures.length > 0) {
    throw new LanscopeError(
      'FETCH_FAILED',
      `${failures.length} of ${files.length} files could not be fetched`,
      failures.some(({ mayGoOn }) => mayGoOn) ? GO_ON : '',
    );
  }
  return EXIT.ok;
}

/** The lock is made as that of the store, which it is not. */
function asFetchLock(error: unknown): never {
  if (!(error instanceof LanscopeError) || error.code !== 'STORE_LOCKED') throw error;
  throw new LanscopeError('FETCH_LOCKED', error.message, error.hint, { cause: error });
}
