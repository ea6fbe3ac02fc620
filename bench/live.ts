/**
 * Loss and processor time of live capture at the highest rate that tcpreplay reaches on a veth, beside tcpdump -w:
 * `tsx bench/live.ts [capture] [--packets N]`. Root, tcpreplay and tcpdump; it enters a network namespace of its own.
 *
 * `lost` is what was sent and not read, `counted` what of it the reader knows of. `reader` is the time of the processes that read, a million packets of the wire; `sender` that of tcpreplay, which on a
 * veth also pays for what the kernel does to hand a packet to the reader.
 *
 * The rows of long flows play four flows of 600 bytes a packet, with and without counting in the kernel (`--offload`).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Backend, BACKENDS, DEFAULT_OFFLOAD, type Offload } from '../src/capture/live/backend.ts';
import { openLive } from '../src/capture/live/live-source.ts';
import { DEFAULT_CONFIG } from '../src/engine/config.ts';
import { Pipeline } from '../src/engine/pipeline.ts';
import type { PacketBatch } from '../src/packet/batch.ts';
import { bulk, pcapOf } from '../test/capture/live/bulk.ts';
import { enterOwnNetwork, makeWire, removeWires } from '../test/capture/live/own-network.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { packets: { type: 'string', default: '1000000' } },
});
const given = positionals[0] ?? join(import.meta.dirname, '../corpus/home-lan/capture.pcapng');
const longFlows = join(tmpdir(), `lanscope-bench-${process.pid}-long.pcap`);
let capture = given;
const wanted = Number(values.packets);
const WIRE = 'wire0';
const FAR = 'far0';
const SETTLE_MS = 1500;
/** USER_HZ, in which /proc counts, is 100 on all that Node runs on. */
const MS_PER_TICK = 10;

interface Sent {
  readonly packets: number;
  readonly perSecond: number;
  readonly cpuMs: number;
}

interface Outcome {
  readonly sent: Sent;
  readonly received: number;
  /** As the kernel or the backend counts them; null when nobody counts. */
  readonly drops: number | null;
  readonly readerMs: number;
}

