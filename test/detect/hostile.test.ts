/**
 * What an attacker would do to the detectors themselves: ever new addresses, names and ports. Whatever comes, the heap
 * levels off, and what one actor does stays one finding.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { formatIpv4, formatMac } from '../../src/bytes/address.ts';
import { openMemory } from '../../src/capture/memory.ts';
import { DEFAULT_DETECT_CONFIG } from '../../src/detect/config.ts';
import { mix } from '../../src/detect/distinct.ts';
import { collectFindings } from '../../src/detect/list.ts';
import type { Finding } from '../../src/detect/finding.ts';
import { DEFAULT_CONFIG } from '../../src/engine/config.ts';
import { Pipeline } from '../../src/engine/pipeline.ts';
import { dns } from './dns-message.ts';
import { CAMERA, type Host, INTRUDER, LAPTOP, remote, ROUTER, Scene, SYN } from './scene.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const CHUNK = 10_000;
/** Steps until every bound is reached, and steps after that. */
const FILL = 40_000;
const MORE = 20_000;
/** Growth that is noise: less than a small object a step. */
const NOISE_BYTES = 3e6;
/** Findings of one flood at most: some are of single new devices or servers. */
const MAX_FINDINGS = 110;

const config = { ...DEFAULT_CONFIG, detect: { ...DEFAULT_DETECT_CONFIG, learnSeconds: 5 } };

/** Another address for each `i`, out of all 2^32 that are not of a group, private or reserved. */
const anyIp = (i: number): string => formatIpv4((mix(i) % 0x3000_0000) + 0x5000_0000);
const anyMac = (i: number): string => formatMac(0x0200_0000_0000 + (mix(i) % 0x100_0000) * 0x100 + (i & 255));
const anyName = (i: number): string => `${mix(i).toString(36)}${mix(i + 1).toString(36)}`;
const neighbour = (i: number): Host => ({
  mac: anyMac(i),
  ip: `10.${(i >>> 16) & 255}.${(i >>> 8) & 255}.${i & 255}`,
});

/** Rules of which a flood is exactly one finding. */
const ONE: Readonly<Record<string, readonly string[]>> = {
  'a scan of all addresses': ['host-scan'],
  'a scan of all ports of all addresses': ['host-scan'],
  'a million forged MAC addresses': ['mac-flood', 'dhcp-starvation'],
  'forged sources': ['syn-flood', 'udp-flood'],
  'forged claims': ['mac-flood'],
  'names without end': ['dga'],
  'echoes without end': ['host-scan'],
};

const FLOODS: Readonly<Record<string, (scene: Scene, i: number, at: number) => unknown>> = {
  'a scan of all addresses': (s, i, at) =>
    s.unanswered(at, INTRUDER, remote(anyIp(i)), 23, 1024 + (i % 60_000)),
  'a scan of all ports of all addresses': (s, i, at) =>
    s.unanswered(at, INTRUDER, remote(anyIp(i)), mix(i) & 0xffff, 40_000),
  'a million forged MAC addresses': (s, i, at) =>
    i % 2 === 0
      ? s.arpRequest(at, neighbour(i), ROUTER.ip)
      : s.dhcp(at, {
          client: anyMac(i),
          type: 1,
          transaction: i,
          hostName: anyName(i),
          parameters: [1, i & 255],
        }),
  'forged sources': (s, i, at) =>
    i % 2 === 0
      ? s.tcp(at, remote(anyIp(i)), CAMERA, [1024 + (i % 60_000), 80], SYN)
      : s.udp(at, remote(anyIp(i)), LAPTOP, [1024 + (i % 60_000), 1900], 40),
  'forged claims': (s, i, at) =>
    i % 3 === 0
      ? s.arpReply(at, { mac: anyMac(i), ip: `192.168.1.${i & 255}` }, LAPTOP)
      : i % 3 === 1
        ? s.dhcp(at, {
            client: LAPTOP.mac,
            type: 2,
            transaction: i,
            server: neighbour(i),
            yourIp: '192.168.1.50',
            router: neighbour(i).ip,
          })
        : s.udp(at, neighbour(i), LAPTOP, [5355, 50_000], dns(i & 0xffff, anyName(i), 1, neighbour(i).ip)),
  'names without end': (s, i, at) => {
    const question = dns(i & 0xffff, `${anyName(i)}${anyName(i + 7)}.${anyName(i >>> 3)}.com`, 16);
    if (i % 2 === 0) return s.udp(at, CAMERA, ROUTER, [1024 + (i % 60_000), 53], question);
    question[2] = 0x81;
    question[3] = 0x83;
    return s.udp(at, ROUTER, CAMERA, [53, 1024 + (i % 60_000)], question);
  },
  'echoes without end': (s, i, at) => s.echo(at, CAMERA, remote(anyIp(i)), i % 1000),
};

/** Steps a second: scans slow enough for their attempts to time out meanwhile, floods as fast as floods are. */
const rateOf = (name: string): number => (name.startsWith('a scan') ? 300 : 10_000);

/** Steps `from` to `to`. */
async function feed(
  rate: number,
  pipeline: Pipeline,
  step: (typeof FLOODS)[string],
  from: number,
  to: number,
): Promise<void> {
  for (let start = from; start < to; start += CHUNK) {
    const scene = new Scene();
    if (start === 0) scene.resolve(0, INTRUDER, ROUTER).resolve(0, CAMERA, ROUTER).resolve(0, LAPTOP, ROUTER);
    for (let i = start; i < Math.min(to, start + CHUNK); i++) step(scene, i, 1 + i / rate);
    for await (const batch of openMemory(scene.pcap())) pipeline.process(batch);
  }
}

function heapBytes(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

function findingsOf({ detectors, devices }: Pipeline): Finding[] {
  return collectFindings(detectors, config.detect, devices);
}

for (const [name, step] of Object.entries(FLOODS)) {
  test(`${name}: bounded memory, few findings`, async (t) => {
    const pipeline = new Pipeline({ config, selection: null, outputs: [] });
    await feed(rateOf(name), pipeline, step, 0, FILL);
    const full = heapBytes();
    await feed(rateOf(name), pipeline, step, FILL, FILL + MORE);
    const growth = heapBytes() - full;
    t.diagnostic(
      `${Math.round(growth / 1000)} kB more after ${MORE} steps more; ${Math.round(full / 1e6)} MB before`,
    );
    pipeline.finish();
    const findings = findingsOf(pipeline);
    const byRule = new Map<string, number>();
    for (const { rule } of findings) byRule.set(rule, (byRule.get(rule) ?? 0) + 1);
    for (const rule of ONE[name]!) assert.equal(byRule.get(rule), 1, rule);
    assert.ok(findings.length <= MAX_FINDINGS, JSON.stringify([...byRule]));
    assert.ok(growth < NOISE_BYTES, `${growth} bytes`);
  });
}
