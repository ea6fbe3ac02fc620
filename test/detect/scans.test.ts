import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CAMERA, host, INTRUDER, LAPTOP, only, remote, ROUTER, rulesAbove, Scene } from './scene.ts';

/** Everybody's address is proven. */
function home(): Scene {
  return new Scene().resolve(0, LAPTOP, ROUTER).resolve(0.1, INTRUDER, ROUTER).resolve(0.2, LAPTOP, CAMERA);
}

test('port-scan: many refused ports of one host are one finding with its first packets', async () => {
  const scene = home();
  for (let port = 1; port <= 200; port++)
    scene.refused(1 + port * 0.01, INTRUDER, CAMERA, port, 40_000 + port);
  const finding = only(await scene.findings(), 'port-scan');
  assert.equal(finding.device, INTRUDER.mac);
  assert.equal(finding.peer, CAMERA.mac);
  assert.equal(finding.severity, 'high');
  assert.equal(finding.count, 200);
  assert.equal(finding.technique, 'T1046');
  assert.equal(finding.evidence['portCount'], 200);
  assert.deepEqual(finding.packets.slice(0, 3), [7, 9, 11]);
});

test('port-scan: half-open probes of open ports, stealth probes, and slow ones are scans too', async () => {
  const halfOpen = home();
  const fin = home();
  const slow = home();
  for (let port = 1; port <= 60; port++) {
    const ports = [40_000, port] as const;
    halfOpen
      .tcp(port * 0.1, INTRUDER, CAMERA, ports, 2)
      .tcp(port * 0.1 + 0.01, CAMERA, INTRUDER, [port, 40_000], 0x12)
      .tcp(port * 0.1 + 0.02, INTRUDER, CAMERA, ports, 4, 0, 2);
    fin.tcp(port * 0.1, INTRUDER, CAMERA, ports, 1);
    slow.unanswered(port * 15, INTRUDER, CAMERA, port);
  }
  assert.equal(only(await halfOpen.findings(), 'port-scan').severity, 'high');
  assert.equal(only(await fin.findings(), 'port-scan').confidence, 0.95);
  assert.equal(only(await slow.findings(), 'port-scan').severity, 'medium');
});

test('port-scan: the kind of scan is told', async () => {
  const kinds = { FIN: 0x01, NULL: 0, Xmas: 0x29, ACK: 0x10, Maimon: 0x11 };
  for (const [kind, flags] of Object.entries(kinds)) {
    const scene = home();
    for (let port = 1; port <= 60; port++) {
      const ports = [45_000, port] as const;
      scene.tcp(port * 0.1, INTRUDER, CAMERA, ports, flags);
      if (flags === 0x10) scene.tcp(port * 0.1 + 0.01, CAMERA, INTRUDER, [port, 45_000], 4);
    }
    const finding = only(await scene.findings(), 'port-scan');
    assert.deepEqual(finding.evidence['kinds'], [kind]);
    assert.equal(finding.device, INTRUDER.mac);
  }
  const connect = home();
  for (let port = 1; port <= 60; port++) {
    if (port % 5 === 0) connect.connection(port * 0.1, INTRUDER, CAMERA, port, 45_000 + port, 0, 0);
    else connect.refused(port * 0.1, INTRUDER, CAMERA, port, 45_000 + port);
  }
  assert.deepEqual(only(await connect.findings(), 'port-scan').evidence['kinds'], ['SYN', 'connect']);
});

test('port-scan: ends and keep-alives of connections from before the capture are none', async () => {
  const scene = home();
  for (let i = 0; i < 60; i++) {
    const [client, service] = [50_000 + i, 8000 + i];
    // A server that closes, a client that is told that nobody knows its connection, and keep-alives that are answered.
    scene.tcp(1 + i * 0.1, CAMERA, LAPTOP, [443, client], 0x11);
    scene.tcp(1.01 + i * 0.1, CAMERA, LAPTOP, [554, client], 0x10);
    scene.tcp(1.02 + i * 0.1, LAPTOP, CAMERA, [client, service], 0x10);
    scene.tcp(1.03 + i * 0.1, CAMERA, LAPTOP, [service, client], 0x10);
  }
  assert.deepEqual(rulesAbove(await scene.findings()), []);
});

test('a device that turns from benign to scanning has a finding that begins when it turned', async () => {
  const scene = home();
  for (let i = 0; i < 120; i++) scene.connection(i * 30, CAMERA, remote('198.51.100.7'), 443, 40_000 + i);
  for (let i = 0; i < 300; i++)
    scene.unanswered(3600 + i * 0.2, CAMERA, remote(`203.0.${i >>> 6}.${i & 63}`), 23, 50_000 + i);
  const finding = only(await scene.findings(), 'host-scan');
  assert.equal(finding.device, CAMERA.mac);
  assert.equal(finding.severity, 'high');
  assert.equal(finding.firstTime.slice(0, 19), '2023-11-14T23:13:20');
});

test('port-scan: decoys do not hide who sends them', async () => {
  const scene = home();
  for (let port = 1; port <= 100; port++) {
    scene.unanswered(1 + port * 0.01, { mac: INTRUDER.mac, ip: `203.0.113.${port % 5}` }, CAMERA, port);
  }
  const finding = only(await scene.findings(), 'port-scan');
  assert.equal(finding.device, INTRUDER.mac);
  assert.equal((finding.evidence['sources'] as string[]).length, 5);
});

