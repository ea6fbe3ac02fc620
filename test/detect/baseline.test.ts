/** What is normal: an earlier report, a time to learn in, gateways and suppressions. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkOf } from '../../src/detect/baseline.ts';
import { Habits } from '../../src/detect/habits.ts';
import { configFromSettings } from '../../src/engine/config.ts';
import { dns } from './dns-message.ts';
import { CAMERA, type Host, INTRUDER, LAPTOP, only, remote, ROUTER, Scene } from './scene.ts';

const CLOUD = remote('198.51.100.7');
const CLOUD_NEXT = remote('198.51.100.8');
const STRANGER = remote('203.0.113.9');
const HOUR = 3600;

/** The camera asks for its cloud and talks to it, to a clock without a name, and to the laptop. */
function usual(scene = new Scene(), cloud: Host = CLOUD): Scene {
  scene.resolve(0, CAMERA, ROUTER).resolve(1, LAPTOP, ROUTER).resolve(2, CAMERA, LAPTOP);
  scene.udp(3, CAMERA, ROUTER, [40_000, 53], dns(1, 'cloud.example.com'));
  scene.udp(3.1, ROUTER, CAMERA, [53, 40_000], dns(1, 'cloud.example.com', 1, cloud.ip));
  return scene
    .connection(4, CAMERA, cloud, 443, 41_000)
    .connection(5, CAMERA, remote('192.0.2.1'), 8000, 41_001)
    .connection(6, CAMERA, LAPTOP, 22, 41_002);
}

const NOVELTIES = new Set(['new-device', 'new-peer', 'new-domain']);

async function novelties(scene: Scene, learnSeconds = 0, before?: Scene): Promise<string[]> {
  const baseline = before === undefined ? undefined : await before.report();
  const findings = await scene.findings({ learnSeconds }, baseline);
  return findings
    .filter(({ rule }) => NOVELTIES.has(rule))
    .map(({ rule }) => rule)
    .sort();
}

test('baseline: the same network again is nothing new, also by the next address of the same service', async () => {
  assert.deepEqual(await novelties(usual(), 0, usual()), []);
  assert.deepEqual(await novelties(usual(new Scene(), CLOUD_NEXT), 0, usual()), []);
  const nextClock = usual().connection(9, CAMERA, remote('192.0.2.77'), 8000, 42_000);
  assert.deepEqual(await novelties(nextClock, 0, usual()), []);
});

test('new-device: one that the baseline does not have, from its first packet on', async () => {
  const scene = usual().resolve(8, INTRUDER, ROUTER);
  assert.deepEqual(await novelties(scene, 0, usual()), ['new-device']);
  const findings = await scene.findings({}, await usual().report());
  assert.equal(only(findings, 'new-device').device, INTRUDER.mac);
});

test('new-peer: an address without a name, and a neighbour, that a known device never talked to', async () => {
  const scene = usual()
    .connection(9, CAMERA, STRANGER, 4444, 42_000)
    .connection(10, LAPTOP, CAMERA, 80, 42_001);
  const findings = await scene.findings({}, await usual().report());
  const peers = findings.filter(({ rule }) => rule === 'new-peer');
  assert.deepEqual(peers.map(({ device, peer, severity }) => [device, peer, severity]).sort(), [
    [CAMERA.mac, STRANGER.ip, 'low'],
  ]);
  // The laptop was the camera's peer in the baseline, so the two know each other; nobody has to answer for attempts.
  const attempts = usual().unanswered(9, CAMERA, STRANGER, 4444);
  assert.deepEqual(await novelties(attempts, 0, usual()), []);
});

test('new-domain: a known device that asks for another domain; a host of a known one is none', async () => {
  const other = usual().udp(9, CAMERA, ROUTER, [40_001, 53], dns(2, 'c2.example.net'));
  const finding = only(await other.findings({}, await usual().report()), 'new-domain');
  assert.equal(finding.peer, 'example.net');
  assert.equal(finding.severity, 'low');
  const same = usual().udp(9, CAMERA, ROUTER, [40_001, 53], dns(2, 'firmware.example.com'));
  assert.deepEqual(await novelties(same, 0, usual()), []);
});

test('new-peer, new-domain: without a baseline and without learning nothing is called new', async () => {
  const scene = usual()
    .connection(HOUR, CAMERA, STRANGER, 4444, 42_000)
    .udp(HOUR, CAMERA, ROUTER, [40_001, 53], dns(2, 'c2.example.net'));
  assert.deepEqual(await novelties(scene), []);
});

