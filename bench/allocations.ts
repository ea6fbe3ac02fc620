/**
 * What an analysis allocates on V8's heap, by room and by function, collected or not:
 *   npm run bench:allocations -- [capture…] [--kinds small,mixed] [--megabytes 1000] [--top 12] [--held]
 * V8's sampling heap profiler counts one of so many bytes, so figures are estimates; what belongs to messages, connections
 * and devices is allowed to be there, what belongs to packets is not: per packet it must be next to nothing where there are few
 * messages (`small`, `large`). Buffers outside of the heap do not count. `--held`: only what is still held when the report is made,
 * for whoever looks for what fills the memory.
 */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { type HeapProfiler, Session } from 'node:inspector/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { captureOf } from '../scripts/large-capture/capture.ts';
import { analyze } from '../src/engine/analyze.ts';
import { tuneV8, tuneV8After } from '../src/launch/v8-flags.ts';
import { allocatedBy, modulesOf } from './allocations/attribution.ts';

const SAMPLING_INTERVAL_BYTES = 16_384;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kinds: { type: 'string', default: 'small,mixed' },
    megabytes: { type: 'string', default: '1000' },
    top: { type: 'string', default: '12' },
    held: { type: 'boolean', default: false },
  },
});

async function profileOf(
  capture: string,
): Promise<{ profile: HeapProfiler.SamplingHeapProfile; packets: number; flows: number }> {
  const session = new Session();
  session.connect();
  await session.post('HeapProfiler.startSampling', {
    samplingInterval: SAMPLING_INTERVAL_BYTES,
    // What is garbage by now was allocated, too.
    includeObjectsCollectedByMajorGC: !values.held,
    includeObjectsCollectedByMinorGC: !values.held,
  } as HeapProfiler.StartSamplingParameterType);
  const { report } = await analyze({ paths: [capture], version: 'bench', source: { noHash: true } });
  const { profile } = await session.post('HeapProfiler.stopSampling');
  const { rss, heapTotal, heapUsed, arrayBuffers } = process.memoryUsage();
  const told = Object.entries({ rss, heapTotal, heapUsed, arrayBuffers });
  console.log(
    `at the end, MB: ${told.map(([name, bytes]) => `${name} ${(bytes / 1e6).toFixed(0)}`).join(', ')}\n`,
  );
  session.disconnect();
  return { profile, packets: report.totals.packets, flows: report.totals.flows };
}

function show(name: string, bytes: number, packets: number): string {
  return `| ${name} | ${(bytes / 1e6).toFixed(1)} | ${(bytes / packets).toFixed(2)} |`;
}

tuneV8();
tuneV8After(Number.POSITIVE_INFINITY);
const moduleAt = modulesOf(readFileSync(fileURLToPath(import.meta.url), 'utf8'));
const scratch = mkdtempSync(join(tmpdir(), 'lanscope-bench-'));
try {
  for (const of of positionals.length > 0 ? positionals : values.kinds.split(',')) {
    let path = of;
    if (positionals.length === 0) {
      path = join(scratch, `${of}.pcap`);
      const file = openSync(path, 'w');
      const extent = { maxBytes: Number(values.megabytes) * 1e6 };
      for (const { bytes } of captureOf(of, 1, extent)) writeSync(file, bytes);
      closeSync(file);
    }
    const { profile, packets, flows } = await profileOf(path);
    const { rooms, functions, total } = allocatedBy(profile.head, moduleAt);
    console.log(`${basename(path)}: ${packets} packets, ${flows} flows\n`);
    console.log('| room | MB | bytes per packet |\n|---|---|---|');
    for (const [room, bytes] of rooms) console.log(show(room, bytes, packets));
    console.log(`${show('all', total, packets)}\n`);
    console.log('| function | MB | bytes per packet |\n|---|---|---|');
    for (const [name, bytes] of functions.slice(0, Number(values.top)))
      console.log(show(name, bytes, packets));
    console.log('');
    if (positionals.length === 0) rmSync(path);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