test('port-scan: the address of a neighbour does not put the blame on it', async () => {
  const scene = home().resolve(0.5, LAPTOP, CAMERA);
  for (let port = 1; port <= 100; port++) {
    scene.unanswered(1 + port * 0.01, { mac: INTRUDER.mac, ip: LAPTOP.ip }, CAMERA, port);
  }
  assert.equal(only(await scene.findings(), 'port-scan').device, INTRUDER.mac);
});

test('port-scan: a client of many working services, and one that retries a closed port, are none', async () => {
  const scene = home();
  for (let port = 8000; port < 8060; port++)
    scene.connection(1 + (port - 8000) * 0.1, LAPTOP, CAMERA, port, port + 9000);
  for (let i = 0; i < 25; i++) scene.refused(10 + i, LAPTOP, CAMERA, 9100, 50_000 + i);
  assert.deepEqual(rulesAbove(await scene.findings()), []);
});

test('host-scan: one port of many hosts is one finding, however many there are', async () => {
  const scene = home();
  for (let i = 0; i < 2000; i++) {
    scene.unanswered(
      1 + i * 0.02,
      INTRUDER,
      remote(`203.${i >>> 8}.113.${i & 255}`),
      23,
      40_000 + (i % 1000),
    );
  }
  const finding = only(await scene.findings(), 'host-scan');
  assert.equal(finding.device, INTRUDER.mac);
  assert.equal(finding.severity, 'high');
  assert.equal(finding.count, 2000);
  assert.deepEqual(finding.evidence['sought'], ['tcp/23']);
  const counted = Number(finding.evidence['targetCount']);
  assert.ok(counted > 1600 && counted < 2400, `an estimate near 2000, not ${counted}`);
});

test('host-scan: a sweep by ARP and one by echo requests', async () => {
  const byArp = home();
  const byEcho = home();
  for (let n = 2; n < 254; n++) {
    byArp.arpRequest(n * 0.05, INTRUDER, `192.168.1.${n}`);
    byEcho.echo(n * 0.05, INTRUDER, host(n));
  }
  assert.deepEqual(only(await byArp.findings(), 'host-scan').evidence['sought'], ['arp']);
  assert.deepEqual(only(await byEcho.findings(), 'host-scan').evidence['sought'], ['icmp']);
});

test('host-scan: a browser that reaches many servers, and one that is cut off, are none', async () => {
  const scene = home();
  for (let i = 0; i < 80; i++)
    scene.connection(1 + i * 0.1, LAPTOP, remote(`198.51.100.${i}`), 443, 41_000 + i);
  for (let i = 0; i < 40; i++) scene.unanswered(20 + i, LAPTOP, remote(`198.51.101.${i}`), 443, 42_000 + i);
  assert.deepEqual(rulesAbove(await scene.findings()), []);
});

test('connection-storm: hours of attempts at one dead server, and a client that gets through now and then', async () => {
  const storm = home();
  const flaky = home();
  for (let i = 0; i < 400; i++) {
    storm.unanswered(1 + i * 20, CAMERA, remote('203.0.113.9'), 50, 40_000 + i);
    if (i % 50 === 49) flaky.connection(1 + i * 20, CAMERA, remote('203.0.113.9'), 443, 40_000 + i);
    else flaky.unanswered(1 + i * 20, CAMERA, remote('203.0.113.9'), 443, 40_000 + i);
  }
  const finding = only(await storm.findings(), 'connection-storm');
  assert.equal(finding.severity, 'high');
  assert.equal(finding.peer, '203.0.113.9');
  assert.equal(finding.count, 400);
  assert.equal(finding.evidence['port'], 'tcp/50');
  assert.deepEqual(rulesAbove(await flaky.findings()), []);
});

test('the same findings at any batch size', async () => {
  const scene = home();
  for (let port = 1; port <= 60; port++)
    scene.refused(1 + port * 0.01, INTRUDER, CAMERA, port, 40_000 + port);
  for (let i = 0; i < 100; i++)
    scene.unanswered(3 + i * 0.1, INTRUDER, remote(`203.0.113.${i}`), 2323, 40_000 + i);
  const one = await scene.report({}, 1);
  assert.equal(one.findings.length, 2);
  assert.deepEqual((await scene.report({}, 2048)).findings, one.findings);
});

test('host-scan: an hour after a sweep, one more question is not another sweep; a second sweep is', async () => {
  const scene = home();
  for (let n = 1; n <= 200; n++) scene.arpRequest(n * 0.05, INTRUDER, `192.168.1.${n}`);
  scene.arpRequest(3600, INTRUDER, ROUTER.ip).arpRequest(7200, INTRUDER, LAPTOP.ip);
  const once = only(await scene.findings(), 'host-scan');
  assert.ok(Date.parse(once.lastTime) - Date.parse(once.firstTime) < 600_000, once.lastTime);
  for (let n = 1; n <= 200; n++) scene.arpRequest(10_800 + n * 0.05, INTRUDER, `192.168.1.${n}`);
  const twice = (await scene.findings()).filter(({ rule }) => rule === 'host-scan');
  assert.equal(twice.length, 2);
});
