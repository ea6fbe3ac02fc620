/** One device of captures, and what it exchanged with others. */
import { LanscopeError } from '../../bytes/error.ts';
import { findCaptures } from '../../capture/find-captures.ts';
import { analyze } from '../../engine/analyze.ts';
import { readConfig } from '../../engine/config.ts';
import { type Exchange, ExchangeLog } from '../../mud/exchange.ts';
import type { Surroundings } from '../../mud/learn.ts';
import { findDevices } from '../../report/find-device.ts';
import { formatCount } from '../../report/quantity.ts';
import type { Report, ReportDevice } from '../../report/schema.ts';
import { inputNotices } from '../../report/terminal/notices.ts';
import type { MudArguments } from '../commands/mud.ts';
import { createProgress } from '../progress.ts';
import { selectionOf } from '../selection.ts';
import { writeNotice } from '../terminal.ts';
import { version } from '../version.ts';

export interface Observed {
  readonly report: Report;
  readonly device: ReportDevice;
  readonly exchanges: Exchange[];
  readonly surroundings: Surroundings;
}

/** DEVICE_NOT_FOUND when none or several devices fit. */
export async function observe(args: MudArguments): Promise<Observed> {
  const selection = selectionOf(args);
  const log = new ExchangeLog();
  const progress = createProgress();
  const { report } = await analyze({
    paths: await findCaptures(args.file),
    ...(args.config === undefined ? {} : { config: await readConfig(args.config) }),
    ...(selection === null ? {} : { selection }),
    outputs: [log],
    onProgress: (state) => progress.update(state),
    version: version(),
  }).finally(() => progress.stop());
  for (const notice of report.input.flatMap(inputNotices)) writeNotice(notice);
  if (log.omitted > 0) writeNotice(`${formatCount(log.omitted)} flows found no room and are not looked at`);
  const device = chosenDevice(report.devices, args.device);
  const addresses = new Set(device.addresses.map(({ address }) => address));
  return {
    report,
    device,
    exchanges: log.of(device.id, addresses),
    surroundings: {
      localAddresses: new Set(report.devices.flatMap((d) => d.addresses.map(({ address }) => address))),
      isAssigned: (server) => log.wasAssigned(device.id, server),
    },
  };
}

function chosenDevice(devices: readonly ReportDevice[], query: string | undefined): ReportDevice {
  const found = query === undefined ? [...devices] : findDevices(devices, query);
  if (found.length === 1) return found[0]!;
  const named = query === undefined ? 'in the capture' : `for '${query}'`;
  const ids = found.slice(0, 5).map(({ id }) => id);
  const more = found.length > ids.length ? ', …' : '';
  throw new LanscopeError(
    'DEVICE_NOT_FOUND',
    found.length === 0 ? `there is no device ${named}` : `there are ${found.length} devices ${named}`,
    found.length === 0
      ? '`lanscope analyze` lists them'
      : `Choose one with --device: ${ids.join(', ')}${more}`,
  );
}
