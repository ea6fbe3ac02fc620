/** `lanscope list`: the devices that are remembered. */
import type { Argv } from 'yargs';
import { EXIT, type ExitCode } from '../../bytes/error.ts';
import { formatPlural } from '../../report/quantity.ts';
import { byTraffic, renderDevices } from '../../report/terminal/devices.ts';
import { makeStyle } from '../../report/terminal/style.ts';
import { memoryOptions, readMemory } from '../store-option.ts';
import { hasColor, terminalWidth, writeData, writeResult } from '../terminal.ts';

export function options(yargs: Argv) {
  return memoryOptions(yargs).option('json', {
    type: 'boolean',
    default: false,
    describe: 'Print a JSON array',
  });
}

type Arguments = Awaited<ReturnType<typeof options>['argv']>;

export async function run(args: Arguments): Promise<ExitCode> {
  const { devices } = await readMemory(args);
  if (args.json) await writeData(`${JSON.stringify(devices, null, 2)}\n`);
  else if (devices.length === 0) await writeResult('No devices.\n');
  else {
    const style = makeStyle(hasColor());
    const table = renderDevices([...devices].sort(byTraffic), terminalWidth(), style);
    await writeResult(`${style.bold(formatPlural(devices.length, 'device'))}\n${table}\n`);
  }
  return EXIT.ok;
}
