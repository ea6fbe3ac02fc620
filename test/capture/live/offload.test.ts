/**
 * Counting in the kernel: two captures look at the same wire at the same time, one of which copies everything. Both must
 * tell the same of it.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { DEFAULT_OFFLOAD } from '../../../src/capture/live/backend.ts';
import { EbpfCapture, type EbpfOptions } from '../../../src/capture/live/ebpf/ebpf-capture.ts';
import { openLive } from '../../../src/capture/live/live-source.ts';
import { newSourceInfo } from '../../../src/capture/source.ts';
import { DEFAULT_CONFIG } from '../../../src/engine/config.ts';
import { Pipeline } from '../../../src/engine/pipeline.ts';
import { ISSUE } from '../../../src/packet/issue.ts';
import { ether, ipv4, tcp, udp } from '../../packet/build-frame.ts';
import { PAYLOAD, bulk, closing, pcapOf } from './bulk.ts';
import { runLive } from '../../../src/serve/live.ts';
import { enterOwnNetwork, makeWire, removeWires, send } from './own-network.ts';
import { whyNoEbpf } from './why-no-ebpf.ts';

const skip = whyNoEbpf() || enterOwnNetwork();
const WIRE = 'wire0';
const FAR = 'far0';

interface Heard {
  readonly pipeline: Pipeline;
  /** By addresses, ports and protocol. */
  readonly flows: Map<string, object>;
  readonly copied: () => number;
  readonly drops: () => number;
  end(): Promise<void>;
}

function listen(options: Partial<EbpfOptions>): Heard {
  const info = newSourceInfo(WIRE);
  const capture = new EbpfCapture([WIRE], info, {
    kernelBufferBytes: 1 << 26,
    onNotice: () => {},
    ...options,
  });
  const flows = new Map<string, object>();
  const pipeline: Pipeline = new Pipeline({
    config: DEFAULT_CONFIG,
    selection: null,
    outputs: [
      {
        flowEnd(slot, table) {
          const ends = [table.origIp, table.respIp].map((ip) => ip.slice(slot * 4, slot * 4 + 4).join('.'));
          const key = `${ends.join(' ')} ${table.origPort[slot]} ${table.respPort[slot]} ${table.ipProtocol[slot]}`;
          flows.set(key, {
            packets: [table.origPackets[slot], table.respPackets[slot]],
            ipBytes: [table.origIpBytes[slot], table.respIpBytes[slot]],
            payload: [table.payloadBytes(slot, true), table.payloadBytes(slot, false)],
            flags: [table.origTcpFlags[slot], table.respTcpFlags[slot]],
            missed: table.missedBytes(slot),
            state: table.connState(slot),
          });
        },
        end: () => Promise.resolve(),
      },
    ],
  });
  const credit = (): void => {
    for (let traffic = capture.counted(); traffic; traffic = capture.counted()) pipeline.credit(traffic);
  };
  const reading = (async () => {
    for await (const batch of capture.batches()) {
      credit();
      pipeline.process(batch);
    }
    credit();
    pipeline.finish();
  })();
  return {
    pipeline,
    flows,
    copied: () => info.packets,
    drops: () => info.interfaces[0]!.drops,
    async end() {
      capture.stop();
      await reading;
      await capture.close();
    },
  };
}

const begun: Heard[] = [];

function both(options: Partial<EbpfOptions> = {}): readonly [whole: Heard, counted: Heard] {
  begun.push(listen(options), listen({ ...options, offload: DEFAULT_OFFLOAD }));
  return [begun[0]!, begun[1]!];
}

