/**
 * One attack and its benign twin for every rule, as small as they can be: what the twin lacks is what the rule is about.
 * `every-rule.test.ts` runs them all, and fails when a rule has none. The finer points are in the tests beside it.
 */
import type { DetectConfig } from '../../src/detect/config.ts';
import { parseDetectConfig } from '../../src/detect/config.ts';
import { be16, bytesOf, ether, icmp, ipBytes, ipv6, macBytes } from '../packet/build-frame.ts';
import { dns } from './dns-message.ts';
import { advertised, OVERRIDE } from './neighbor-message.ts';
import { CAMERA, host, type Host, INTRUDER, LAPTOP, remote, ROUTER, Scene, SYN } from './scene.ts';

export interface Case {
  readonly attack: () => Scene;
  readonly twin: () => Scene;
  readonly config?: Partial<DetectConfig>;
  /** Rule of the findings, where it is not the detector's id. */
  readonly rule?: string;
}

const ELSEWHERE = remote('203.0.113.7');
const HOUR = 3600;
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

function home(): Scene {
  return new Scene().resolve(0, CAMERA, ROUTER).resolve(0.1, LAPTOP, ROUTER).resolve(0.2, INTRUDER, ROUTER);
}

/** A scene that `step` adds to, for each `i` below `times`. */
function repeat(times: number, step: (scene: Scene, i: number) => unknown, scene = home()): Scene {
  for (let i = 0; i < times; i++) step(scene, i);
  return scene;
}

/** Ten minutes and more of little traffic, then `burst` datagrams at once. */
function quietThen(burst: number, bytes: number): Scene {
  const scene = repeat(90, (s, i) => s.udp(1 + i * 10, CAMERA, ELSEWHERE, [5000, 5000], 100));
  return repeat(burst, (s, i) => s.udp(905 + i * 0.003, CAMERA, ELSEWHERE, [5000, 5000], bytes), scene);
}

function advertisement(from: Host, source: string, prefix: string): Uint8Array {
  const options = bytesOf(
    [1, 1],
    macBytes(from.mac),
    [3, 4, 64, 0xc0, 0, 0, 14, 16, 0, 0, 14, 16, 0, 0, 0, 0],
    ipBytes(prefix),
  );
  return ether(
    { src: from.mac, dst: '33:33:00:00:00:01', type: 0x86dd },
    ipv6(
      { src: source, dst: 'ff02::1', nextHeader: 58, hopLimit: 255 },
      icmp(134, 0, bytesOf([64, 0], be16(1800), new Uint8Array(8), options)),
    ),
  );
}

/** `from` says that it has the router's IPv6 address. */
const neighborAdvertisement = (from: Host, to: Host, flags = OVERRIDE): Uint8Array =>
  advertised({ from, to, target: 'fe80::1', flags });
/** The router has said that it has it. */
const speaking = (): Scene => home().at(1, advertised({ from: ROUTER, to: LAPTOP, target: 'fe80::1' }));

/** Two servers answer one request; the second names `router`. */
function twoServers(router: string): Scene {
  const lease = { client: LAPTOP.mac, yourIp: '192.168.1.50', dns: ROUTER.ip };
  return home()
    .dhcp(1, { client: LAPTOP.mac, type: 1 })
    .dhcp(1.1, { ...lease, type: 2, server: ROUTER, router: ROUTER.ip })
    .dhcp(1.2, { ...lease, type: 2, server: INTRUDER, router });
}

function serverHello(version: number): Scene {
  const body = bytesOf(be16(version), new Uint8Array(32), [0], be16(0xc02f), [0]);
  const handshake = bytesOf([2, 0], be16(body.length), body);
  const hello = bytesOf([22], be16(0x0301), be16(handshake.length), handshake);
  return home().request(1, CAMERA, ELSEWHERE, 443, Uint8Array.of(22, 3, 1, 0, 1, 0), hello);
}

function upload(up: number, down: number): Scene {
  const scene = home()
    .tcp(1, CAMERA, ELSEWHERE, [40_000, 8888], SYN, 0, 0)
    .tcp(1.1, ELSEWHERE, CAMERA, [8888, 40_000], 0x12, 0, 0);
  repeat(
    up,
    (s, i) => s.tcp(2 + i * 0.01, CAMERA, ELSEWHERE, [40_000, 8888], 0x18, 1400, 1 + i * 1400),
    scene,
  );
  return repeat(
    down,
    (s, i) => s.tcp(2 + i * 0.01, ELSEWHERE, CAMERA, [8888, 40_000], 0x18, 1400, 1 + i * 1400),
    scene,
  );
}

