import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CAMERA, type Host, INTRUDER, LAPTOP, only, ROUTER, rulesAbove, Scene } from './scene.ts';

test('arp-spoof: repeated unasked replies for the address of another device', async () => {
  const scene = new Scene().resolve(0, LAPTOP, ROUTER).resolve(1, INTRUDER, ROUTER);
  for (let i = 0; i < 20; i++) scene.arpReply(20 + i * 2, INTRUDER, LAPTOP, ROUTER.ip);
  const finding = only(await scene.findings(), 'arp-spoof');
  assert.equal(finding.device, INTRUDER.mac);
  assert.equal(finding.peer, ROUTER.mac);
  assert.equal(finding.count, 20);
  assert.equal(finding.technique, 'T1557.002');
  assert.deepEqual(finding.evidence['addresses'], [ROUTER.ip]);
  assert.deepEqual(finding.evidence['victims'], [LAPTOP.ip]);
});

test('arp-spoof: one request does not excuse a burst of replies', async () => {
  const scene = new Scene().resolve(0, LAPTOP, ROUTER).resolve(1, INTRUDER, ROUTER);
  for (let i = 0; i < 20; i++) scene.arpReply(1.1 + i / 100, INTRUDER, LAPTOP, ROUTER.ip);
  const finding = only(await scene.findings(), 'arp-spoof');
  assert.equal(finding.device, INTRUDER.mac);
  assert.equal(finding.peer, ROUTER.mac);
});

test('arp-spoof: a question of its own, or of another, does not excuse what it tells a third', async () => {
  const scene = new Scene().arpReply(1, ROUTER, LAPTOP).arpReply(1.5, LAPTOP, ROUTER);
  scene
    .arpRequest(9, INTRUDER, LAPTOP.ip)
    .arpRequest(9.1, INTRUDER, ROUTER.ip)
    .arpRequest(9.5, CAMERA, ROUTER.ip);
  for (let i = 0; i < 4; i++) {
    scene.arpReply(10 + i, INTRUDER, LAPTOP, ROUTER.ip).arpReply(10.1 + i, INTRUDER, ROUTER, LAPTOP.ip);
  }
  assert.equal(only(await scene.findings(), 'arp-spoof').severity, 'critical');
});

test('arp-spoof: who sends is to blame, whoever the message names', async () => {
  const scene = new Scene()
    .resolve(0, LAPTOP, ROUTER)
    .resolve(1, CAMERA, ROUTER)
    .resolve(2, INTRUDER, ROUTER);
  for (let i = 0; i < 10; i++) scene.arpReply(20 + i * 7, INTRUDER, LAPTOP, ROUTER.ip, CAMERA.mac);
  assert.equal(only(await scene.findings(), 'arp-spoof').device, INTRUDER.mac);
});

test('arp-spoof: both sides of a connection are worse than one', async () => {
  const scene = new Scene().resolve(0, LAPTOP, ROUTER).resolve(1, INTRUDER, ROUTER);
  for (let i = 0; i < 10; i++) {
    scene
      .arpReply(20 + i * 2, INTRUDER, LAPTOP, ROUTER.ip)
      .arpReply(20.5 + i * 2, INTRUDER, ROUTER, LAPTOP.ip);
  }
  assert.equal(only(await scene.findings(), 'arp-spoof').severity, 'critical');
});

test('arp-spoof: requests with the address of another as their sender', async () => {
  const asGateway: Host = { mac: INTRUDER.mac, ip: ROUTER.ip };
  const scene = new Scene().resolve(0, LAPTOP, ROUTER).resolve(1, INTRUDER, ROUTER);
  for (let i = 0; i < 20; i++) scene.resolve(20 + i * 2, asGateway, LAPTOP);
  const finding = only(await scene.findings(), 'arp-spoof');
  assert.equal(finding.device, INTRUDER.mac);
  assert.equal(finding.peer, ROUTER.mac);
  assert.ok(Number(finding.evidence['requests']) >= 10);
});

test('arp-spoof: announcements as requests, against an owner who goes on to speak', async () => {
  const asGateway: Host = { mac: INTRUDER.mac, ip: ROUTER.ip };
  const scene = new Scene().resolve(0, LAPTOP, ROUTER).resolve(1, INTRUDER, ROUTER);
  for (let i = 0; i < 12; i++) {
    scene.arpRequest(20 + i * 5, asGateway, ROUTER.ip);
    if (i % 3 === 0) scene.arpRequest(22 + i * 5, ROUTER, CAMERA.ip);
  }
  assert.equal(only(await scene.findings(), 'arp-spoof').device, INTRUDER.mac);
});

