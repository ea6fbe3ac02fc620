/**
 * What a live run tells Prometheus. Counters are read from the pipeline when somebody asks; only the times of stages
 * are noted as they pass. Labels come from lists of this program (rules, severities, issue codes, stages), never from
 * the wire, so their number is bounded and none holds foreign text.
 */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { LiveSource } from '../../capture/live/live-source.ts';
import { countFindings } from '../../engine/finding-counts.ts';
import type { Pipeline } from '../../engine/pipeline.ts';
import { ISSUE_DEFINITIONS } from '../../packet/issue.ts';
import { type LiveProbe, STAGES } from '../live.ts';
import type { Health } from './health.ts';

export interface MetricsProbe extends LiveProbe {
  /** The text that Prometheus reads, with its content type. */
  exposition(): Promise<{ readonly contentType: string; readonly text: string }>;
}

export interface MetricsOptions {
  readonly version: string;
  readonly check: () => Health;
  /** Undefined when nothing is recorded. */
  readonly isRecordingPaused?: () => boolean;
}

/** Seconds: a batch takes from some microseconds to some hundred milliseconds; what is above is behind the wire. */
const STAGE_BUCKETS = [1e-5, 1e-4, 5e-4, 1e-3, 5e-3, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 5, 10];
const LOOP_PRECISION_MS = 20;
/** An answer stands for so long: who asks again and again costs little. */
const FRESH_MS = 500;

export function createMetrics(options: MetricsOptions): MetricsProbe {
  const registry = new Registry();
  const registers = [registry];
  let run: { readonly pipeline: Pipeline; readonly source: LiveSource } | null = null;
  let latest: Promise<string> | null = null;
  let latestMs = 0;

  const counter = (name: string, help: string, read: (pipeline: Pipeline, source: LiveSource) => number) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        if (run !== null) this.inc(read(run.pipeline, run.source));
      },
    });
  const gauge = (name: string, help: string, read: (pipeline: Pipeline, source: LiveSource) => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        if (run !== null) this.set(read(run.pipeline, run.source));
      },
    });

  new Gauge({ name: 'lanscope_build_info', help: 'Version', labelNames: ['version'], registers }).set(
    { version: options.version },
    1,
  );
  gauge('lanscope_healthy', '1 while /healthz answers 200', () => (options.check().ok ? 1 : 0));
  counter('lanscope_packets_total', 'Packets analyzed', ({ totals }) => totals.packets);
  counter('lanscope_bytes_total', 'Bytes of them on the wire', ({ totals }) => totals.bytes);
  counter(
    'lanscope_dropped_packets_total',
    'Packets lost before they were read, as far as is known',
    (_, source) => drops(source).reduce((sum, count) => sum + Math.max(0, count), 0),
  );
  gauge('lanscope_drops_known', '1 when the backend tells what it drops', (_, source) =>
    drops(source).length > 0 && drops(source).every((count) => count >= 0) ? 1 : 0,
  );
  gauge('lanscope_flows_active', 'Connections in the flow table', ({ flows }) => flows.statistics.active);
  counter('lanscope_flows_total', 'Connections seen', ({ flows }) => flows.statistics.created);
  counter(
    'lanscope_flows_evicted_total',
    'Connections ended early because the table was full',
    ({ flows }) => flows.statistics.evicted,
  );
  gauge('lanscope_devices', 'Devices seen', ({ devices }) => devices.devices.length);
  new Gauge({
    name: 'lanscope_findings',
    help: 'Findings so far',
    labelNames: ['rule', 'severity'],
    registers,
    collect() {
      this.reset();
      if (run === null) return;
      for (const { rule, severity, count } of countFindings(run.pipeline))
        this.set({ rule, severity }, count);
    },
  });
  new Counter({
    name: 'lanscope_issues_total',
    help: 'What was wrong with packets, or reached a bound',
    labelNames: ['layer', 'code'],
    registers,
    collect() {
      this.reset();
      const count = run?.pipeline.issues.count ?? [];
      for (const [index, { layer, code }] of ISSUE_DEFINITIONS.entries()) {
        if ((count[index] ?? 0) > 0) this.inc({ layer, code }, count[index]);
      }
    },
  });
  const { isRecordingPaused } = options;
  if (isRecordingPaused !== undefined) {
    gauge('lanscope_recording', '1 while packets are recorded, 0 while that is paused', () =>
      isRecordingPaused() ? 0 : 1,
    );
  }
  const stages = new Histogram({
    name: 'lanscope_stage_seconds',
    help: 'Time of a batch in each stage; arrival is the age of its last packet when it was taken up',
    labelNames: ['stage'],
    buckets: STAGE_BUCKETS,
    registers,
  });
  const observers = new Map(STAGES.map((stage) => [stage, stages.labels(stage)]));
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LOOP_PRECISION_MS });

  return {
    begin: (pipeline, source) => void (run = { pipeline, source }),
    stage: (stage, seconds) => observers.get(stage)!.observe(seconds),
    async exposition() {
      const nowMs = performance.now();
      if (latest === null || nowMs - latestMs > FRESH_MS) {
        latestMs = nowMs;
        latest = registry.metrics();
      }
      return { contentType: registry.contentType, text: await latest };
    },
  };
}

function drops(source: LiveSource): number[] {
  return source.inputs.flatMap(({ interfaces }) => interfaces.map((face) => face.drops));
}
