/** `lanscope interfaces`: what `lanscope live` can capture on. */
import type { Argv } from 'yargs';
import { EXIT, type ExitCode } from '../../bytes/error.ts';
import { escapeForTerminal } from '../../bytes/text.ts';
import { listInterfaces } from '../../capture/live/interfaces.ts';
import { writeResult } from '../terminal.ts';

export function options(yargs: Argv) {
  return yargs.option('json', { type: 'boolean', default: false, describe: 'Print a JSON array' });
}

type Arguments = Awaited<ReturnType<typeof options>['argv']>;

export async function run(args: Arguments): Promise<ExitCode> {
  const interfaces = listInterfaces();
  if (args.json) await writeResult(`${JSON.stringify(interfaces, null, 2)}\n`);
  else {
    const width = Math.max(0, ...interfaces.map(({ name }) => name.length));
    for (const { name, state, mac, addresses } of interfaces) {
      const facts = [name.padEnd(width), state.padEnd(7), mac.padEnd(17), addresses.join(', ')];
      await writeResult(`${escapeForTerminal(facts.join('  ').trimEnd(), 1000)}\n`);
    }
  }
  return EXIT.ok;
}
