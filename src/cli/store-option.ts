/** The options that say where devices and findings are remembered and come from: --save, --db and --report. */
import type { Argv } from 'yargs';
import { LanscopeError } from '../bytes/error.ts';
import { readReport } from '../report/read.ts';
import type { ReportDevice, ReportFinding } from '../report/schema.ts';
import { defaultStorePath } from '../store/path.ts';
import { writeNotice } from './terminal.ts';

function dbOption<T>(yargs: Argv<T>) {
  return yargs.option('db', {
    type: 'string',
    describe: 'Store to use; default $XDG_DATA_HOME/lanscope/lanscope.json',
    requiresArg: true,
  });
}

export function saveOptions<T>(yargs: Argv<T>) {
  return dbOption(
    yargs.option('save', {
      type: 'boolean',
      default: false,
      describe: 'Remember devices and findings in the store',
    }),
  );
}

/** A store is only written to with --save: naming one without would be passed over silently. USAGE. */
export function requireSaveWithDb(args: { readonly db?: string | undefined; readonly save: boolean }): void {
  if (args.db === undefined || args.save) return;
  throw new LanscopeError('USAGE', '--db needs --save', 'Nothing is remembered without it');
}

export function storePath({ db }: { readonly db?: string | undefined }): string {
  return db ?? defaultStorePath();
}

export function memoryOptions<T>(yargs: Argv<T>) {
  return dbOption(yargs)
    .option('report', {
      type: 'string',
      describe: 'Read this report instead of the store',
      requiresArg: true,
    })
    .conflicts('report', 'db');
}

/** Devices and findings of a report or of the store, whichever was asked for. */
export async function readMemory(args: {
  readonly db?: string | undefined;
  readonly report?: string | undefined;
}): Promise<{ devices: ReportDevice[]; findings: ReportFinding[] }> {
  if (args.report !== undefined) return readReport(args.report);
  const { readStore } = await import('../store/store.ts');
  return readStore(storePath(args), { onNotice: writeNotice });
}