test('arp-spoof: a host with two interfaces, a failover without a virtual MAC, and probes are none', async () => {
  // A second interface that asks with the address of the first, and whose cache runs out every half minute.
  const second: Host = { mac: '00:e0:4c:00:00:09', ip: '192.168.1.21' };
  const flux = new Scene().resolve(0, LAPTOP, ROUTER).resolve(1, second, ROUTER);
  for (let i = 0; i < 20; i++) {
    flux
      .resolve(30 + i * 30, { mac: second.mac, ip: LAPTOP.ip }, ROUTER)
      .resolve(32 + i * 30, LAPTOP, CAMERA);
  }
  // Somebody who is not there is asked for every second.
  for (let i = 0; i < 60; i++) flux.arpRequest(700 + i, { mac: second.mac, ip: LAPTOP.ip }, '192.168.1.99');
  const spare: Host = { mac: '00:0c:29:00:00:44', ip: '192.168.1.2' };
  const takenOver: Host = { mac: spare.mac, ip: ROUTER.ip };
  const failover = new Scene().resolve(0, LAPTOP, ROUTER).resolve(1, spare, LAPTOP);
  for (let i = 0; i < 10; i++) failover.arpRequest(60 + i, takenOver, ROUTER.ip);
  const probing = new Scene().resolve(0, LAPTOP, ROUTER);
  for (let i = 0; i < 20; i++) probing.arpRequest(10 + i, { mac: INTRUDER.mac, ip: '0.0.0.0' }, ROUTER.ip);
  for (const scene of [flux, failover, probing]) {
    assert.deepEqual(
      rulesAbove(await scene.findings()).filter((found) => !found.startsWith('low')),
      [],
    );
  }
});

test('arp-spoof: failover, a redundancy group, proxy ARP and a hub with two interfaces are none', async () => {
  const virtual: Host = { mac: '00:00:5e:00:01:01', ip: '192.168.1.254' };
  const second: Host = { mac: 'b0:c5:54:00:00:99', ip: CAMERA.ip };
  const failover = new Scene()
    .resolve(0, LAPTOP, CAMERA)
    .arpReply(60, second, { mac: 'ff:ff:ff:ff:ff:ff', ip: CAMERA.ip });
  const group = new Scene().resolve(0, LAPTOP, { mac: ROUTER.mac, ip: virtual.ip });
  const proxy = new Scene();
  const hub = new Scene();
  for (let i = 0; i < 20; i++) {
    group.arpReply(10 + i, virtual, LAPTOP);
    proxy.resolve(i * 3, LAPTOP, { mac: ROUTER.mac, ip: `192.168.1.${100 + i}` });
    hub.resolve(i * 3, LAPTOP, i % 2 === 0 ? CAMERA : second);
  }
  for (const scene of [failover, group, proxy, hub]) assert.deepEqual(rulesAbove(await scene.findings()), []);
  assert.equal(only(await hub.findings(), 'ip-conflict').severity, 'info');
});

test('ip-conflict: MACs of different makers that take turns', async () => {
  const other: Host = { mac: INTRUDER.mac, ip: LAPTOP.ip };
  const conflict = new Scene();
  for (let i = 0; i < 6; i++) conflict.resolve(i * 10, i % 2 === 0 ? LAPTOP : other, ROUTER);
  const finding = only(await conflict.findings(), 'ip-conflict');
  assert.equal(finding.severity, 'low');
  assert.deepEqual(finding.evidence['macs'], [INTRUDER.mac, LAPTOP.mac]);
  // A lease that moves on, and a device that probes, is told no, and goes away.
  const moved = new Scene()
    .resolve(0, LAPTOP, ROUTER)
    .resolve(100, other, ROUTER)
    .resolve(200, other, ROUTER);
  const probed = new Scene()
    .resolve(0, LAPTOP, ROUTER)
    .arpRequest(10, { mac: INTRUDER.mac, ip: '0.0.0.0' }, LAPTOP.ip)
    .arpReply(10.1, LAPTOP, INTRUDER);
  for (const scene of [moved, probed]) {
    assert.ok(!(await scene.findings()).some((f) => f.rule === 'ip-conflict'));
  }
});

test('ip-conflict: who is told that an address is taken and uses it all the same', async () => {
  const stubborn: Host = { mac: 'b0:c5:54:00:00:77', ip: CAMERA.ip };
  const scene = new Scene()
    .resolve(0, LAPTOP, CAMERA)
    .arpRequest(10, { mac: stubborn.mac, ip: '0.0.0.0' }, CAMERA.ip)
    .arpReply(10.1, CAMERA, stubborn)
    .arpRequest(11, stubborn, ROUTER.ip);
  assert.equal(only(await scene.findings(), 'ip-conflict').evidence['defended'], 'yes');
});

