import assert from 'node:assert/strict';
import { test } from 'node:test';
import { be16, bytesOf, ether, icmp, ipBytes, ipv6, macBytes } from '../packet/build-frame.ts';
import { parseDetectConfig } from '../../src/detect/config.ts';
import { dns } from './dns-message.ts';
import {
  CAMERA,
  host,
  type Host,
  INTRUDER,
  LAPTOP,
  only,
  remote,
  ROUTER,
  rulesAbove,
  Scene,
} from './scene.ts';

const SERVER = remote('203.0.113.7');

function home(): Scene {
  return new Scene().resolve(0, CAMERA, ROUTER).resolve(0.1, LAPTOP, ROUTER).resolve(0.2, INTRUDER, ROUTER);
}

/** A repeatable stream of letters and digits. */
function encoded(seed: number, length: number): string {
  let state = seed + 1;
  let text = '';
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    text += 'abcdefghijklmnopqrstuvwxyz234567'[(state >>> 16) & 31];
  }
  return text;
}

test('dns-tunnel: many long random names below one domain', async () => {
  const scene = home();
  for (let i = 0; i < 120; i++) {
    scene.udp(1 + i, CAMERA, ROUTER, [40_000 + i, 53], dns(i, `${encoded(i, 40)}.t.example.com`, 16));
  }
  const finding = only(await scene.findings(), 'dns-tunnel');
  assert.equal(finding.device, CAMERA.mac);
  assert.equal(finding.peer, 'example.com');
  assert.equal(finding.technique, 'T1071.004');
  assert.deepEqual(finding.evidence['recordTypes'], [16]);
});

test('dns-tunnel: many readable names, few random ones, and reverse look-ups are none', async () => {
  const scene = home();
  for (let i = 0; i < 120; i++) {
    scene.udp(1 + i, LAPTOP, ROUTER, [40_000, 53], dns(i, `www${i}.shop${i % 9}.example.com`));
    scene.udp(1.2 + i, LAPTOP, ROUTER, [40_001, 53], dns(i, `${encoded(i % 10, 40)}.cdn.example.net`));
    scene.udp(1.4 + i, LAPTOP, ROUTER, [40_002, 53], dns(i, `${i}.2.0.192.in-addr.arpa`, 12));
  }
  assert.deepEqual(rulesAbove(await scene.findings()), []);
});

test('beaconing: a regular beat to an address without a name is low, to a named server on 443 it informs', async () => {
  const unnamed = home();
  const named = home().udp(0.5, CAMERA, ROUTER, [5353, 53], dns(1, 'cloud.example.com'));
  named.udp(0.6, ROUTER, CAMERA, [53, 5353], dns(1, 'cloud.example.com', 1, SERVER.ip));
  for (let i = 0; i < 40; i++) {
    const jitter = ((i * 7) % 5) * 0.5;
    unnamed.connection(1 + i * 60 + jitter, CAMERA, SERVER, 4444, 30_000 + i);
    named.connection(1 + i * 60 + jitter, CAMERA, SERVER, 443, 30_000 + i);
  }
  const finding = only(await unnamed.findings(), 'beaconing');
  assert.equal(finding.severity, 'low');
  assert.ok(Math.abs(Number(finding.evidence['intervalSeconds']) - 60) < 3);
  const known = only(await named.findings(), 'beaconing');
  assert.equal(known.severity, 'info');
  assert.equal(known.evidence['name'], 'cloud.example.com');
  assert.match(known.summary, / contacts cloud\.example\.com on tcp\/443 every /);
});

test('beaconing: clocks, leases and name look-ups repeat themselves and are none; another protocol on their port is', async () => {
  /** Client (mode 3) or server (mode 4) message of NTP version 4. */
  const ntp = (mode: number): Uint8Array => bytesOf([0x20 | mode, 2], new Uint8Array(46));
  const poll = (
    port: number,
    fromPort: (i: number) => number,
    there: Uint8Array,
    back: Uint8Array,
  ): Scene => {
    const scene = home();
    for (let i = 0; i < 40; i++) {
      const from = fromPort(i);
      scene.udp(1 + i * 66, CAMERA, SERVER, [from, port], there);
      scene.udp(1.01 + i * 66, SERVER, CAMERA, [port, from], back);
    }
    return scene;
  };
  const ephemeral = (i: number): number => 40_000 + i;
  const other = new Uint8Array(48);
  const normal = [
    poll(123, ephemeral, ntp(3), ntp(4)),
    poll(123, () => 123, ntp(3), ntp(4)),
    poll(123, () => 123, other, other),
    poll(53, ephemeral, dns(1, 'example.com'), dns(1, 'example.com', 1, '198.51.100.1')),
  ];
  for (const scene of normal) {
    assert.deepEqual(
      (await scene.findings()).filter((f) => f.rule === 'beaconing'),
      [],
    );
  }
  const odd = only(await poll(123, ephemeral, other, other).findings(), 'beaconing');
  assert.equal(odd.summary, `${CAMERA.mac} contacts ${SERVER.ip} on udp/123 every 66.0 s`);
  assert.equal(odd.evidence['port'], 'udp/123');
});