async function assertSame([whole, counted]: readonly [Heard, Heard]): Promise<void> {
  await whole.end();
  await counted.end();
  assert.equal(whole.drops() + counted.drops(), 0, 'nothing was dropped');
  const [a, b] = [whole.pipeline, counted.pipeline];
  assert.equal(b.totals.packets, a.totals.packets);
  assert.equal(b.totals.bytes, a.totals.bytes);
  assert.deepEqual(b.totals.protocols(), a.totals.protocols());
  assert.deepEqual(counted.flows, whole.flows);
  const traffic = ({ devices }: Pipeline): object[] =>
    devices.devices.map(({ id, index, evidence, names }) => ({
      id,
      evidence: [...evidence.keys()],
      names: [...names.keys()],
      ...devices.traffic(index),
    }));
  assert.deepEqual(traffic(b), traffic(a));
  const rules = ({ detectors }: Pipeline): string[] =>
    detectors.flatMap((detector) => detector.findings().map(({ rule, summary }) => `${rule} ${summary}`));
  assert.deepEqual(rules(b), rules(a));
  assert.equal(b.issues.count[ISSUE['flow/counted-apart']], 0);
}

async function replay(capture: string, ...options: readonly string[]): Promise<void> {
  const child = spawn('tcpreplay', ['-i', FAR, '--preload-pcap', ...options, capture], { stdio: 'ignore' });
  assert.equal((await once(child, 'close'))[0], 0);
}

const corpus = (name: string): string => join(import.meta.dirname, `../../../corpus/${name}/capture.pcapng`);
const noReplay = spawnSync('tcpreplay', ['--version']).error === undefined ? false : 'needs tcpreplay';

const WAYS: Readonly<Record<string, NonNullable<EbpfOptions['without']>>> = {
  'as this kernel has it': {},
  'before Linux 5.6: one by one, perf events': { ringBuffers: true, batches: true },
};

for (const [way, without] of Object.entries(WAYS)) {
  describe(`counting in the kernel, ${way}`, { skip }, () => {
    beforeEach(() => makeWire(WIRE, FAR));
    afterEach(async () => {
      for (const heard of begun.splice(0)) await heard.end();
      removeWires();
    });

    test('of long flows the beginnings are copied, and nothing is missing in the counts', async () => {
      const heard = both({ without });
      for (let n = 0; n < 400; n++) {
        for (const frame of bulk(n)) send(FAR, frame);
      }
      for (const frame of closing(400)) send(FAR, frame);
      await assertSame(heard);
      const [whole, counted] = heard;
      assert.equal(whole.copied(), counted.pipeline.totals.packets);
      assert.ok(
        counted.copied() < whole.copied() / 5,
        `${counted.copied()} of ${whole.copied()} were copied`,
      );
    });

    test('discovery, groups, fragments and what is neither TCP nor UDP are always copied', async () => {
      const heard = both({ without });
      const repeated = [
        ether({}, ipv4({ protocol: 17 }, udp({ ports: [5353, 5353] }, PAYLOAD))),
        ether({}, ipv4({ protocol: 17 }, udp({ ports: [40_000, 4789] }, PAYLOAD))),
        ether(
          { dst: '01:00:5e:00:00:fb' },
          ipv4({ dst: '224.0.0.251', protocol: 17 }, udp({ ports: [7, 7] })),
        ),
        ether({}, ipv4({ protocol: 17, moreFragments: true }, udp({ ports: [40_001, 40_001] }, PAYLOAD))),
        ether({}, ipv4({ protocol: 47 }, PAYLOAD)),
        ether({}, ipv4({}, tcp({ flags: 2 }))),
      ];
      for (let n = 0; n < 60; n++) for (const frame of repeated) send(FAR, frame);
      for (const listener of heard) await listener.end();
      assert.equal(heard[0].copied(), 60 * repeated.length);
      assert.equal(heard[1].copied(), heard[0].copied());
    });

    for (const name of ['home-lan', 'office-lan']) {
      const missing = noReplay || (existsSync(corpus(name)) ? false : 'needs the corpus');
      test(`${name}: devices, flows and findings are those of whole copies`, { skip: missing }, async () => {
        const heard = both({ without });
        await replay(corpus(name), '--topspeed');
        await assertSame(heard);
      });
    }
  });
}

