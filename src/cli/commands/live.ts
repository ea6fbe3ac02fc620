/** `lanscope live`: interfaces in, a report out when it is ended. */
import type { Argv } from 'yargs';
import type { ExitCode } from '../../bytes/error.ts';
import { DEFAULT_OFFLOAD } from '../../capture/live/backend.ts';
import { ANY_INTERFACE, listInterfaces } from '../../capture/live/interfaces.ts';
import { openLive } from '../../capture/live/live-source.ts';
import type { Report } from '../../report/schema.ts';
import { type LiveProbe, type LiveRun, type LiveStatus, runLive } from '../../serve/live.ts';
import { parseListenAddress } from '../../serve/metrics/address.ts';
import { outlasting } from '../../serve/outlasting-output.ts';
import { Recording } from '../../serve/record/recording.ts';
import { dropPrivileges, findUser, NEEDS } from '../../serve/privileges/drop.ts';
import { MODE_NOTICE, Vantage } from '../../serve/vantage.ts';
import { deliverReport, writeReportFiles } from '../deliver-report.ts';
import { detectSettings } from '../detect-options.ts';
import { stopOnInterrupt } from '../interrupt.ts';
import { openDisplay } from '../live-display.ts';
import { amountsOf, type LiveAmounts, type LiveArguments, liveOptions } from '../live-options.ts';
import { chosenModel, type ModelArguments, modelOption } from '../model-option.ts';
import { outputsOf, requireWritableOutputs } from '../output-options.ts';
import { selectionOf } from '../selection.ts';
import { requireStillWritable } from '../still-writable.ts';
import { requireSaveWithDb, storePath } from '../store-option.ts';
import { version } from '../version.ts';

export function options(yargs: Argv) {
  return modelOption(liveOptions(yargs))
    .example('lanscope live -i eth0', 'until Ctrl-C, then the report')
    .example(
      'lanscope live -i eth1 --mode span --duration 1h -o report.json --record hour.pcapng -q',
      'an hour at a mirror port',
    )
    .example(
      'lanscope live -i eth0 --headless --metrics 9108 --record lan.pcapng --record-size 100MB --record-keep 10',
      'a service that keeps its last gigabyte',
    )
    .epilogue(
      "Through eBPF times are the kernel's and dropped packets are counted. libpcap through the package cap gives neither: times are those of arrival in lanscope.",
    );
}

export async function run(args: LiveArguments & ModelArguments): Promise<ExitCode> {
  requireSaveWithDb(args);
  const amounts = amountsOf(args);
  if (args.user !== undefined) findUser(args.user);
  const address = args.metrics === undefined ? null : parseListenAddress('--metrics', args.metrics);
  await requireWritableOutputs(args);
  const settings = await detectSettings(args);
  const selection = selectionOf(args);
  const model = await chosenModel(args.model);
  const knowledge = args.fingerprints === undefined ? undefined : await knowledgeWith(args.fingerprints);
  const report = await capture(args, amounts, address, {
    ...settings,
    ...(selection === null ? {} : { selection }),
    ...(knowledge === undefined ? {} : { knowledge }),
    ...(model === undefined ? {} : { model }),
  });
  return deliverReport(report, args);
}

const BACKEND_NAME = { ebpf: 'eBPF', libpcap: 'libpcap' } as const;