/** One connection of an hour to `port` with `bytes` each way every `interval` seconds. */
function kept(port: number, interval: number, bytes: number): Scene {
  const there = [40_000, port] as const;
  const back = [port, 40_000] as const;
  const scene = home()
    .tcp(1, CAMERA, ELSEWHERE, there, SYN, 0, 0)
    .tcp(1.1, ELSEWHERE, CAMERA, back, 0x12, 0, 0)
    .tcp(1.2, CAMERA, ELSEWHERE, there, 0x10);
  return repeat(
    HOUR / interval,
    (s, i) =>
      s
        .tcp(2 + i * interval, CAMERA, ELSEWHERE, there, 0x18, bytes, 1 + i * bytes)
        .tcp(2.1 + i * interval, ELSEWHERE, CAMERA, back, 0x18, bytes, 1 + i * bytes),
    scene,
  );
}

function answered(scene: Scene, i: number, name: string, rcode = 0): Scene {
  const message = dns(i, name);
  message[2] = 0x81;
  message[3] = 0x80 | rcode;
  return scene.udp(1 + i, ROUTER, CAMERA, [53, 40_000 + i], message);
}

/** Letters that look random, different for each `i`. */
const encoded = (i: number): string =>
  Array.from(
    { length: 40 },
    (_, at) => 'abcdefghijklmnopqrstuvwxyz234567'[(i * 7 + at * at * 13 + (i >>> (at % 5))) & 31],
  ).join('');

const telnet = (user: string, password: string): Uint8Array =>
  bytesOf([0xff, 0xfb, 0x18], text(`${user}\r\n${password}\r\n`));
const basic = (pair: string): Uint8Array =>
  text(`GET / HTTP/1.1\r\nHost: cam\r\nAuthorization: Basic ${Buffer.from(pair).toString('base64')}\r\n\r\n`);

const learning: Partial<DetectConfig> = { learnSeconds: HOUR };
const usual = (): Scene =>
  home()
    .connection(5, CAMERA, ELSEWHERE, 8000, 41_000)
    .udp(6, CAMERA, ROUTER, [40_000, 53], dns(1, 'cloud.example.com'));