/** Plays the capture again and again. */
async function play(): Promise<Sent> {
  const args = ['-i', FAR, '--topspeed', '--preload-pcap', '--loop', String(loops), capture];
  const tcpreplay = spawn('tcpreplay', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  let cpuMs = 0;
  const watch = setInterval(() => (cpuMs = processorMs(tcpreplay.pid!) || cpuMs), 20);
  tcpreplay.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  await once(tcpreplay, 'close');
  clearInterval(watch);
  const [, packets] = /Actual: (\d+) packets/.exec(text) ?? [];
  const [, perSecond] = /([\d.]+) pps/.exec(text) ?? [];
  await new Promise((done) => setTimeout(done, SETTLE_MS));
  return { packets: Number(packets), perSecond: Number(perSecond), cpuMs };
}

/** Time of a process so far, 0 when it has ended. */
function processorMs(pid: number): number {
  const fields = statOf(pid);
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * MS_PER_TICK;
}

/** Fields of /proc/PID/stat from the third on: what is before may contain anything. */
function statOf(pid: number): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

function childrenMs(except: readonly number[]): number {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return pids
    .filter((pid) => statOf(pid)[1] === String(process.pid) && !except.includes(pid))
    .reduce((sum, pid) => sum + processorMs(pid), 0);
}

async function byTcpdump(): Promise<Outcome> {
  const file = join(tmpdir(), `lanscope-bench-${process.pid}.pcap`);
  const tcpdump = spawn('tcpdump', ['-i', WIRE, '-s', '9100', '-B', '65536', '-w', file], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  tcpdump.stderr.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  await once(tcpdump.stderr, 'data');
  const sent = await play();
  const readerMs = processorMs(tcpdump.pid!);
  tcpdump.kill('SIGINT');
  await once(tcpdump, 'close');
  rmSync(file, { force: true });
  const count = (what: string): number => Number(new RegExp(`(\\d+) packets ${what}`).exec(text)?.[1]);
  return { sent, received: count('captured'), drops: count('dropped by kernel'), readerMs };
}

async function byBackend(
  backend: Backend,
  take: (batch: PacketBatch) => void,
  offload?: { readonly limits: Offload; readonly pipeline: Pipeline },
): Promise<Outcome> {
  let sent: Promise<Sent> | null = null;
  let startMs = 0;
  const others = readdirSync('/proc').map(Number);
  const ownMs = (): number => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
  let childMs = 0;
  const source = openLive([WIRE], {
    backend,
    ...(offload === undefined ? {} : { offload: offload.limits }),
    onOpen() {
      startMs = ownMs();
      sent = play().then((result) => {
        childMs = childrenMs(others);
        source.stop();
        return result;
      });
    },
  });
  let received = 0;
  const credit = (): void => {
    for (let counted = source.counted?.(); counted; counted = source.counted?.()) {
      received += counted.packets.reduce((sum, packets) => sum + packets, 0);
      offload?.pipeline.credit(counted);
    }
  };
  for await (const batch of source) {
    credit();
    received += batch.count - batch.start;
    take(batch);
  }
  credit();
  const drops = source.inputs[0]!.interfaces[0]!.drops;
  return {
    sent: await sent!,
    received,
    drops: drops < 0 ? null : drops,
    readerMs: ownMs() - startMs + childMs,
  };
}

function newPipeline(): Pipeline {
  return new Pipeline({ config: DEFAULT_CONFIG, selection: null, outputs: [] });
}

function analysis(pipeline = newPipeline()): (batch: PacketBatch) => void {
  return (batch) => pipeline.process(batch);
}

async function ofLongFlows(isCounted: boolean): Promise<Outcome> {
  capture = longFlows;
  loops = Math.max(1, Math.round(wanted / longFrames.length));
  const pipeline = newPipeline();
  const offload = isCounted ? { limits: DEFAULT_OFFLOAD, pipeline } : undefined;
  return byBackend('ebpf', analysis(pipeline), offload);
}

const reason = enterOwnNetwork();
if (reason !== false) throw new Error(reason);
let loops = 1;
const longFrames = Array.from({ length: 250 }, (_, n) => bulk(n + 1)).flat();
writeFileSync(longFlows, pcapOf(longFrames));
makeWire(WIRE, FAR);
loops = Math.max(1, Math.round(wanted / (await play()).packets));

const ROWS: Readonly<Record<string, () => Promise<Outcome>>> = {
  nobody: async () => ({ sent: await play(), received: 0, drops: null, readerMs: 0 }),
  'tcpdump -w': byTcpdump,
  ...Object.fromEntries(
    BACKENDS.flatMap((backend) => [
      [`${backend}, packets only`, () => byBackend(backend, () => {})],
      [`${backend}, analysis`, () => byBackend(backend, analysis())],
    ]),
  ),
  'ebpf, long flows': () => ofLongFlows(false),
  'ebpf, long, offload': () => ofLongFlows(true),
};
const COLUMNS = ['packets/s', 'sent', 'lost', 'counted', 'reader s/M', 'sender s/M'];
const line = (name: string, cells: readonly (string | number)[]): void =>
  void process.stdout.write(`${name.padEnd(24)}${cells.map((cell) => String(cell).padStart(12)).join('')}\n`);
line('', COLUMNS);
for (const [name, measure] of Object.entries(ROWS)) {
  const { sent, received, drops, readerMs } = await measure();
  const perMillion = (ms: number): string => ((ms * 1000) / sent.packets).toFixed(2);
  const isRead = readerMs > 0;
  line(name, [
    Math.round(sent.perSecond),
    sent.packets,
    isRead ? sent.packets - received : '',
    isRead ? (drops ?? 'not known') : '',
    isRead ? perMillion(readerMs) : '',
    perMillion(sent.cpuMs),
  ]);
}
removeWires();
rmSync(longFlows, { force: true });
