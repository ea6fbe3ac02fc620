import assert from 'node:assert/strict';
import { test } from 'node:test';
import { advertised, OVERRIDE, routed, solicited, SOLICITED } from './neighbor-message.ts';
import { CAMERA, type Host, INTRUDER, LAPTOP, only, ROUTER, Scene } from './scene.ts';

const GATEWAY = 'fe80::1';
const BOTH = OVERRIDE | SOLICITED;
const PREFIX = '2001:db8:1::';

/** Everybody has asked for the router, and it has answered. */
function home(): Scene {
  const scene = new Scene().at(0, routed({ from: ROUTER, lifetime: 1800, prefix: PREFIX }));
  for (const [i, from] of [LAPTOP, CAMERA, INTRUDER].entries()) resolved(scene, 1 + i, from, ROUTER, GATEWAY);
  return scene;
}

function resolved(scene: Scene, time: number, from: Host, to: Host, target: string): Scene {
  return scene
    .at(time, solicited({ from, to, target }))
    .at(time + 0.001, advertised({ from: to, to: from, target, flags: BOTH }));
}

const found = async (scene: Scene): Promise<string[]> =>
  (await scene.findings()).filter(({ rule }) => rule === 'nd-spoof').map(({ summary }) => summary);

test('nd-spoof: unasked advertisements that override, to one host', async () => {
  const scene = home();
  for (let i = 0; i < 20; i++) {
    scene.at(20 + i * 2, advertised({ from: INTRUDER, to: LAPTOP, source: GATEWAY, target: GATEWAY }));
  }
  const finding = only(await scene.findings(), 'nd-spoof');
  assert.equal(finding.device, INTRUDER.mac);
  assert.equal(finding.peer, ROUTER.mac);
  assert.equal(finding.count, 20);
  assert.equal(finding.severity, 'critical');
  assert.equal(finding.technique, 'T1557');
  assert.deepEqual(finding.evidence['addresses'], [GATEWAY]);
  assert.deepEqual(finding.evidence['victims'], ['fe80::14']);
  assert.equal(finding.packets[0], 8);
});

test('nd-spoof: announcements to all, against an owner who goes on to speak', async () => {
  const scene = home();
  for (let i = 0; i < 10; i++) {
    scene.at(20 + i * 5, advertised({ from: INTRUDER, target: 'fe80::1e' }));
    if (i === 0) resolved(scene, 4, LAPTOP, CAMERA, 'fe80::1e');
    if (i % 3 === 0) resolved(scene, 22 + i * 5, CAMERA, ROUTER, GATEWAY);
  }
  const finding = only(await scene.findings(), 'nd-spoof');
  assert.deepEqual([finding.device, finding.peer, finding.severity], [INTRUDER.mac, CAMERA.mac, 'high']);
});

test('nd-spoof: answers beside those of several owners, in whatever order they come', async () => {
  const scene = home();
  resolved(scene, 5, ROUTER, CAMERA, 'fe80::1e');
  for (let i = 0; i < 6; i++) {
    const [asker, owner, target] = i % 2 === 0 ? [LAPTOP, ROUTER, GATEWAY] : [ROUTER, CAMERA, 'fe80::1e'];
    resolved(scene, 20 + i * 30, asker, owner, target);
    const late = i % 3 === 0 ? 0.0005 : 0.002;
    scene.at(20 + i * 30 + late, advertised({ from: INTRUDER, to: asker, target, flags: BOTH }));
  }
  const finding = only(await scene.findings(), 'nd-spoof');
  assert.equal(finding.device, INTRUDER.mac);
  assert.equal(finding.evidence['answers'], 6);
  assert.deepEqual(finding.evidence['owners'], [ROUTER.mac, CAMERA.mac]);
});

test('nd-spoof: an address that was made of a MAC is that of the device, whoever spoke first', async () => {
  const address = 'fe80::b2c5:54ff:fe00:3';
  const scene = new Scene();
  for (let i = 0; i < 8; i++) {
    scene.at(2 + i, advertised({ from: INTRUDER, to: LAPTOP, target: address }));
    scene.at(2.5 + i * 3, solicited({ from: CAMERA, to: ROUTER, source: address, target: GATEWAY }));
  }
  const finding = only(await scene.findings(), 'nd-spoof');
  assert.deepEqual([finding.device, finding.peer], [INTRUDER.mac, CAMERA.mac]);
});