test('beaconing: people, and attempts that fail, have no beat', async () => {
  const person = home();
  const failing = home();
  let time = 1;
  for (let i = 0; i < 40; i++) {
    time += 5 + ((i * i * 37) % 300);
    person.connection(time, LAPTOP, SERVER, 4444, 30_000 + i);
    failing.unanswered(1 + i * 60, CAMERA, SERVER, 4444, 30_000 + i);
  }
  for (const scene of [person, failing])
    assert.ok(!(await scene.findings()).some((f) => f.rule === 'beaconing'));
});

test('brute-force: short sessions in quick succession; an administrator and a monitor are none', async () => {
  const attack = home();
  const normal = home();
  for (let i = 0; i < 40; i++) attack.connection(1 + i * 2, INTRUDER, CAMERA, 22, 40_000 + i, 1200, 2000);
  for (let i = 0; i < 3; i++) normal.connection(1 + i * 5, LAPTOP, CAMERA, 22, 40_000 + i, 1200, 2000);
  for (let i = 0; i < 40; i++) normal.connection(100 + i * 30, LAPTOP, CAMERA, 22, 41_000 + i, 100, 100);
  const finding = only(await attack.findings(), 'brute-force');
  assert.equal(finding.severity, 'high');
  assert.equal(finding.device, INTRUDER.mac);
  assert.equal(finding.peer, CAMERA.mac);
  assert.equal(finding.evidence['port'], 'tcp/22');
  assert.ok(!(await normal.findings()).some((f) => f.rule === 'brute-force'));
});

test('cleartext-login: basic authentication is told, and never what was sent', async () => {
  const secret = 'bob:correct horse battery';
  const login = (value: string): Uint8Array =>
    new TextEncoder().encode(
      `GET / HTTP/1.1\r\nHost: cam\r\nAuthorization: Basic ${Buffer.from(value).toString('base64')}\r\n\r\n`,
    );
  const scene = (value: string, to: Host): Scene => home().request(1, LAPTOP, to, 80, login(value));
  const local = await scene(secret, CAMERA).findings();
  assert.equal(only(local, 'cleartext-login').severity, 'low');
  assert.ok(!JSON.stringify(local).includes('battery'));
  assert.equal(only(await scene(secret, SERVER).findings(), 'cleartext-login').severity, 'medium');
  assert.equal(only(await scene('admin:admin', CAMERA).findings(), 'default-credentials').severity, 'low');
  const plain = home().request(
    1,
    LAPTOP,
    CAMERA,
    80,
    new TextEncoder().encode('GET / HTTP/1.1\r\nHost: cam\r\n\r\n'),
  );
  assert.deepEqual(rulesAbove(await plain.findings()), []);
});

test('name-poisoning: one device answers for several names; hosts that answer for their own are none', async () => {
  const poisoner = home();
  const honest = home();
  for (let i = 0; i < 5; i++) {
    poisoner.udp(1 + i, INTRUDER, LAPTOP, [5355, 50_000 + i], dns(i, `wpad${i}`, 1, INTRUDER.ip));
    honest.udp(1 + i, host(100 + i), LAPTOP, [5355, 50_000 + i], dns(i, `pc${i}`, 1, host(100 + i).ip));
  }
  const finding = only(await poisoner.findings(), 'name-poisoning');
  assert.equal(finding.device, INTRUDER.mac);
  assert.equal(finding.peer, LAPTOP.mac);
  assert.deepEqual(rulesAbove(await honest.findings()), []);
});

/** A router advertisement with one prefix. */
function advertisement(from: Host, prefix: string, lifetime: number): Uint8Array {
  const options = bytesOf(
    [1, 1],
    macBytes(from.mac),
    [3, 4, 64, 0xc0, 0, 0, 14, 16, 0, 0, 14, 16, 0, 0, 0, 0],
    ipBytes(prefix),
  );
  const body = bytesOf([64, 0], be16(lifetime), new Uint8Array(8), options);
  const source = from === ROUTER ? 'fe80::1' : 'fe80::66';
  return ether(
    { src: from.mac, dst: '33:33:00:00:00:01', type: 0x86dd },
    ipv6({ src: source, dst: 'ff02::1', nextHeader: 58, hopLimit: 255 }, icmp(134, 0, body)),
  );
}

