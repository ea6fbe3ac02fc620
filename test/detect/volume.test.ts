import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatMac } from '../../src/bytes/address.ts';
import { arp, ether } from '../packet/build-frame.ts';
import { BROADCAST, CAMERA, LAPTOP, only, remote, ROUTER, rulesAbove, Scene } from './scene.ts';

const CLOUD = remote('203.0.113.5');

/** A few small datagrams every ten seconds. */
function quiet(seconds: number): Scene {
  const scene = new Scene().resolve(0, CAMERA, ROUTER);
  for (let t = 1; t < seconds; t += 10)
    scene.udp(t, CAMERA, CLOUD, [5000, 5000], 100).udp(t + 0.1, CLOUD, CAMERA, [5000, 5000], 100);
  return scene;
}

test('new-device: who comes later is new, who was there at first or is in the baseline is not', async () => {
  const scene = new Scene().resolve(0, LAPTOP, ROUTER).resolve(1000, CAMERA, ROUTER);
  const finding = only(await scene.findings(), 'new-device');
  assert.equal(finding.device, CAMERA.mac);
  assert.equal(finding.severity, 'info');
  assert.equal(finding.summary, `${CAMERA.mac} was first heard 16 min after the capture began`);
  const years = new Scene()
    .resolve(0, LAPTOP, ROUTER)
    .resolve(2e8, CAMERA, ROUTER)
    .resolve(2e8 + 1, CAMERA, ROUTER);
  assert.match(only(await years.findings(), 'new-device').summary, /first heard 6 y 124 d after/);
  const known = [LAPTOP.mac, ROUTER.mac, CAMERA.mac];
  assert.ok(!(await scene.findings({ knownDevices: known })).some((f) => f.rule === 'new-device'));
  const later = only(await scene.findings({ knownDevices: known.slice(1) }), 'new-device');
  assert.equal(later.device, LAPTOP.mac);
  assert.equal(later.severity, 'low');
  assert.equal(later.summary, `${LAPTOP.mac} is not in the baseline`);
});

test('mac-flood: forged addresses are one finding, and no list of new devices', async () => {
  const scene = new Scene().resolve(0, LAPTOP, ROUTER);
  for (let i = 0; i < 3000; i++) {
    const mac = formatMac(0x0200_1000_0000 + i * 65_537);
    scene.at(
      400 + i * 0.001,
      ether({ src: mac, dst: BROADCAST, type: 0x0806 }, arp({ senderMac: mac, senderIp: '10.9.9.9' })),
    );
  }
  const findings = await scene.findings();
  const finding = only(findings, 'mac-flood');
  assert.equal(finding.severity, 'high');
  assert.ok(finding.count >= 2900, String(finding.count));
  assert.ok(findings.length < 110);
});

test('volume-spike: many times the own average informs, the same rate all the time does not', async () => {
  const spike = quiet(900);
  const steady = new Scene().resolve(0, CAMERA, ROUTER);
  for (let i = 0; i < 1500; i++) spike.udp(700 + i * 0.01, CLOUD, CAMERA, [5000, 5000], 1400);
  for (let i = 0; i < 9000; i++) steady.udp(1 + i * 0.1, CLOUD, CAMERA, [5000, 5000], 2000);
  const findings = (await spike.findings()).filter(
    (f) => f.rule === 'volume-spike' && f.device === CAMERA.mac,
  );
  assert.equal(findings.length, 1);
  assert.equal(findings[0]!.severity, 'info');
  assert.ok(Number(findings[0]!.evidence['bytesIn']) > 2_000_000);
  assert.ok(!(await steady.findings()).some((f) => f.rule === 'volume-spike'));
});

test('traffic-burst: a second far above the own average informs, a stream is one burst at most', async () => {
  const burst = quiet(300);
  for (let i = 0; i < 300; i++) burst.udp(200 + i * 0.003, CAMERA, CLOUD, [5000, 5000], 100);
  const finding = only(await burst.findings(), 'traffic-burst');
  assert.equal(finding.device, CAMERA.mac);
  assert.equal(finding.evidence['peakPacketsPerSecond'], 300);
  const stream = new Scene().resolve(0, CAMERA, ROUTER);
  for (let i = 0; i < 20_000; i++) stream.udp(1 + i * 0.005, CAMERA, CLOUD, [5000, 5000], 100);
  assert.deepEqual(rulesAbove(await stream.findings()), []);
  assert.ok(!(await stream.findings()).some((f) => f.rule === 'traffic-burst'));
});
