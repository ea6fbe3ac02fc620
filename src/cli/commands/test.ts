/** `lanscope test`: every case of a folder, judged by its golden report and its `expect.json`. */
import { statSync } from 'node:fs';
import type { Argv } from 'yargs';
import { type ExitCode, LanscopeError } from '../../bytes/error.ts';
import { findCases } from '../../harness/case.ts';
import { selectCases, shardCases } from '../../harness/select-cases.ts';
import { runAndTell, runOptions } from '../corpus/run-options.ts';

export function options(yargs: Argv) {
  return runOptions(
    yargs
      .positional('folder', {
        type: 'string',
        demandOption: true,
        describe: 'Folder of cases: folders with capture.*, and report.json or expect.json beside it',
      })
      .option('record', {
        type: 'boolean',
        default: false,
        describe: 'Write golden reports (report.json) instead of comparing with them',
      }),
  )
    .example('lanscope test cases/', 'exit code 1 when a case fails')
    .example('lanscope test cases/ --record --only camera', 'accept what is reported now')
    .epilogue(
      'A case passes when its report is the golden one and what expect.json says holds.\nExit codes: 0 all passed, 1 a case failed, 2 bad usage or input.',
    );
}

type Arguments = Awaited<ReturnType<typeof options>['argv']>;

export async function run(args: Arguments): Promise<ExitCode> {
  if (statSync(args.folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new LanscopeError('INPUT_NOT_FOUND', `${args.folder} is not a folder`);
  }
  const cases = findCases(args.folder);
  if (cases.length === 0) {
    throw new LanscopeError(
      'INPUT_NO_CAPTURES',
      `${args.folder} holds no cases`,
      'A case is a folder with a file capture.*',
    );
  }
  const selected = selectCases(cases, args.only);
  const shard = args.shard === undefined ? selected : shardCases(selected, args.shard);
  return runAndTell(
    args.folder,
    shard.map((one) => ({ ...one, packets: null })),
    args,
    args.record,
  );
}