test('learning: what is met in its time is normal, what comes after is new', async () => {
  const late = 1.5 * HOUR;
  const scene = usual()
    .resolve(0.9 * HOUR, INTRUDER, ROUTER)
    .connection(0.9 * HOUR, CAMERA, STRANGER, 4444, 42_000)
    .connection(late, CAMERA, STRANGER, 4444, 42_001)
    .connection(late, CAMERA, remote('192.0.2.200'), 8000, 42_002);
  assert.deepEqual(await novelties(scene, HOUR), []);
  const after = scene
    .connection(late, CAMERA, remote('198.18.0.1'), 4444, 42_003)
    .udp(late, CAMERA, ROUTER, [40_001, 53], dns(2, 'c2.example.net'))
    .resolve(late, { mac: '00:0c:29:00:00:77', ip: '192.168.1.77' }, ROUTER);
  assert.deepEqual(await novelties(after, HOUR), ['new-device', 'new-domain', 'new-peer']);
});

test('exfiltration: far more than the device ever sent, though not much as such', async () => {
  const upload = (bytes: number): Scene => {
    const scene = usual().tcp(10, CAMERA, STRANGER, [43_000, 443], 2, 0, 0);
    scene
      .tcp(10.01, STRANGER, CAMERA, [443, 43_000], 0x12, 0, 0)
      .tcp(10.02, CAMERA, STRANGER, [43_000, 443], 0x10);
    for (let sent = 0, i = 0; sent < bytes; sent += 1400, i++)
      scene.tcp(11 + i / 100, CAMERA, STRANGER, [43_000, 443], 0x18, 1400, 1 + sent);
    return scene;
  };
  const found = async (scene: Scene, before?: Scene): Promise<boolean> =>
    (await scene.findings({}, await before?.report())).some(({ rule }) => rule === 'exfiltration');
  assert.equal(await found(upload(6_000_000), usual()), true);
  assert.equal(await found(upload(6_000_000)), false);
  assert.equal(await found(upload(6_000_000), upload(2_000_000)), false);
});

test('the report says which baseline it was made with, and settings with lists are read back', async () => {
  const before = await usual().report();
  const suppressions = [{ rule: '*', device: '', peer: '', reason: 'x', until: '' }];
  const report = await usual().report(
    { suppressions, trusted: ['10.0.0.1'], learnSeconds: 60 },
    undefined,
    before,
  );
  assert.equal(report.settings['detect.baseline'], before.digest);
  const { detect } = configFromSettings(report.settings);
  assert.deepEqual(detect.suppressions, suppressions);
  assert.deepEqual(detect.trusted, ['10.0.0.1']);
  assert.equal(detect.learnSeconds, 60);
});

test('suppressions, trusted hosts and gateways may be named by an address', async () => {
  const scan = new Scene().resolve(0, INTRUDER, ROUTER);
  for (let port = 1; port <= 60; port++) scan.refused(1 + port * 0.01, INTRUDER, CAMERA, port, 40_000 + port);
  const rules = async (detect: Parameters<Scene['findings']>[0]): Promise<string[]> =>
    (await scan.findings(detect)).map(({ rule }) => rule);
  assert.ok((await rules({ trusted: [CAMERA.ip] })).includes('port-scan'));
  assert.ok(!(await rules({ trusted: [INTRUDER.ip] })).includes('port-scan'));
  const suppression = { rule: 'port-scan', device: INTRUDER.ip, peer: '', reason: 'audit', until: '' };
  assert.ok(!(await rules({ suppressions: [suppression] })).includes('port-scan'));
  assert.ok((await rules({ suppressions: [{ ...suppression, peer: ROUTER.ip }] })).includes('port-scan'));
});

test('habits: a million things cost bounded memory, and what overflows is not called new', () => {
  const devices = { devices: [{ id: 'a', firstSeconds: 0 }] };
  const habits = new Habits({ devices } as never, 10, () => undefined);
  habits.tick(0);
  for (let i = 0; i < 1_000_000; i++) habits.judge(0, `198.51.${i}`, 1);
  assert.equal(habits.countOf('a'), 65_536);
  assert.equal(habits.judge(0, 'another', 100), 'unjudged');
  assert.equal(habits.judge(0, '198.51.7', 100), 'known');
});

test('a network stands for the addresses of a service', () => {
  assert.equal(networkOf('198.51.100.7'), '198.51.100.0/24');
  assert.equal(networkOf('2001:db8:1:2::7'), '2001:db8:1::/48');
  assert.equal(networkOf('b0:c5:54:00:00:03'), 'b0:c5:54:00:00:03');
  assert.equal(networkOf('ip:fe80::1:2:3:4'), 'ip:fe80::1:2:3:4');
});