async function capture(
  args: LiveArguments,
  amounts: LiveAmounts,
  address: ReturnType<typeof parseListenAddress> | null,
  chosen: Pick<LiveRun, 'config' | 'baseline' | 'selection' | 'knowledge' | 'model'>,
): Promise<Report> {
  const { mode } = args;
  const interfaces = [...new Set(args.interface)];
  const { headless, quiet = false } = args;
  const display = await openDisplay({
    title: `${interfaces.join(', ')}, mode ${mode}`,
    quiet,
    headless,
    onQuit: () => interrupt.interrupt(),
  });
  const { say } = display;
  const isWatched = (name: string): boolean =>
    interfaces.includes(name) || interfaces.includes(ANY_INTERFACE);
  const vantage = new Vantage(listInterfaces().filter(({ name }) => isWatched(name)));
  const recording = args.record === undefined ? null : await recordingOf(args, args.record, amounts, say);
  const outputs = outputsOf(args, chosen.model !== undefined).map((output) => outlasting(output, say));
  const metrics =
    address === null ? null : await startMetrics(interfaces, address, recording, outputs.length > 0, say);
  const ended = new AbortController();
  const interrupt = stopOnInterrupt(() => display.stop());
  interrupt.signal.addEventListener('abort', () => ended.abort());
  let timer: NodeJS.Timeout | undefined;
  let judged = '';
  const source = openLive(interfaces, {
    kernelBufferBytes: amounts.kernelBufferBytes,
    onNotice: say,
    backend: args.backend,
    ...(args.offload ? { offload: DEFAULT_OFFLOAD } : {}),
    onOpen({ backend, how, because }) {
      const dropped = args.keepPrivileges
        ? 'privileges are kept (--keep-privileges)'
        : dropPrivileges({ ...NEEDS[backend], user: args.user });
      if (args.user !== undefined) requireStillWritable(args.user, writtenLater(args));
      display.begin();
      if (dropped !== '') say(dropped);
      if (because !== '') say(`no eBPF: ${because}`);
      say(
        `capturing on ${interfaces.join(', ')} through ${BACKEND_NAME[backend]} (${how}); ${MODE_NOTICE[mode]}`,
      );
      metrics?.opened();
      if (amounts.duration !== undefined) timer = setTimeout(() => ended.abort(), amounts.duration * 1000);
    },
  });
  const onStatus = (status: LiveStatus): void => {
    display.onStatus?.(status);
    const doubt = vantage.judge(mode);
    if (doubt !== '' && judged === '') say((judged = doubt));
  };
  try {
    return await runLive({
      ...chosen,
      source,
      outputs,
      recording,
      probes: [display.probe, ...(metrics?.probes ?? [])],
      signal: ended.signal,
      onBatch: (batch) => vantage.add(batch),
      ...(quiet ? {} : { onStatus }),
      reportEverySeconds: amounts.reportEvery ?? 0,
      onReport: (report) => writeReportFiles(report, args),
      onNotice: say,
      version: version(),
    });
  } finally {
    clearTimeout(timer);
    display.stop();
    interrupt.release();
    await recording?.close();
    await metrics?.close();
  }
}

/** Files that are made or replaced when privileges are gone. */
function writtenLater(args: LiveArguments): string[] {
  const isRotated = args.recordSize !== undefined || args.recordEvery !== undefined;
  const paths = [
    args.output,
    args.html,
    isRotated ? args.record : undefined,
    args.save ? storePath(args) : undefined,
  ];
  return paths.filter((path) => path !== undefined);
}

function recordingOf(
  { recordKeep }: LiveArguments,
  path: string,
  { recordBytes, recordEvery }: LiveAmounts,
  onNotice: (text: string) => void,
): Promise<Recording> {
  return Recording.create({
    path,
    ...(recordBytes === undefined ? {} : { maxBytes: recordBytes }),
    ...(recordEvery === undefined ? {} : { everySeconds: recordEvery }),
    ...(recordKeep === undefined ? {} : { keep: recordKeep }),
    onNotice,
  });
}

interface RunningMetrics {
  readonly probes: readonly LiveProbe[];
  opened(): void;
  close(): Promise<void>;
}

/** Loaded when asked for: most runs need no HTTP. */
async function startMetrics(
  interfaces: readonly string[],
  address: ReturnType<typeof parseListenAddress>,
  recording: Recording | null,
  hasOutputs: boolean,
  onNotice: (text: string) => void,
): Promise<RunningMetrics> {
  const [{ createHealth }, { createMetrics }, { startMetricsServer }] = await Promise.all([
    import('../../serve/metrics/health.ts'),
    import('../../serve/metrics/registry.ts'),
    import('../../serve/metrics/server.ts'),
  ]);
  const health = createHealth(
    interfaces,
    hasOutputs ? 'outputs' : recording === null ? 'analysis' : 'record',
  );
  const check = () => health.check();
  const metrics = createMetrics({
    version: version(),
    check,
    ...(recording === null ? {} : { isRecordingPaused: () => recording.isPaused }),
  });
  const server = await startMetricsServer({
    address,
    exposition: () => metrics.exposition(),
    check,
    onNotice,
  });
  return { probes: [health, metrics], opened: () => health.opened(), close: () => server.close() };
}

async function knowledgeWith(folder: string) {
  const { extendKnowledge } = await import('../../fingerprint/knowledge.ts');
  return extendKnowledge(folder);
}
