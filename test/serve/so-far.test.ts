import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import type { LiveSource } from '../../src/capture/live/live-source.ts';
import { openCaptures } from '../../src/capture/open.ts';
import { DEFAULT_CONFIG, type EngineConfig } from '../../src/engine/config.ts';
import { LiveView } from '../../src/engine/live-view.ts';
import type { Pipeline } from '../../src/engine/pipeline.ts';
import type { Report } from '../../src/report/schema.ts';
import { type LiveProbe, runLive } from '../../src/serve/live.ts';

const CORPUS = join(import.meta.dirname, '../../corpus');
const ROUTER = '50:c7:bf:10:20:01';
const LAPTOP = '3c:a9:f4:11:22:33';

/** A capture, and then a silent wire until it is stopped. */
function wireOf(capture: string): LiveSource {
  const source = openCaptures([join(CORPUS, capture)]);
  let stop = (): void => {};
  const stopped = new Promise<void>((resolve) => (stop = resolve));
  async function* batches() {
    yield* source;
    await stopped;
  }
  return { inputs: source.inputs, stop, close: () => source.close(), [Symbol.asyncIterator]: batches };
}

interface Looked {
  readonly final: Report;
  readonly soFar: Report[];
  readonly view: LiveView;
  readonly foundOnTheWay: string[];
}

/** A run that is looked at in every way for two seconds, or not at all. */
async function run(capture: string, isLookedAt: boolean, config: EngineConfig): Promise<Looked> {
  const controller = new AbortController();
  const soFar: Report[] = [];
  const foundOnTheWay: string[] = [];
  let view!: LiveView;
  let ticks = 0;
  const watcher: LiveProbe = {
    begin: (pipeline: Pipeline) => (view = new LiveView(pipeline)),
    tick() {
      if (++ticks === 2) controller.abort();
      if (!isLookedAt) return;
      view.refresh(1);
      for (const line of view.lines) {
        view.describe(line);
        view.device(line.index);
      }
    },
  };
  const final = await runLive({
    source: wireOf(capture),
    signal: controller.signal,
    config,
    // The clock of the capture stands still: nothing times out.
    now: () => 0,
    probes: [watcher],
    reportEverySeconds: isLookedAt ? 0.5 : 0,
    onReport: (report) => Promise.resolve(void soFar.push(report)),
    onStatus: ({ news }) => foundOnTheWay.push(...news.findings.map(({ rule }) => rule)),
    version: '0',
  });
  return { final, soFar, view, foundOnTheWay };
}

const whoIsWho = ({ devices }: Report): unknown =>
  devices.map(({ id, addresses, roles, identity }) => ({
    id,
    addresses: addresses.map(({ address, sources }) => ({ address, sources })),
    roles,
    identity,
  }));

describe('before the end', () => {
  let looked!: Looked;
  let alone!: Looked;
  before(async () => {
    [looked, alone] = await Promise.all([
      run('home-lan/capture.pcapng', true, DEFAULT_CONFIG),
      run('home-lan/capture.pcapng', false, DEFAULT_CONFIG),
    ]);
  });

  test('a report knows whose addresses are whose and who is a router', () => {
    assert.ok(looked.soFar.length > 0);
    assert.deepEqual(whoIsWho(looked.soFar[0]!), whoIsWho(looked.final));
    const router = looked.soFar[0]!.devices.find(({ id }) => id === ROUTER)!;
    assert.ok(router.roles.includes('gateway'));
    assert.equal(router.identity.category, 'router');
    assert.ok(router.addresses.some(({ address }) => address === '192.168.77.1'));
  });

  test('so does the view', () => {
    const lineOf = (id: string) => looked.view.lines.find((line) => line.id === id)!;
    assert.equal(lineOf(LAPTOP).address, '192.168.77.100');
    assert.equal(lineOf(ROUTER).identity!.category, 'router');
  });

  test('looking changes nothing', () => {
    assert.deepEqual(
      { ...looked.final, run: null, inputs: null },
      { ...alone.final, run: null, inputs: null },
    );
  });
});

test('what is excepted by an address is not told on the way either', async () => {
  const all = await run('port-scan/capture.pcapng', false, DEFAULT_CONFIG);
  const { device, rule } = all.final.findings.find((finding) => finding.rule === 'port-scan')!;
  const { address } = all.final.devices.find(({ id }) => id === device)!.addresses[0]!;
  assert.ok(all.foundOnTheWay.includes(rule));
  const suppressions = [{ rule, device: address, peer: '', reason: 'ours', until: '' }];
  const config = { ...DEFAULT_CONFIG, detect: { ...DEFAULT_CONFIG.detect, suppressions } };
  const excepted = await run('port-scan/capture.pcapng', false, config);
  assert.ok(!excepted.foundOnTheWay.includes(rule));
});