test('mac-clone: two ways to ask for a lease and two initial TTLs behind one MAC', async () => {
  const clone: Host = { mac: CAMERA.mac, ip: '192.168.1.77' };
  const scene = new Scene()
    .resolve(0, LAPTOP, ROUTER)
    .dhcp(1, { client: CAMERA.mac, type: 1, hostName: 'cam', parameters: [1, 3, 6, 15] })
    .dhcp(5, { client: CAMERA.mac, type: 1, hostName: 'kali', vendorClass: 'udhcp', parameters: [1, 3, 28] });
  scene.echo(10, CAMERA, ROUTER, 56, 64).echo(11, clone, ROUTER, 56, 128);
  const finding = only(await scene.findings(), 'mac-clone');
  assert.equal(finding.severity, 'medium');
  assert.equal(finding.device, CAMERA.mac);
});

test('mac-clone: a boot loader before its system, and an address that changes, are none', async () => {
  const renewed: Host = { mac: CAMERA.mac, ip: '192.168.1.78' };
  const scene = new Scene()
    .resolve(0, LAPTOP, ROUTER)
    .dhcp(1, { client: CAMERA.mac, type: 1, vendorClass: 'PXEClient', parameters: [1, 3, 66, 67] })
    .dhcp(9, { client: CAMERA.mac, type: 1, hostName: 'cam', parameters: [1, 3, 6, 15] })
    .echo(10, CAMERA, ROUTER, 56, 64)
    .echo(400, renewed, ROUTER, 56, 64);
  assert.deepEqual(rulesAbove(await scene.findings()), []);
});

const HOME_LEASE = { yourIp: '192.168.1.50', router: ROUTER.ip, dns: ROUTER.ip } as const;

test('rogue-dhcp: a second server beside the first, with itself as the router', async () => {
  const scene = new Scene()
    .dhcp(0, { client: LAPTOP.mac, type: 1 })
    .dhcp(0.1, { client: LAPTOP.mac, type: 2, server: ROUTER, ...HOME_LEASE })
    .dhcp(0.2, { client: LAPTOP.mac, type: 5, server: ROUTER, ...HOME_LEASE })
    .dhcp(60, { client: CAMERA.mac, type: 1, transaction: 9 })
    .dhcp(60.1, { client: CAMERA.mac, type: 2, transaction: 9, server: ROUTER, ...HOME_LEASE })
    .dhcp(60.2, {
      client: CAMERA.mac,
      type: 2,
      transaction: 9,
      server: INTRUDER,
      yourIp: '192.168.1.200',
      router: INTRUDER.ip,
      dns: INTRUDER.ip,
    });
  const finding = only(await scene.findings(), 'rogue-dhcp');
  assert.equal(finding.severity, 'high');
  assert.equal(finding.device, INTRUDER.mac);
  assert.equal(finding.peer, ROUTER.mac);
  assert.equal(finding.technique, 'T1557.003');
});

test('rogue-dhcp: a failover pair and the servers of two subnets inform at most', async () => {
  const partner: Host = { mac: '50:c7:bf:00:00:11', ip: '192.168.1.2' };
  const elsewhere: Host = { mac: '50:c7:bf:00:00:12', ip: '10.10.10.1' };
  const pair = new Scene();
  const subnets = new Scene();
  for (let i = 0; i < 5; i++) {
    const client = `3c:a9:f4:00:01:0${i}`;
    pair
      .dhcp(i * 10, { client, type: 1, transaction: i })
      .dhcp(i * 10 + 0.1, { client, type: 2, transaction: i, server: ROUTER, ...HOME_LEASE })
      .dhcp(i * 10 + 0.2, { client, type: 2, transaction: i, server: partner, ...HOME_LEASE });
    subnets.dhcp(
      i * 10,
      i % 2 === 0
        ? { client, type: 5, transaction: i, server: ROUTER, ...HOME_LEASE }
        : {
            client,
            type: 5,
            transaction: i,
            server: elsewhere,
            yourIp: '10.10.10.9',
            router: elsewhere.ip,
            dns: elsewhere.ip,
          },
    );
  }
  for (const scene of [pair, subnets]) {
    const findings = await scene.findings();
    assert.equal(only(findings, 'rogue-dhcp').severity, 'info');
    assert.deepEqual(rulesAbove(findings), []);
  }
});

test('rogue-dhcp: the server that the configuration names is the one that belongs here', async () => {
  const scene = new Scene()
    .dhcp(0.1, {
      client: LAPTOP.mac,
      type: 5,
      server: INTRUDER,
      yourIp: '192.168.1.200',
      router: INTRUDER.ip,
    })
    .dhcp(9, { client: CAMERA.mac, type: 5, transaction: 8, server: ROUTER, ...HOME_LEASE });
  const finding = only(await scene.findings({ dhcpServers: [ROUTER.ip] }), 'rogue-dhcp');
  assert.equal(finding.device, INTRUDER.mac);
});