test('rogue-ra: a second default router with another prefix; the same prefix, or no default route, is none', async () => {
  const rogue = home();
  const pair = home();
  const thread = home();
  for (let i = 0; i < 5; i++) {
    for (const scene of [rogue, pair, thread]) scene.at(i * 10, advertisement(ROUTER, '2001:db8:1::', 1800));
    rogue.at(5 + i * 10, advertisement(INTRUDER, '2001:db8:bad::', 1800));
    pair.at(5 + i * 10, advertisement(INTRUDER, '2001:db8:1::', 1800));
    thread.at(5 + i * 10, advertisement(INTRUDER, 'fd00:1::', 0));
  }
  const finding = only(await rogue.findings(), 'rogue-ra');
  assert.equal(finding.device, INTRUDER.mac);
  assert.ok(finding.severity === 'medium' || finding.severity === 'high');
  for (const scene of [pair, thread]) assert.deepEqual(rulesAbove(await scene.findings()), []);
});

test('exfiltration: much to an address without a name; a named cloud is low, a download is none', async () => {
  const thresholds = {
    thresholds: parseDetectConfig({ thresholds: { exfiltration: { bytes: 1_000_000 } } }).thresholds,
  };
  const upload = (scene: Scene, port: number): Scene => {
    scene
      .tcp(1, CAMERA, SERVER, [40_000, port], 2, 0, 0)
      .tcp(1.1, SERVER, CAMERA, [port, 40_000], 0x12, 0, 0);
    for (let i = 0; i < 900; i++)
      scene.tcp(2 + i * 0.01, CAMERA, SERVER, [40_000, port], 0x18, 1400, 1 + i * 1400);
    return scene;
  };
  const cloud = home().udp(0.5, CAMERA, ROUTER, [5353, 53], dns(1, 'backup.example.com'));
  cloud.udp(0.6, ROUTER, CAMERA, [53, 5353], dns(1, 'backup.example.com', 1, SERVER.ip));
  const download = home();
  for (let i = 0; i < 900; i++)
    download.tcp(2 + i * 0.01, SERVER, CAMERA, [443, 40_000], 0x18, 1400, 1 + i * 1400);
  const finding = only(await upload(home(), 8888).findings(thresholds), 'exfiltration');
  assert.equal(finding.severity, 'medium');
  assert.equal(finding.device, CAMERA.mac);
  // Numbers as they are in the tables.
  assert.match(finding.summary, / sent 1,2\d\d,\d{3} bytes to 203\.0\.113\.7 /);
  assert.equal(only(await upload(cloud, 443).findings(thresholds), 'exfiltration').severity, 'low');
  assert.ok(!(await download.findings(thresholds)).some((f) => f.rule === 'exfiltration'));
});

test('amplification: floods of long answers to a forged address; a client of the same service is none', async () => {
  const attack = home();
  const client = home();
  for (let i = 0; i < 300; i++) {
    attack
      .udp(1 + i * 0.02, SERVER, CAMERA, [1024 + i, 1900], 90)
      .udp(1.001 + i * 0.02, CAMERA, SERVER, [1900, 1024 + i], 1300);
    client
      .udp(1 + i * 0.02, LAPTOP, ROUTER, [1024 + i, 53], 40)
      .udp(1.001 + i * 0.02, ROUTER, LAPTOP, [53, 1024 + i], 120);
  }
  const finding = only(await attack.findings(), 'amplification');
  assert.equal(finding.device, CAMERA.mac);
  assert.equal(finding.peer, SERVER.ip);
  assert.ok(!(await client.findings()).some((f) => f.rule === 'amplification'));
});

test('amplification: questions from elsewhere for a service of neighbours; a scanner that asks once is none', async () => {
  const attack = home();
  const scanner = home();
  for (let i = 0; i < 300; i++) {
    attack.udp(1 + i * 0.02, SERVER, CAMERA, [4087, 1900], 90);
    scanner.udp(1 + i * 0.02, remote(`203.0.113.${i & 255}`), CAMERA, [4087, 1900], 90);
  }
  const finding = only(await attack.findings(), 'amplification');
  assert.equal(finding.severity, 'medium');
  assert.equal(finding.peer, SERVER.ip);
  assert.ok(!(await scanner.findings()).some((f) => f.rule === 'amplification'));
});