test('nd-spoof: a router is put out of service in its own name', async () => {
  const scene = home();
  for (let i = 0; i < 6; i++) {
    const forged = { from: INTRUDER, source: GATEWAY, linkMac: ROUTER.mac, prefix: PREFIX };
    scene.at(20 + i * 10, routed({ ...forged, lifetime: 0 }));
    scene.at(25 + i * 10, routed({ from: ROUTER, lifetime: 1800, prefix: PREFIX }));
  }
  const finding = only(await scene.findings(), 'nd-spoof');
  assert.equal(finding.device, INTRUDER.mac);
  assert.equal(finding.evidence['routerAdvertisements'], 5);
  assert.match(finding.summary, /claims fe80::1, .* in 5 forged router advertisements/);
});

test('nd-spoof: failover, a redundancy group, and what comes from beyond the link are none', async () => {
  const spare: Host = { mac: '50:c7:bf:00:00:11', ip: '192.168.1.2' };
  const virtual: Host = { mac: '00:00:5e:00:02:01', ip: '192.168.1.1' };
  const failover = home();
  const group = home();
  const beyond = home();
  for (let i = 0; i < 10; i++) {
    failover.at(60 + i, advertised({ from: spare, target: GATEWAY }));
    failover.at(60.5 + i, routed({ from: spare, source: GATEWAY, lifetime: 900, prefix: PREFIX }));
    group.at(20 + i * 2, advertised({ from: virtual, target: GATEWAY }));
    group.at(21 + i * 2, advertised({ from: ROUTER, target: GATEWAY }));
    beyond.at(20 + i, advertised({ from: INTRUDER, to: LAPTOP, target: GATEWAY, hopLimit: 254 }));
  }
  for (const scene of [failover, group, beyond]) assert.deepEqual(await found(scene), []);
});

test('nd-spoof: a repeater with its own MAC, proxies, anycast and a second interface are none', async () => {
  const repeater: Host = { mac: '3c:a6:2f:00:00:77', ip: '192.168.1.3' };
  const second: Host = { mac: 'b0:c5:54:00:00:99', ip: CAMERA.ip };
  const repeated = home();
  const proxied = home();
  const anycast = home();
  const twoPorts = resolved(home(), 6, LAPTOP, CAMERA, 'fe80::1e');
  for (let i = 0; i < 10; i++) {
    const time = 20 + i * 10;
    // Captured on both sides: the question, again with the repeater's MAC, the answer, again with the repeater's MAC.
    const target = i % 2 === 0 ? GATEWAY : 'fe80::1e';
    const owner = i % 2 === 0 ? ROUTER : CAMERA;
    repeated
      .at(time, solicited({ from: LAPTOP, to: repeater, target }))
      .at(time + 0.001, solicited({ from: repeater, to: owner, source: 'fe80::14', target }))
      .at(time + 0.002, advertised({ from: owner, to: repeater, target, flags: BOTH }))
      .at(time + 0.003, advertised({ from: repeater, to: LAPTOP, target, flags: BOTH }))
      .at(time + 5, routed({ from: ROUTER, lifetime: 1800, prefix: PREFIX }))
      .at(time + 5.001, routed({ from: repeater, source: GATEWAY, lifetime: 1800, prefix: PREFIX }));
    proxied.at(time, advertised({ from: INTRUDER, to: LAPTOP, target: GATEWAY, flags: 0 }));
    resolved(anycast, time, LAPTOP, ROUTER, '2001:db8:1::');
    anycast.at(
      time + 0.01,
      advertised({ from: INTRUDER, to: LAPTOP, target: '2001:db8:1::', flags: SOLICITED }),
    );
    resolved(twoPorts, time, LAPTOP, CAMERA, 'fe80::1e');
    twoPorts.at(time + 0.01, advertised({ from: second, to: LAPTOP, target: 'fe80::1e', flags: BOTH }));
  }
  for (const scene of [repeated, proxied, anycast, twoPorts]) assert.deepEqual(await found(scene), []);
});
