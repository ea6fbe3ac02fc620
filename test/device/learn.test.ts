import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Report } from '../../src/report/schema.ts';
import { CAMERA, type Host, INTRUDER, LAPTOP, remote, ROUTER, Scene } from '../detect/scene.ts';
import { be16, bytesOf, ether, ipBytes, ipv4, udp } from '../packet/build-frame.ts';
import { labels } from '../protocol/write.ts';

type ReportDevice = Report['devices'][number];

function deviceOf(report: Report, mac: string): ReportDevice {
  const device = report.devices.find(({ id }) => id === mac);
  assert.ok(device, mac);
  return device;
}

function query(name: string): Uint8Array {
  return bytesOf(be16(7), be16(0x0100), be16(1), be16(0), be16(0), be16(0), labels(name), be16(1), be16(1));
}

/** An answer with recursion available; `flags` 0x8400 makes it an mDNS announcement without a question. */
function answer(name: string, address: string, flags = 0x8180): Uint8Array {
  const asked = flags === 0x8180;
  const question = asked ? bytesOf(labels(name), be16(1), be16(1)) : new Uint8Array(0);
  const record = bytesOf(labels(name), be16(1), be16(1), [0, 0, 0, 60], be16(4), ipBytes(address));
  return bytesOf(
    be16(asked ? 7 : 0),
    be16(flags),
    be16(asked ? 1 : 0),
    be16(1),
    be16(0),
    be16(0),
    question,
    record,
  );
}

test('a lease gives its client the address, name and fingerprint, and its server the role', async () => {
  const lease = { client: LAPTOP.mac, yourIp: LAPTOP.ip, router: ROUTER.ip, dns: ROUTER.ip };
  const report = await new Scene()
    .dhcp(0, { client: LAPTOP.mac, type: 3, hostName: 'annas-laptop', parameters: [1, 3, 6, 15] })
    .dhcp(0.1, { ...lease, type: 5, server: ROUTER })
    .report();
  const laptop = deviceOf(report, LAPTOP.mac);
  assert.deepEqual(
    laptop.addresses.map(({ address, sources }) => [address, sources]),
    [[LAPTOP.ip, ['dhcp']]],
  );
  assert.deepEqual(laptop.names, [{ name: 'annas-laptop', source: 'dhcp' }]);
  assert.deepEqual(laptop.fingerprints['dhcp'], ['1,3,6,15']);
  assert.deepEqual(deviceOf(report, ROUTER.mac).roles, ['dhcp-server', 'gateway']);
});

test('a question gives a domain, its answer names the peer, and who answers resolves', async () => {
  const cloud = remote('203.0.113.5');
  const report = await new Scene()
    .resolve(0, CAMERA, ROUTER)
    .udp(1, CAMERA, ROUTER, [40_000, 53], query('Cloud.Example.com'))
    .udp(1.1, ROUTER, CAMERA, [53, 40_000], answer('cloud.example.com', cloud.ip))
    .connection(2, CAMERA, cloud, 443, 41_000)
    .report();
  const camera = deviceOf(report, CAMERA.mac);
  assert.deepEqual(camera.domains, [{ name: 'cloud.example.com', count: 1 }]);
  const peer = camera.peers.find(({ peer: id }) => id === cloud.ip);
  assert.equal(peer?.name, 'cloud.example.com');
  assert.deepEqual(peer?.ports, ['tcp/443']);
  assert.ok(
    camera.peers.some(({ peer: id }) => id === ROUTER.mac),
    'a local peer goes by its device id',
  );
  assert.ok(deviceOf(report, ROUTER.mac).roles.includes('dns-server'));
  assert.ok(
    !deviceOf(report, ROUTER.mac).peers.some(({ peer: id }) => id === cloud.ip),
    'what it forwards is not its own',
  );
});

const MDNS = { mac: '01:00:5e:00:00:fb', ip: '224.0.0.251' };
const ANNOUNCEMENT = answer('camera-1.local', CAMERA.ip, 0x8400);

/** What the router sends and is handed shows that it is one. */
function withRouter(): Scene {
  const scene = new Scene().resolve(0, CAMERA, ROUTER);
  for (let n = 1; n <= 8; n++) scene.connection(n / 10, LAPTOP, remote(`203.0.113.${n}`), 443, 41_000 + n);
  return scene;
}

