/**
 * Captures are played on a wire; what live mode says of it, through each backend, is what analyze says of a recording
 * that tcpdump made of the same wire meanwhile.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { Backend } from '../../src/capture/live/backend.ts';
import { loadCap } from '../../src/capture/live/cap-addon.ts';
import { openLive } from '../../src/capture/live/live-source.ts';
import { openCaptures } from '../../src/capture/open.ts';
import type { Report } from '../../src/report/schema.ts';
import { runLive } from '../../src/serve/live.ts';
import { enterOwnNetwork, makeWire, removeWires } from '../capture/live/own-network.ts';
import { whyNoEbpf } from '../capture/live/why-no-ebpf.ts';
import { ROOT } from '../cli/command.ts';

const WIRE = 'wire0';
const FAR = 'far0';
/** Between the last packet and the end: longer than anybody holds one back. */
const SETTLE_MS = 400;
const MOST_TRIES = 3;

/** Captures of the corpus, what must be found in them, and how fast tcpreplay plays them: as they were, or as it can. */
const PLAYED: readonly (readonly [capture: string, finding: string, ...speed: readonly string[]])[] = [
  ['home-lan', '', '--topspeed'],
  ['port-scan', 'port-scan', '--topspeed'],
  ['port-scan', 'port-scan', '--multiplier', '1'],
];

function whyNot(): string | false {
  for (const [program, version] of [
    ['tcpreplay', '-V'],
    ['tcpdump', '--version'],
  ] as const) {
    if (spawnSync(program, [version]).error !== undefined) return `needs ${program}`;
  }
  return enterOwnNetwork();
}

function whyNotBackend(backend: Backend): string | false {
  if (backend === 'ebpf') return whyNoEbpf();
  try {
    loadCap();
    return false;
  } catch (error) {
    return (error as Error).message;
  }
}

/** What does not depend on the microsecond at which a packet was stamped. */
function essence({ devices, findings, totals, issues }: Report) {
  return {
    devices: devices.map(({ id, vendor, addresses, names, identity }) => ({
      id,
      vendor,
      addresses: addresses.map(({ address }) => address),
      names,
      identity,
    })),
    findings: findings.map(({ rule, severity, device, peer }) => ({ rule, severity, device, peer })),
    packets: totals.packets,
    bytes: totals.bytes,
    issues,
  };
}

const folder = mkdtempSync(join(tmpdir(), 'lanscope-parity-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const never = new AbortController().signal;

async function analyzed(capture: string): Promise<Report> {
  return runLive({
    source: Object.assign(openCaptures([capture]), { stop() {} }),
    signal: never,
    version: '0',
  });
}

/** A capture played onto a wire, as live capture reports it and as the analysis of a recording of that wire does. */
async function heard(
  backend: Backend,
  capture: string,
  speed: readonly string[],
): Promise<{ report: Report; reference: Report }> {
  removeWires();
  makeWire(WIRE, FAR);
  const recording = join(folder, 'tcpdump.pcap');
  // With its usual snap length its buffer has room for few packets, and it is tcpdump that loses some.
  const tcpdump = spawn(
    'tcpdump',
    ['-i', WIRE, '-U', '--immediate-mode', '-s', '9100', '-B', '65536', '-w', recording],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  await once(tcpdump.stderr, 'data');
  const ending = new AbortController();
  const play = async (): Promise<void> => {
    const args = ['-q', '-i', FAR, ...speed, join(ROOT, 'corpus', capture, 'capture.pcapng')];
    const tcpreplay = spawn('tcpreplay', args, { stdio: 'ignore' });
    assert.deepEqual(await once(tcpreplay, 'exit'), [0, null]);
    await new Promise((done) => setTimeout(done, SETTLE_MS));
    tcpdump.kill('SIGINT');
    await once(tcpdump, 'exit');
    ending.abort();
  };
  let played: Promise<void> = Promise.resolve();
  const onOpen = (): void => void (played = play());
  const report = await runLive({
    source: openLive([WIRE], { backend, onOpen }),
    signal: ending.signal,
    version: '0',
  });
  await played;
  return { report, reference: await analyzed(recording) };
}

describe('live is analyze of the same wire', { skip: whyNot() }, () => {
  after(removeWires);
  for (const backend of ['ebpf', 'libpcap'] as const) {
    for (const [capture, finding, ...speed] of PLAYED) {
      test(
        `${capture}, ${speed.join(' ')}, through ${backend}`,
        { skip: whyNotBackend(backend) },
        async () => {
          let { report, reference } = await heard(backend, capture, speed);
          // A busy machine loses packets of a burst, and libpcap's addon does not say so.
          for (let n = 1; n < MOST_TRIES && report.totals.packets !== reference.totals.packets; n++) {
            ({ report, reference } = await heard(backend, capture, speed));
          }
          assert.ok(reference.devices.length > 1);
          if (finding !== '') assert.ok(reference.findings.some(({ rule }) => rule === finding));
          assert.deepEqual(essence(report), essence(reference));
        },
      );
    }
  }
});
