/** An analysis in two threads says what one in a single thread says. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { LanscopeError } from '../../src/bytes/error.ts';
import { findCaptures } from '../../src/capture/find-captures.ts';
import { openMemory } from '../../src/capture/memory.ts';
import { analyze, type AnalyzeOptions } from '../../src/engine/analyze.ts';
import { DEFAULT_CONFIG } from '../../src/engine/config.ts';
import { Learning } from '../../src/engine/learning.ts';
import { Pipeline } from '../../src/engine/pipeline.ts';
import { Parcel, type Sent } from '../../src/engine/relay/parcel.ts';
import { Player } from '../../src/engine/relay/player.ts';
import { Recorder } from '../../src/engine/relay/recorder.ts';
import { newSharedState } from '../../src/engine/relay/shared.ts';
import { Totals } from '../../src/engine/totals.ts';
import { Traffic } from '../../src/engine/traffic.ts';
import { FlowTable } from '../../src/flow/table.ts';
import { ToldFlows } from '../../src/flow/told-flows.ts';
import { HotMemory } from '../../src/hot/memory.ts';
import { IssueCounter } from '../../src/packet/issue.ts';
import { EventFile } from '../../src/report/events/events.ts';
import { ZeekLogs } from '../../src/report/zeek/logs.ts';
import { writePcap } from '../capture/write-pcap.ts';
import { arbitraryStep, conversations, flowNotes, knowledgeOf, OPENING } from '../hot/conversations.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanscope-relay-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const corpus = join(import.meta.dirname, '../../corpus');

const CONFIG = { ...DEFAULT_CONFIG, flow: { ...DEFAULT_CONFIG.flow, inspectBytes: 64 } };

async function inOne(capture: Uint8Array): Promise<unknown> {
  const { flows, output } = flowNotes();
  const pipeline = new Pipeline({ config: CONFIG, selection: null, outputs: [output] });
  for await (const batch of openMemory(capture, { noHash: true })) pipeline.process(batch);
  pipeline.finish();
  return { flows, knowledge: knowledgeOf(pipeline) };
}

/** As two threads do it, in one: what is sent is played when more than `lag` parcels wait, as they come and go. */
async function relayed(capture: Uint8Array, batchSize: number, lags: readonly number[]): Promise<unknown> {
  const memory = HotMemory.open();
  try {
    const { flows: notes, output } = flowNotes();
    const shared = newSharedState(CONFIG.flow.maxFlows);
    const learning = new Learning(new ToldFlows(CONFIG.flow), new IssueCounter(), {
      config: CONFIG,
      outputs: [output],
    });
    const player = new Player(learning, shared);
    const waiting: Sent[] = [];
    let sent = 0;
    const recorder = new Recorder(shared, memory, (full, frameBytes) => {
      const { buffer, at: words, texts } = full;
      waiting.push({ buffer, words, texts, packets: 0, bytesRead: 0, totalBytes: 0 });
      const lag = lags[sent++ % lags.length]!;
      while (waiting.length > lag) player.play(waiting.shift()!);
      return Parcel.of(frameBytes);
    });
    const issues = new IssueCounter();
    const totals = new Totals();
    const flows = new FlowTable(CONFIG.flow, issues, recorder);
    recorder.watch(flows);
    const onTick = (seconds: number): void => recorder.tick(seconds);
    const parts = { selection: null, tap: null, memory, flows, issues, totals, onTick };
    const traffic = new Traffic({ ...parts, devices: recorder.ends, inspector: recorder });
    const { core } = memory;
    Object.assign(memory, {
      core: {
        ...core,
        run: (base: number, i: number, end: number) => {
          const stopped = core.run(base, i, end);
          inLane += stopped - i;
          return stopped;
        },
      },
    });
    for await (const batch of openMemory(capture, { noHash: true, batchSize, memory })) {
      traffic.decode(batch);
      traffic.take(batch);
      recorder.flush(true);
    }
    Object.assign(memory, { core });
    flows.end();
    recorder.ends.tell();
    recorder.flush(true);
    for (const rest of waiting) player.play(rest);
    learning.totals.absorb(totals.counts);
    learning.issues.absorb(issues);
    learning.conclude();
    return { flows: notes, knowledge: knowledgeOf(learning) };
  } finally {
    memory.close();
  }
}
let inLane = 0;

