/** `lanscope device`: all that is known of one device. */
import type { Argv } from 'yargs';
import { EXIT, type ExitCode, LanscopeError } from '../../bytes/error.ts';
import { findDevices } from '../../report/find-device.ts';
import { renderDeviceDetail } from '../../report/terminal/device-detail.ts';
import { memoryOptions, readMemory } from '../store-option.ts';
import { hasColor, terminalWidth, writeResult } from '../terminal.ts';

export function options(yargs: Argv) {
  return memoryOptions(
    yargs.positional('query', {
      type: 'string',
      demandOption: true,
      describe: 'MAC address, name or IP address',
    }),
  ).option('json', { type: 'boolean', default: false, describe: 'Print a JSON array' });
}

type Arguments = Awaited<ReturnType<typeof options>['argv']>;

export async function run(args: Arguments): Promise<ExitCode> {
  const { devices, findings } = await readMemory(args);
  const found = findDevices(devices, args.query);
  if (found.length === 0) {
    throw new LanscopeError('DEVICE_NOT_FOUND', `no device matches '${args.query}'`, 'See `lanscope list`');
  }
  if (args.json) await writeResult(`${JSON.stringify(found, null, 2)}\n`);
  else {
    const details = found.map((device) =>
      renderDeviceDetail(
        device,
        findings.filter((finding) => finding.device === device.id || finding.peer === device.id),
        { width: terminalWidth(), color: hasColor() },
      ),
    );
    await writeResult(details.join('\n'));
  }
  return EXIT.ok;
}
