import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CAMERA, INTRUDER, LAPTOP, only, remote, ROUTER, rulesAbove, Scene, SYN } from './scene.ts';

const VICTIM = remote('203.0.113.80');

function home(): Scene {
  return new Scene().resolve(0, INTRUDER, ROUTER).resolve(0.1, LAPTOP, ROUTER).resolve(0.2, CAMERA, ROUTER);
}

test('syn-flood: from one device to one port, and from forged sources, is one finding of the device', async () => {
  for (const forged of [false, true]) {
    const scene = home();
    for (let i = 0; i < 3000; i++) {
      const ip = forged ? `100.${(i * 7) & 127}.${i >>> 8}.${i & 255}` : INTRUDER.ip;
      scene.tcp(1 + i * 0.002, { mac: INTRUDER.mac, ip }, VICTIM, [1024 + i, 80], SYN);
    }
    const finding = only(await scene.findings(), 'syn-flood');
    assert.equal(finding.device, INTRUDER.mac);
    assert.equal(finding.peer, VICTIM.ip);
    assert.equal(finding.severity, 'high');
    assert.ok(finding.count >= 2800 && finding.count <= 3000, String(finding.count));
  }
});

test('syn-flood: a busy server is none', async () => {
  const scene = home();
  for (let i = 0; i < 1500; i++)
    scene.connection(1 + i * 0.004, remote(`198.51.${i >>> 8}.${i & 255}`), LAPTOP, 443, 20_000 + i);
  assert.deepEqual(rulesAbove(await scene.findings()), []);
});

test('udp-flood: unanswered datagrams from many ports; a camera that streams is no more than low', async () => {
  const attack = home();
  const stream = home();
  for (let i = 0; i < 8000; i++) {
    attack.udp(1 + i * 0.0005, CAMERA, VICTIM, [1024 + (i % 5000), 53], 30);
    stream.udp(1 + i * 0.0005, CAMERA, LAPTOP, [5004, 5004], 1200);
  }
  const finding = only(await attack.findings(), 'udp-flood');
  assert.equal(finding.severity, 'high');
  assert.equal(finding.device, CAMERA.mac);
  assert.ok((await stream.findings()).every((f) => f.severity === 'info' || f.severity === 'low'));
});

test('icmp-flood: hundreds of echo requests a second; an ordinary ping is none', async () => {
  const attack = home();
  const ping = home();
  for (let i = 0; i < 2000; i++) attack.echo(1 + i * 0.004, INTRUDER, VICTIM);
  for (let i = 0; i < 300; i++) ping.echo(1 + i, LAPTOP, VICTIM).echoReply(1.02 + i, VICTIM, LAPTOP);
  assert.equal(only(await attack.findings(), 'icmp-flood').device, INTRUDER.mac);
  assert.deepEqual(rulesAbove(await ping.findings()), []);
});

test('icmp-tunnel: answers of another length than their requests; a large ping is no more than low', async () => {
  const tunnel = home();
  const large = home();
  for (let i = 0; i < 60; i++) {
    tunnel.echo(1 + i * 0.2, CAMERA, VICTIM, 60).echoReply(1.1 + i * 0.2, VICTIM, CAMERA, 1000);
    large.echo(1 + i, LAPTOP, VICTIM, 1400).echoReply(1.1 + i, VICTIM, LAPTOP, 1400);
  }
  assert.equal(only(await tunnel.findings(), 'icmp-tunnel').severity, 'high');
  assert.equal(only(await large.findings(), 'icmp-tunnel').severity, 'low');
});

test('dhcp-starvation: one sender in the name of many; a dozen devices after a power cut are none', async () => {
  const attack = home();
  const morning = home();
  const mac = (i: number): string =>
    `02:9${i % 10}:${(i >>> 4).toString(16).padStart(2, '0')}:77:0${i % 10}:1${i % 7}`;
  for (let i = 0; i < 200; i++) attack.dhcp(1 + i * 0.1, { client: mac(i), type: 1, transaction: i });
  for (let i = 0; i < 12; i++)
    morning.dhcp(1 + i, { client: `3c:a9:f4:00:00:1${i % 10}`, type: 1, transaction: i });
  assert.equal(only(await attack.findings(), 'dhcp-starvation').severity, 'high');
  assert.deepEqual(rulesAbove(await morning.findings()), []);
});