test('the same flows, devices, totals and issues, however late the learning is', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(arbitraryStep, { minLength: 40, maxLength: 120 }),
      fc.constantFrom(1, 5, 2048),
      fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 5 }),
      async (steps, batchSize, lags) => {
        const capture = writePcap(conversations([...OPENING, ...steps]));
        assert.deepEqual(await relayed(capture, batchSize, lags), await inOne(capture));
      },
    ),
    { numRuns: 120 },
  );
  assert.ok(inLane > 100, `only ${inLane} packets took the express lane`);
});

/** Report and files of an analysis, without what belongs to the run. */
async function results(options: Partial<AnalyzeOptions>, jobs: number): Promise<unknown> {
  const logs = join(folder, `logs-${jobs}`);
  const events = join(folder, `events-${jobs}.ndjson`);
  rmSync(logs, { recursive: true, force: true });
  const { report } = await analyze({
    paths: [],
    version: 'test',
    ...options,
    jobs,
    outputs: [new ZeekLogs(logs, 'tsv'), new EventFile(events)],
  });
  return {
    report: { ...report, run: null },
    logs: readdirSync(logs).map((name) => [name, readFileSync(join(logs, name), 'utf8')]),
    events: readFileSync(events, 'utf8'),
  };
}

test('the same report, logs and events of captures of every kind', async () => {
  const cases = ['encapsulations', 'home-lan', 'office-lan', 'port-scan'];
  for (const name of cases) {
    const paths = await findCaptures([join(corpus, name)]);
    assert.ok(paths.length > 0, name);
    assert.deepEqual(await results({ paths }, 2), await results({ paths }, 1), name);
  }
});

test('many parcels: the same report, whatever is read at once', async () => {
  const packets = conversations(
    Array.from({ length: 12_000 }, (_, n) => ({
      flow: n % 4,
      back: n % 3 === 0,
      kind: n % 997 === 0 ? n % 41 : 20,
      length: n % 5 === 0 ? 0 : 900,
      ttl: 64,
      wait: n % 50 === 0 ? 3e8 : 1e6,
    })),
  );
  const path = join(folder, 'many.pcap');
  writeFileSync(path, writePcap([...conversations(OPENING), ...packets]));
  const expected = await results({ paths: [path] }, 1);
  assert.deepEqual(await results({ paths: [path] }, 2), expected);
  const chunks = { chunkSize: 5000, batchSize: 17 };
  assert.deepEqual(await results({ paths: [path], source: chunks }, 2), expected);
});

test('a frame that is longer than a parcel gets one of its size', async () => {
  // Captures of USB hold such frames.
  const packets = [700_000, 60, 1_500_000, 200_000, 600_000, 700_000, 60, 60].map((length, n) => ({
    seconds: 1_700_000_000 + n,
    nanos: 0,
    bytes: new Uint8Array(length).fill(n),
    wireLen: length,
  }));
  const path = join(folder, 'long.pcap');
  writeFileSync(path, writePcap(packets, { linkType: LINKTYPE_USB_LINUX }));
  assert.deepEqual(await results({ paths: [path] }, 2), await results({ paths: [path] }, 1));
});
const LINKTYPE_USB_LINUX = 189;

test('what is no capture is refused in the same words', async () => {
  const path = join(folder, 'no-capture');
  writeFileSync(path, 'this is a text, and not a capture of anything');
  const refusal = async (paths: string[], jobs: number): Promise<unknown> => {
    const error: unknown = await analyze({ paths, version: 'test', jobs }).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof LanscopeError);
    return [error.code, error.message, error.hint];
  };
  for (const paths of [[path], [join(folder, 'not-there.pcap')]])
    assert.deepEqual(await refusal(paths, 2), await refusal(paths, 1));
});

test('an interrupted analysis ends with what was seen so far', async () => {
  const path = join(folder, 'many.pcap');
  const interrupt = new AbortController();
  const { report } = await analyze({
    paths: [path],
    version: 'test',
    jobs: 2,
    source: { chunkSize: 4096, batchSize: 8 },
    signal: interrupt.signal,
    onProgress: () => interrupt.abort(),
  });
  assert.equal(report.complete, false);
  assert.ok(report.totals.packets > 0 && report.totals.packets < 12_000, String(report.totals.packets));
});