describe('counting in the kernel at speed', { skip: skip || noReplay }, () => {
  beforeEach(() => makeWire(WIRE, FAR));
  afterEach(async () => {
    for (const heard of begun.splice(0)) await heard.end();
    removeWires();
  });

  test('400,000 packets at 200,000/s while counters are taken out: none is lost', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lanscope-offload-'));
    try {
      const frames = Array.from({ length: 100 }, (_, n) => bulk(n + 1)).flat();
      const capture = join(folder, 'bulk.pcap');
      writeFileSync(capture, pcapOf(frames));
      begun.push(listen({ offload: DEFAULT_OFFLOAD }));
      const [counted] = begun;
      const times = 1000;
      await replay(capture, '--pps=200000', `--loop=${times}`);
      await counted!.end();
      const { totals, issues } = counted!.pipeline;
      assert.equal(counted!.drops(), 0);
      assert.equal(totals.packets, frames.length * times);
      assert.equal(totals.bytes, frames.reduce((sum, { length }) => sum + length, 0) * times);
      assert.equal(issues.count[ISSUE['flow/counted-apart']], 0);
      assert.ok(counted!.copied() < 100, `${counted!.copied()} were copied`);
      const packets = [...counted!.flows.values()].flatMap((flow) => (flow as { packets: number[] }).packets);
      assert.equal(
        packets.reduce((sum, n) => sum + n, 0),
        frames.length * times,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('counting in the kernel in a live run', { skip }, () => {
  beforeEach(() => makeWire(WIRE, FAR));
  afterEach(removeWires);

  test('the report holds all packets', async () => {
    const ended = new AbortController();
    const rounds = 300;
    const report = await runLive({
      source: openLive([WIRE], {
        backend: 'ebpf',
        offload: DEFAULT_OFFLOAD,
        onOpen() {
          for (let n = 0; n < rounds; n++) for (const frame of bulk(n)) send(FAR, frame);
          setTimeout(() => ended.abort(), 1500);
        },
      }),
      signal: ended.signal,
      version: '0',
    });
    const frames = Array.from({ length: rounds }, (_, n) => bulk(n)).flat();
    assert.equal(report.totals.packets, frames.length);
    assert.equal(
      report.totals.bytes,
      frames.reduce((sum, { length }) => sum + length, 0),
    );
  });
});

describe('counting in the kernel when there is no room', { skip }, () => {
  beforeEach(() => makeWire(WIRE, FAR));
  afterEach(async () => {
    for (const heard of begun.splice(0)) await heard.end();
    removeWires();
  });

  test('flows beyond the room for counters are copied', async () => {
    const ROOM = 65_536;
    const FLOWS = 70_000;
    begun.push(listen({ offload: { packets: 1, bytes: 1 } }));
    const [counted] = begun;
    const frame = Buffer.from(ether({}, ipv4({ protocol: 17 }, udp({ ports: [40_000, 9001] }, PAYLOAD))));
    // Counters are taken out by this thread, so not while it sends.
    for (let n = 0; n < FLOWS; n++) {
      frame.writeUInt32BE(0x0a00_0000 + n, 26);
      send(FAR, frame);
      send(FAR, frame);
    }
    await counted!.end();
    assert.equal(counted!.drops(), 0);
    assert.equal(counted!.pipeline.totals.packets, 2 * FLOWS);
    assert.equal(counted!.pipeline.totals.bytes, 2 * FLOWS * frame.length);
    assert.ok(counted!.copied() >= 2 * FLOWS - ROOM && counted!.copied() < 2 * FLOWS - ROOM / 2);
  });
});

test('libpcap does not count in the kernel, and says so', async () => {
  const source = openLive(['lo'], { backend: 'libpcap', offload: DEFAULT_OFFLOAD });
  await assert.rejects(async () => {
    for await (const batch of source) void batch;
  }, /Only eBPF counts packets in the kernel/);
});
