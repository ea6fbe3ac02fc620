/** `lanscope replay --interface`: what stands between a capture and a wire. */
import { EXIT, type ExitCode, LanscopeError } from '../bytes/error.ts';
import { openInjector } from '../capture/live/injector.ts';
import { publicBecause } from '../capture/live/private-interface.ts';
import { openCaptures } from '../capture/open.ts';
import { sendCapture } from '../harness/replay/send-capture.ts';
import { type NetworkMapping, parseNetworkMapping } from '../harness/replay/network-mapping.ts';
import { FrameRewriter } from '../harness/replay/rewrite.ts';
import { formatBytes, formatPlural } from '../report/quantity.ts';
import { stopOnInterrupt } from './interrupt.ts';
import { writeNotice } from './terminal.ts';

const MAC = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/i;
const MAX_RATE = 1e7;

export interface WireArguments {
  readonly interface: string;
  readonly speed: number;
  readonly loop: number;
  readonly rate: number | undefined;
  /** `from=to`. */
  readonly mapMac: readonly string[];
  /** `from=to`, addresses or networks. */
  readonly mapIp: readonly string[];
  readonly yes: boolean;
  readonly quiet: boolean;
}

export async function replayOnWire(paths: readonly string[], args: WireArguments): Promise<ExitCode> {
  const { loop, rate } = args;
  if (!(Number.isInteger(loop) && loop >= 1))
    throw new LanscopeError('USAGE', '--loop must be a whole number from 1');
  if (rate !== undefined && !(rate > 0 && rate <= MAX_RATE)) {
    throw new LanscopeError(
      'USAGE',
      `--rate must be a number of frames a second above 0, ${MAX_RATE} at most`,
    );
  }
  const macs = new Map(args.mapMac.map(parseMacMapping));
  const networks = args.mapIp.map(parseIpMapping);
  const reason = args.yes ? '' : publicBecause(args.interface);
  if (reason !== '') {
    throw new LanscopeError('USAGE', `not sending on ${args.interface} without --yes: ${reason}`);
  }
  const injector = openInjector(args.interface);
  const interrupt = stopOnInterrupt();
  try {
    const { frames, bytes, skipped, cut } = await sendCapture(injector, {
      open: () => openCaptures(paths, { noHash: true }),
      passes: loop,
      speed: args.speed,
      rate,
      rewriter: macs.size + networks.length === 0 ? null : new FrameRewriter({ macs, networks }),
      signal: interrupt.signal,
    });
    if (!args.quiet) {
      writeNotice(`sent ${formatPlural(frames, 'frame')}, ${formatBytes(bytes)}, on ${args.interface}`);
      if (skipped > 0) writeNotice(`not sent, being no Ethernet frames: ${formatPlural(skipped, 'packet')}`);
      if (cut > 0) writeNotice(`cut when captured, and sent so: ${formatPlural(cut, 'frame')}`);
    }
  } finally {
    interrupt.release();
    injector.close();
  }
  return EXIT.ok;
}

function parseMacMapping(text: string): [string, Buffer] {
  const [from = '', to = '', ...more] = text.split('=');
  if (MAC.test(from) && MAC.test(to) && more.length === 0) return [hex(from), Buffer.from(hex(to), 'hex')];
  throw new LanscopeError('USAGE', `--map-mac ${text} is not FROM=TO with two MAC addresses`);
}

function hex(mac: string): string {
  return mac.replaceAll(':', '').toLowerCase();
}

function parseIpMapping(text: string): NetworkMapping {
  const mapping = parseNetworkMapping(text);
  if (mapping !== null) return mapping;
  throw new LanscopeError(
    'USAGE',
    `--map-ip ${text} is not FROM=TO with two IP addresses, or two networks of the same size`,
    'For example 192.168.1.0/24=10.9.9.0/24',
  );
}
