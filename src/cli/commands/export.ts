/** `lanscope export`: what is remembered, for other programs. */
import type { Argv } from 'yargs';
import { EXIT, type ExitCode } from '../../bytes/error.ts';
import { reportChunks } from '../../report/canonical.ts';
import { devicesCsv, findingsCsv } from '../../report/csv.ts';
import { requireWritable, writeFileAtomically } from '../../store/atomic-file.ts';
import { memoryOptions, readMemory } from '../store-option.ts';
import { writeData } from '../terminal.ts';

export function options(yargs: Argv) {
  return memoryOptions(yargs)
    .option('format', {
      choices: ['json', 'csv'] as const,
      default: 'json' as const,
      describe: 'Form of the output',
      requiresArg: true,
    })
    .option('what', {
      choices: ['devices', 'findings'] as const,
      describe: 'What to write; JSON holds both unless one is chosen, CSV devices',
      requiresArg: true,
    })
    .option('output', { alias: 'o', type: 'string', describe: 'Write to this file', requiresArg: true });
}

type Arguments = Awaited<ReturnType<typeof options>['argv']>;

export async function run(args: Arguments): Promise<ExitCode> {
  if (args.output !== undefined) await requireWritable(args.output);
  const { devices, findings } = await readMemory(args);
  const lists =
    args.what === undefined ? { devices, findings } : args.what === 'devices' ? { devices } : { findings };
  const chunks =
    args.format === 'json'
      ? reportChunks(lists)
      : args.what === 'findings'
        ? findingsCsv(findings)
        : devicesCsv(devices);
  if (args.output === undefined) await writeData(chunks);
  else await writeFileAtomically(args.output, chunks);
  return EXIT.ok;
}