function foreignClaims(report: Report): number {
  return report.issues.find(({ code }) => code === 'foreign-claim')?.count ?? 0;
}

test('an mDNS announcement names its sender, and teaches nothing when a reflector repeats it', async () => {
  const report = await withRouter()
    .udp(2, CAMERA, MDNS, [5353, 5353], ANNOUNCEMENT)
    .udp(2.1, ROUTER, MDNS, [5353, 5353], answer('other-name.local', CAMERA.ip, 0x8400))
    .report();
  assert.deepEqual(deviceOf(report, CAMERA.mac).names, [{ name: 'camera-1', source: 'mdns' }]);
  assert.deepEqual(deviceOf(report, ROUTER.mac).names, []);
  assert.equal(foreignClaims(report), 0);
});

test('a router is believed about a device that does not announce itself', async () => {
  const report = await withRouter().udp(2, ROUTER, MDNS, [5353, 5353], ANNOUNCEMENT).report();
  assert.deepEqual(deviceOf(report, CAMERA.mac).names, [{ name: 'camera-1', source: 'mdns' }]);
  assert.deepEqual(deviceOf(report, ROUTER.mac).names, []);
});

test('a neighbour gives nobody a name by mDNS, and the attempt is counted', async () => {
  const report = await withRouter()
    .resolve(1, INTRUDER, CAMERA)
    .udp(2, INTRUDER, MDNS, [5353, 5353], answer('printer.local', CAMERA.ip, 0x8400))
    .report();
  assert.deepEqual(deviceOf(report, CAMERA.mac).names, []);
  assert.deepEqual(deviceOf(report, INTRUDER.mac).names, []);
  assert.equal(foreignClaims(report), 1);
});

test('an announcement that is said again teaches nothing new, and keeps its address current', async () => {
  const report = await withRouter()
    .udp(2, CAMERA, MDNS, [5353, 5353], ANNOUNCEMENT)
    .udp(60, CAMERA, MDNS, [5353, 5353], ANNOUNCEMENT)
    .report();
  const camera = deviceOf(report, CAMERA.mac);
  assert.deepEqual(camera.names, [{ name: 'camera-1', source: 'mdns' }]);
  const own = camera.addresses.find(({ address }) => address === CAMERA.ip);
  assert.deepEqual(own?.sources, ['arp', 'mdns', 'traffic']);
  assert.equal(own?.lastSeen, '2023-11-14T22:14:20Z');
});

test('a DHCP request in a frame of another host teaches nothing about the client that it names', async () => {
  const report = await withRouter()
    .resolve(1, INTRUDER, ROUTER)
    .dhcp(2, { client: CAMERA.mac, type: 3, hostName: 'annas-camera' })
    .dhcp(3, {
      client: CAMERA.mac,
      from: INTRUDER.mac,
      type: 3,
      hostName: 'a-printer',
      vendorClass: 'MSFT 5.0',
    })
    .dhcp(4, {
      client: CAMERA.mac,
      from: INTRUDER.mac,
      relay: INTRUDER.ip,
      type: 3,
      hostName: 'a-printer',
      vendorClass: 'MSFT 5.0',
    })
    .report();
  const camera = deviceOf(report, CAMERA.mac);
  assert.deepEqual(camera.names, [{ name: 'annas-camera', source: 'dhcp' }]);
  assert.ok(!camera.identity.evidence.some(({ value }) => value === 'MSFT 5.0'));
  assert.deepEqual(deviceOf(report, INTRUDER.mac).names, []);
  assert.equal(foreignClaims(report), 2);
});

test('a relay speaks for a client that is not heard on this link', async () => {
  const client = '3c:a9:f4:00:00:09';
  const report = await new Scene()
    .resolve(0, LAPTOP, ROUTER)
    .dhcp(1, { client, from: ROUTER.mac, relay: ROUTER.ip, type: 3, hostName: 'far-laptop' })
    .report();
  assert.deepEqual(deviceOf(report, client).names, [{ name: 'far-laptop', source: 'dhcp' }]);
  assert.deepEqual(deviceOf(report, ROUTER.mac).names, []);
  assert.equal(foreignClaims(report), 0);
});

