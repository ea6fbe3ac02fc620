/**
 * Lets `lanscope live` run for long in a network namespace of its own, with devices that come and go, and says whether
 * memory, event loop and files stay bounded. Exit code 1 when not. Needs root on Linux and the package cap.
 *
 *   tsx scripts/soak.ts [--minutes 30] [--devices 2000] [--rate 500] [--samples FILE.csv] [--lanscope FILE]
 *
 * The live run records in files by size, writes its report every minute, answers Prometheus, and after every report
 * this script saves it to a store, as a run that begins anew every minute would.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readReport } from '../src/report/read.ts';
import { saveReport } from '../src/store/store.ts';
import { judge, type Sample } from './soak/judge.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    devices: { type: 'string', default: '2000' },
    rate: { type: 'string', default: '500' },
    samples: { type: 'string' },
    lanscope: { type: 'string', default: join(import.meta.dirname, '../src/cli/main.ts') },
    inside: { type: 'boolean', default: false },
  },
});
const MEGABYTE = 1e6;
const RECORD_BYTES = 20 * MEGABYTE;
const RECORD_FILES = 3;
const METRICS = '127.0.0.1:9108';
const seconds = Number(values.minutes) * 60;
/** Short runs are sampled more often and judged more loosely: the heap has not found its size. */
const isShort = seconds < 600;
const sampleMs = isShort ? 1000 : 10_000;
const reportSeconds = isShort ? 5 : 60;
const tsx = ['--import', import.meta.resolve('tsx')];

process.exit(values.inside ? await soak() : inOwnNamespace());

/** The same command again, where there are no interfaces but its own. */
function inOwnNamespace(): number {
  const again = [...process.execArgv, ...process.argv.slice(1), '--inside'];
  return spawnSync('unshare', ['-n', '-m', process.execPath, ...again], { stdio: 'inherit' }).status ?? 1;
}

async function soak(): Promise<number> {
  // That of this namespace: what is read of interfaces is of it.
  execFileSync('mount', ['-t', 'sysfs', 'sysfs', '/sys']);
  for (const command of [
    'link set lo up',
    'link add wire0 type veth peer wire1',
    'link set wire0 addrgenmode none',
    'link set wire1 addrgenmode none',
    'link set wire0 up',
    'link set wire1 up',
  ]) {
    execFileSync('ip', command.split(' '));
  }
  const folder = mkdtempSync(join(tmpdir(), 'lanscope-soak-'));
  const file = (name: string): string => join(folder, name);
  const run = (...args: readonly string[]) =>
    spawn(process.execPath, [...(args[0]!.endsWith('.ts') ? tsx : []), ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  const live = run(
    values.lanscope,
    'live',
    ...['-i', 'wire0', '--headless', '--quiet', '--mode', 'span'],
    ...['--metrics', METRICS, '-o', file('report.json'), '--report-every', String(reportSeconds)],
    ...[
      '--record',
      file('lan.pcapng'),
      '--record-size',
      `${RECORD_BYTES}B`,
      '--record-keep',
      String(RECORD_FILES),
    ],
  );
  const ended = new Promise<number>((resolve) => live.on('close', (code) => resolve(code ?? 1)));
  let isOver = false;
  void ended.then(() => (isOver = true));
  while (!isOver && (await metrics()).size === 0) await sleep(100);
  if (isOver) throw new Error('lanscope ended at its start');
  const sender = run(join(import.meta.dirname, 'soak/send.ts'), 'wire1', values.devices, values.rate);
  let sentText = '';
  sender.stdout.on('data', (text: Buffer) => (sentText += text.toString()));
  const sent = new Promise<number>((resolve) => sender.on('close', () => resolve(Number(sentText))));

  const samples: Sample[] = [];
  const started = performance.now();
  let savedMs = 0;
  while (performance.now() - started < seconds * 1000) {
    await sleep(sampleMs);
    const now = await metrics();
    const of = (name: string): number => now.get(name) ?? 0;
    const reportMs = existsSync(file('report.json')) ? statSync(file('report.json')).mtimeMs : 0;
    if (reportMs > savedMs) {
      savedMs = reportMs;
      await saveReport(file('store.json'), await readReport(file('report.json')), new Date().toISOString(), {
        onNotice() {},
      });
    }
    samples.push({
      seconds: Math.round((performance.now() - started) / 1000),
      residentBytes: of('process_resident_memory_bytes'),
      captureBytes: residentOfChildren(live.pid!),
      loopP99Seconds: of('nodejs_eventloop_lag_p99_seconds'),
      loopMaxSeconds: of('nodejs_eventloop_lag_max_seconds'),
      packets: of('lanscope_packets_total'),
      devices: of('lanscope_devices'),
      flows: of('lanscope_flows_active'),
      storeBytes: sizeOf(file('store.json')),
      recordBytes: readdirSync(folder)
        .filter((name) => name.endsWith('.pcapng'))
        .reduce((sum, name) => sum + sizeOf(file(name)), 0),
    });
    if (values.samples !== undefined) writeFileSync(values.samples, csv(samples));
  }
  sender.kill('SIGTERM');
  const frames = await sent;
  await sleep(1000);
  live.kill('SIGTERM');
  const exitCode = await ended;
  const { totals } = await readReport(file('report.json'));
  rmSync(folder, { recursive: true });

  const verdicts = judge(samples, {
    // What the process holds wavers with the garbage collector by more than this within a minute.
    slopeBytesPerMinute: isShort ? Infinity : 0.5 * MEGABYTE,
    residentBytes: 500 * MEGABYTE,
    // A moment says nothing of it where others use the processor too.
    loopP99Seconds: isShort ? 5 : 0.1,
    storeBytes: 60 * MEGABYTE,
    recordBytes: (RECORD_FILES + 0.1) * RECORD_BYTES,
  });
  verdicts.push(
    {
      name: 'packets lost',
      value: frames - totals.packets,
      limit: frames / 1000,
      ok: frames - totals.packets <= frames / 1000,
    },
    { name: 'exit code of lanscope', value: exitCode, limit: 0, ok: exitCode === 0 },
  );
  console.log(
    `${frames} frames sent, ${totals.packets} analyzed, ${totals.devices} devices, ${totals.flows} flows`,
  );
  for (const { name, value, limit, ok } of verdicts) {
    console.log(`${ok ? 'ok  ' : 'FAIL'} ${name}: ${figure(value)} (limit ${figure(limit)})`);
  }
  return verdicts.every(({ ok }) => ok) ? 0 : 1;
}

/** Numbers of the exposition without labels; none when it does not answer. */
async function metrics(): Promise<Map<string, number>> {
  const text = await fetch(`http://${METRICS}/metrics`).then(
    (answer) => answer.text(),
    () => '',
  );
  return new Map([...text.matchAll(/^(\w+) (\S+)$/gm)].map(([, name, value]) => [name!, Number(value)]));
}

function residentOfChildren(pid: number): number {
  let pages = 0;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim();
  for (const child of children.split(' ').filter((text) => text !== '')) {
    pages += Number(readFileSync(`/proc/${child}/statm`, 'latin1').split(' ')[1]);
  }
  return pages * 4096;
}

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}

function csv(samples: readonly Sample[]): string {
  const names = Object.keys(samples[0]!) as (keyof Sample)[];
  return (
    [names.join(','), ...samples.map((sample) => names.map((name) => sample[name]).join(','))].join('\n') +
    '\n'
  );
}

function figure(value: number): string {
  return Math.abs(value) >= 1000 ? String(Math.round(value)) : String(Math.round(value * 1000) / 1000);
}