test('amplification: who forges the sender is to blame, wherever the reflector is', async () => {
  for (const [reflector, port] of [
    [ROUTER, 53],
    [remote('198.51.100.18'), 123],
    [CAMERA, 1900],
  ] as const) {
    const forged = home();
    for (let i = 0; i < 300; i++)
      forged.udp(1 + i * 0.02, { mac: INTRUDER.mac, ip: SERVER.ip }, reflector, [44_887, port], 44);
    const finding = only(await forged.findings(), 'amplification');
    assert.equal(finding.device, INTRUDER.mac);
    assert.equal(finding.peer, SERVER.ip);
    assert.equal(finding.severity, 'high');
    assert.equal(finding.evidence['reflector'], reflector.ip);
  }
});

test('dga: many domains that do not exist; a misspelt one with many hosts is none', async () => {
  const attack = home();
  const typo = home();
  for (let i = 0; i < 60; i++) {
    const missing = (name: string): Uint8Array => {
      const message = dns(i, name);
      message[2] = 0x81;
      message[3] = 0x83;
      return message;
    };
    attack.udp(1 + i, ROUTER, CAMERA, [53, 40_000 + i], missing(`${encoded(i, 12)}.com`));
    typo.udp(1 + i, ROUTER, LAPTOP, [53, 40_000 + i], missing(`www${i}.exmaple.com`));
  }
  assert.equal(only(await attack.findings(), 'dga').device, CAMERA.mac);
  assert.deepEqual(rulesAbove(await typo.findings()), []);
});

test('port-mapping: a request to open a port; any other action of UPnP is none', async () => {
  const soap = (action: string): Uint8Array =>
    new TextEncoder().encode(
      `POST /ctl HTTP/1.1\r\nHost: 192.168.1.1\r\nSOAPAction: "urn:schemas-upnp-org:service:WANIPConnection:1#${action}"\r\nContent-Length: 0\r\n\r\n`,
    );
  const finding = only(
    await home().request(1, CAMERA, ROUTER, 5000, soap('AddPortMapping')).findings(),
    'port-mapping',
  );
  assert.equal(finding.device, CAMERA.mac);
  assert.equal(finding.peer, ROUTER.mac);
  assert.deepEqual(
    rulesAbove(await home().request(1, CAMERA, ROUTER, 5000, soap('GetExternalIPAddress')).findings()),
    [],
  );
});

test('weak-tls: servers that settle on TLS 1.0 are one finding of the client; TLS 1.2 does not', async () => {
  /** A ServerHello in one record. */
  const hello = (version: number): Uint8Array => {
    const body = bytesOf(be16(version), new Uint8Array(32), [0], be16(0xc02f), [0]);
    const handshake = bytesOf([2, 0], be16(body.length), body);
    return bytesOf([22], be16(0x0301), be16(handshake.length), handshake);
  };
  const client = Uint8Array.of(22, 3, 1, 0, 1, 0);
  const old = only(
    await home().request(1, CAMERA, SERVER, 443, client, hello(0x0301)).findings(),
    'weak-tls',
  );
  assert.equal(old.severity, 'info');
  assert.equal(old.device, CAMERA.mac);
  assert.equal(old.peer, SERVER.ip);
  assert.equal(old.technique, '');
  assert.deepEqual(old.evidence, {
    connections: 1,
    serverCount: 1,
    servers: [SERVER.ip],
    versions: ['TLS 1.0'],
  });
  const many = home().udp(0.5, CAMERA, ROUTER, [5353, 53], dns(1, 'cloud.example.com'));
  many.udp(0.6, ROUTER, CAMERA, [53, 5353], dns(1, 'cloud.example.com', 1, '203.0.113.1'));
  for (let i = 0; i < 60; i++) {
    const server = remote(`203.0.113.${1 + (i % 30)}`);
    many.request(1 + i * 20, CAMERA, server, 443, client, hello(i % 30 === 3 ? 0x0302 : 0x0301));
  }
  const all = only(await many.findings(), 'weak-tls');
  assert.equal(all.summary, `${CAMERA.mac} talks to 30 servers with TLS 1.0 and TLS 1.1`);
  assert.equal(all.peer, '');
  assert.equal(all.evidence['serverCount'], 30);
  assert.equal(all.evidence['connections'], 60);
  const servers = all.evidence['servers'] as string[];
  assert.equal(servers.length, 20);
  assert.deepEqual(servers.slice(0, 2), ['cloud.example.com (203.0.113.1)', '203.0.113.2']);
  const current = await home().request(1, CAMERA, SERVER, 443, client, hello(0x0303)).findings();
  assert.ok(!current.some((f) => f.rule === 'weak-tls'));
});