test('a service is what answers, not what is asked for', async () => {
  const report = await new Scene()
    .resolve(0, LAPTOP, CAMERA)
    .connection(1, LAPTOP, CAMERA, 554, 40_000)
    .refused(2, LAPTOP, CAMERA, 23, 40_001)
    .report();
  assert.deepEqual(
    deviceOf(report, CAMERA.mac).services.map(({ port, transport, source }) => [port, transport, source]),
    [[554, 'tcp', 'flow']],
  );
  assert.deepEqual(deviceOf(report, LAPTOP.mac).services, []);
});

test('a phone that changes its random address is linked with what it was, in the report', async () => {
  const [before, after] = ['da:a1:19:00:00:01', '3e:22:33:44:55:66'];
  const report = await new Scene()
    .dhcp(0, { client: before, type: 3, hostName: 'annas-pixel', parameters: [1, 3, 6, 15] })
    .dhcp(100, { client: after, type: 3, hostName: 'annas-pixel', parameters: [1, 3, 6, 15] })
    .report();
  const reason = 'the name annas-pixel';
  const link = (device: string): object => ({ device, kind: 'changed-address', reason });
  assert.deepEqual(deviceOf(report, before).links, [link(after)]);
  assert.deepEqual(deviceOf(report, after).links, [link(before)]);
});

test('a public address is not a device’s for an initial TTL alone: a proxy that answers for a server sends one', async () => {
  const resolver = remote('119.29.29.29');
  const scene = new Scene()
    .udp(1, CAMERA, resolver, [40_000, 53], query('cloud.example.com'))
    .at(1.1, answerAtInitialTtl(resolver, CAMERA));
  const report = await scene.report();
  const router = deviceOf(report, ROUTER.mac);
  assert.deepEqual(router.addresses, []);
  assert.ok(!router.roles.includes('dns-server'));
  assert.deepEqual(router.peers, []);
  assert.deepEqual(
    deviceOf(report, CAMERA.mac).peers.map(({ peer }) => peer),
    [resolver.ip],
  );
});

test('a public address that its holder proves by ARP is its own, and so are its roles and peers', async () => {
  const resolver = { mac: ROUTER.mac, ip: '119.29.29.29' };
  const client = { mac: CAMERA.mac, ip: '119.29.29.30' };
  // Only the question and answer of ARP prove the two; a third on the same prefix needs no ARP of its own.
  const third = { mac: LAPTOP.mac, ip: '119.29.29.20' };
  const report = await new Scene()
    .resolve(0, client, resolver)
    .udp(1, client, resolver, [40_000, 53], query('cloud.example.com'))
    .at(1.1, answerAtInitialTtl(resolver, client))
    .connection(2, third, resolver, 443, 41_000)
    .report();
  const server = deviceOf(report, resolver.mac);
  assert.deepEqual(
    server.addresses.map(({ address }) => address),
    [resolver.ip],
  );
  assert.ok(server.roles.includes('dns-server'));
  assert.deepEqual(server.peers.map(({ peer }) => peer).sort(), [third.mac, client.mac].sort());
  assert.deepEqual(
    deviceOf(report, third.mac).addresses.map(({ address }) => address),
    [third.ip],
  );
});

/** A DNS answer that looks as if no router had passed it on. */
function answerAtInitialTtl(from: Host, to: Host): Uint8Array {
  const datagram = udp({ ports: [53, 40_000] }, answer('cloud.example.com', '203.0.113.5'));
  return ether(
    { src: from.mac, dst: to.mac },
    ipv4({ src: from.ip, dst: to.ip, protocol: 17, ttl: 64 }, datagram),
  );
}

test('a switch names itself by LLDP, without an address', async () => {
  const tlv = (type: number, ...value: number[]) => bytesOf(be16((type << 9) | value.length), value);
  const text = (type: number, name: string) => tlv(type, ...new TextEncoder().encode(name));
  const message = bytesOf(
    tlv(1, 4, 0, 4, 0x96, 0x1f, 0xa7, 0x26),
    tlv(2, 5, 0x31),
    tlv(3, 0, 120),
    text(5, 'Summit300-48'),
    tlv(0),
  );
  const [src, dst] = ['00:04:96:1f:a7:26', '01:80:c2:00:00:0e'];
  const report = await new Scene().at(0, ether({ src, dst, type: 0x88cc }, message)).report();
  assert.deepEqual(deviceOf(report, src).names, [{ name: 'Summit300-48', source: 'lldp' }]);
});