export const CASES: Readonly<Record<string, Case>> = {
  'new-device': {
    attack: () => home().arpRequest(HOUR, host(99), ROUTER.ip),
    twin: () => home().arpRequest(10, host(99), ROUTER.ip).arpRequest(HOUR, host(99), ROUTER.ip),
  },
  'mac-flood': {
    attack: () => repeat(150, (s, i) => s.arpRequest(400 + i * 0.01, host(100 + i), ROUTER.ip)),
    twin: () => repeat(30, (s, i) => s.arpRequest(400 + i, host(100 + i), ROUTER.ip)),
  },
  'new-peer': {
    config: learning,
    attack: () => usual().connection(2 * HOUR, CAMERA, remote('198.51.100.9'), 4444, 42_000),
    twin: () => usual().connection(2 * HOUR, CAMERA, ELSEWHERE, 4444, 42_000),
  },
  'new-domain': {
    config: learning,
    attack: () => usual().udp(2 * HOUR, CAMERA, ROUTER, [40_001, 53], dns(2, 'c2.example.net')),
    twin: () => usual().udp(2 * HOUR, CAMERA, ROUTER, [40_001, 53], dns(2, 'time.example.com')),
  },
  'port-scan': {
    attack: () => repeat(60, (s, i) => s.refused(1 + i * 0.01, INTRUDER, CAMERA, 1 + i)),
    twin: () => repeat(60, (s, i) => s.connection(1 + i * 0.01, LAPTOP, CAMERA, 1 + i, 40_000)),
  },
  'host-scan': {
    attack: () => repeat(60, (s, i) => s.unanswered(1 + i * 0.1, CAMERA, remote(`203.0.113.${i}`), 23)),
    twin: () => repeat(60, (s, i) => s.connection(1 + i * 0.1, CAMERA, remote(`203.0.113.${i}`), 23, 40_000)),
  },
  'connection-storm': {
    attack: () => repeat(60, (s, i) => s.unanswered(1 + i * 20, CAMERA, ELSEWHERE, 50, 40_000 + i)),
    twin: () =>
      repeat(60, (s, i) => s.unanswered(1 + i * 20, CAMERA, ELSEWHERE, 50, 40_000 + i)).connection(
        1300,
        CAMERA,
        ELSEWHERE,
        50,
        39_000,
      ),
  },
  'volume-spike': { attack: () => quietThen(1500, 1400), twin: () => quietThen(100, 1400) },
  'traffic-burst': { attack: () => quietThen(300, 100), twin: () => quietThen(90, 100) },
  'arp-spoof': {
    attack: () => repeat(10, (s, i) => s.arpReply(20 + i * 2, INTRUDER, LAPTOP, ROUTER.ip)),
    twin: () => repeat(10, (s, i) => s.resolve(20 + i * 2, LAPTOP, { mac: INTRUDER.mac, ip: ROUTER.ip })),
  },
  'ip-conflict': {
    attack: () =>
      repeat(6, (s, i) =>
        s.arpRequest(10 + i * 10, i % 2 === 0 ? LAPTOP : { mac: CAMERA.mac, ip: LAPTOP.ip }, '192.168.1.9'),
      ),
    twin: () =>
      repeat(6, (s, i) =>
        s.arpRequest(10 + i * 10, i < 3 ? LAPTOP : { mac: CAMERA.mac, ip: LAPTOP.ip }, '192.168.1.9'),
      ),
  },
  'mac-clone': {
    attack: () =>
      repeat(8, (s, i) =>
        s.dhcp(1 + i * 5, {
          client: CAMERA.mac,
          type: 1,
          hostName: i % 2 === 0 ? 'cam' : 'kali',
          parameters: i % 2 === 0 ? [1, 3] : [1, 28],
        }),
      ),
    twin: () =>
      repeat(8, (s, i) =>
        s.dhcp(1 + i * 5, {
          client: CAMERA.mac,
          type: 1,
          hostName: i < 4 ? 'cam' : 'cam2',
          parameters: i < 4 ? [1, 3] : [1, 28],
        }),
      ),
  },
  'rogue-dhcp': { attack: () => twoServers(INTRUDER.ip), twin: () => twoServers(ROUTER.ip) },
  'rogue-ra': {
    attack: () =>
      repeat(3, (s, i) =>
        s
          .at(1 + i, advertisement(ROUTER, 'fe80::1', '2001:db8:1::'))
          .at(1.5 + i, advertisement(INTRUDER, 'fe80::66', '2001:db8:bad::')),
      ),
    twin: () =>
      repeat(3, (s, i) =>
        s
          .at(1 + i, advertisement(ROUTER, 'fe80::1', '2001:db8:1::'))
          .at(1.5 + i, advertisement(INTRUDER, 'fe80::66', '2001:db8:1::')),
      ),
  },
  'nd-spoof': {
    attack: () => repeat(10, (s, i) => s.at(20 + i * 2, neighborAdvertisement(INTRUDER, LAPTOP)), speaking()),
    // A proxy does not override what the owner says (RFC 4861, section 7.2.8).
    twin: () =>
      repeat(10, (s, i) => s.at(20 + i * 2, neighborAdvertisement(INTRUDER, LAPTOP, 0)), speaking()),
  },
  'dhcp-starvation': {
    attack: () =>
      repeat(100, (s, i) =>
        s.dhcp(1 + i * 0.1, { client: `02:9${i % 10}:00:77:00:1${i >>> 4}`, type: 1, transaction: i }),
      ),
    twin: () =>
      repeat(20, (s, i) => s.dhcp(1 + i, { client: `3c:a9:f4:00:01:${10 + i}`, type: 1, transaction: i })),
  },
  'name-poisoning': {
    attack: () =>
      repeat(5, (s, i) =>
        s.udp(1 + i, INTRUDER, LAPTOP, [5355, 50_000 + i], dns(i, `wpad${i}`, 1, INTRUDER.ip)),
      ),
    twin: () =>
      repeat(5, (s, i) =>
        s.udp(1 + i, INTRUDER, LAPTOP, [5355, 50_000 + i], dns(i, 'own-name', 1, INTRUDER.ip)),
      ),
  },
  'syn-flood': {
    attack: () =>
      repeat(3000, (s, i) =>
        s.tcp(1 + i * 0.002, remote(`100.64.${i >>> 8}.${i & 255}`), CAMERA, [1024 + i, 80], SYN),
      ),
    twin: () =>
      repeat(1000, (s, i) =>
        s.connection(1 + i * 0.002, remote(`100.64.${i >>> 8}.${i & 255}`), CAMERA, 80, 1024 + i),
      ),
  },
  'udp-flood': {
    attack: () => repeat(8000, (s, i) => s.udp(1 + i * 0.0005, CAMERA, ELSEWHERE, [1024 + i, 53], 30)),
    twin: () => repeat(300, (s, i) => s.udp(1 + i * 0.02, CAMERA, ELSEWHERE, [1024 + i, 53], 30)),
  },
  'icmp-flood': {
    attack: () => repeat(2000, (s, i) => s.echo(1 + i * 0.004, CAMERA, ELSEWHERE)),
    twin: () => repeat(60, (s, i) => s.echo(1 + i, CAMERA, ELSEWHERE).echoReply(1.1 + i, ELSEWHERE, CAMERA)),
  },
  'brute-force': {
    attack: () => repeat(40, (s, i) => s.connection(1 + i * 2, INTRUDER, CAMERA, 22, 40_000 + i, 1200, 2000)),
    twin: () => repeat(40, (s, i) => s.connection(1 + i * 120, LAPTOP, CAMERA, 22, 40_000 + i, 1200, 2000)),
  },
  'cleartext-login': {
    attack: () => home().request(1, LAPTOP, CAMERA, 80, basic('bob:correct horse')),
    twin: () => home().request(1, LAPTOP, CAMERA, 80, text('GET / HTTP/1.1\r\nHost: cam\r\n\r\n')),
  },
  'default-credentials': {
    attack: () => home().request(1, INTRUDER, CAMERA, 23, telnet('root', 'xc3511')),
    twin: () => home().request(1, INTRUDER, CAMERA, 23, telnet('root', 'nobody-ships-this')),
  },
  'weak-tls': { attack: () => serverHello(0x0301), twin: () => serverHello(0x0303) },
  beaconing: {
    attack: () => repeat(30, (s, i) => s.connection(1 + i * 60, CAMERA, ELSEWHERE, 4444, 40_000 + i)),
    twin: () => repeat(30, (s, i) => s.connection(1 + i * i * 7, CAMERA, ELSEWHERE, 4444, 40_000 + i)),
  },
  heartbeat: { attack: () => kept(4444, 30, 20), twin: () => kept(4444, 30, 900) },
  'dns-tunnel': {
    attack: () =>
      repeat(120, (s, i) =>
        s.udp(1 + i, CAMERA, ROUTER, [40_000 + i, 53], dns(i, `${encoded(i)}.t.example.com`, 16)),
      ),
    twin: () =>
      repeat(120, (s, i) =>
        s.udp(1 + i, CAMERA, ROUTER, [40_000 + i, 53], dns(i, `www${i}.shop.example.com`)),
      ),
  },
  'icmp-tunnel': {
    attack: () =>
      repeat(60, (s, i) => s.echo(1 + i, CAMERA, ELSEWHERE, 60).echoReply(1.1 + i, ELSEWHERE, CAMERA, 1000)),
    twin: () =>
      repeat(60, (s, i) => s.echo(1 + i, CAMERA, ELSEWHERE, 60).echoReply(1.1 + i, ELSEWHERE, CAMERA, 60)),
  },
  dga: {
    attack: () => repeat(60, (s, i) => answered(s, i, `${encoded(i).slice(0, 12)}.com`, 3)),
    twin: () => repeat(60, (s, i) => answered(s, i, `${encoded(i).slice(0, 12)}.com`)),
  },
  exfiltration: {
    config: {
      thresholds: parseDetectConfig({ thresholds: { exfiltration: { bytes: 1_000_000 } } }).thresholds,
    },
    attack: () => upload(900, 0),
    twin: () => upload(900, 900),
  },
  amplification: {
    attack: () =>
      repeat(300, (s, i) =>
        s
          .udp(1 + i * 0.02, ELSEWHERE, CAMERA, [1024 + i, 1900], 90)
          .udp(1.01 + i * 0.02, CAMERA, ELSEWHERE, [1900, 1024 + i], 1300),
      ),
    twin: () =>
      repeat(300, (s, i) =>
        s
          .udp(1 + i * 0.02, LAPTOP, CAMERA, [1024 + i, 1900], 90)
          .udp(1.01 + i * 0.02, CAMERA, LAPTOP, [1900, 1024 + i], 110),
      ),
  },
  'port-mapping': {
    attack: () =>
      home().udp(
        1,
        CAMERA,
        ROUTER,
        [40_000, 5351],
        bytesOf([0, 2, 0, 0], be16(80), be16(8080), be16(0), be16(7200)),
      ),
    twin: () => home().udp(1, CAMERA, ROUTER, [40_000, 5351], bytesOf([0, 0])),
  },
};
