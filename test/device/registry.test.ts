import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatMac, parseMac } from '../../src/bytes/address.ts';
import { parseIpv4 } from '../../src/bytes/parse-ip.ts';
import { DeviceRegistry } from '../../src/device/registry.ts';
import { ISSUE, IssueCounter } from '../../src/packet/issue.ts';
import { batchOf, contextOf, type Row } from './rows.ts';

const CAMERA = '00:11:22:00:00:01';
const PHONE = '00:11:22:00:00:02';
const ROUTER = '00:11:22:00:00:fe';
const BROADCAST = 'ff:ff:ff:ff:ff:ff';

function registryOf(rows: readonly Row[], maxDevices?: number): DeviceRegistry {
  const registry = new DeviceRegistry(new IssueCounter(), maxDevices === undefined ? {} : { maxDevices });
  feed(registry, rows);
  return registry;
}

function feed(registry: DeviceRegistry, rows: readonly Row[]): void {
  const batch = batchOf(rows);
  for (let i = 0; i < batch.count; i++) registry.packet(batch, i);
}

function addressesOf(registry: DeviceRegistry, mac: string): string[] {
  return [...registry.deviceOf(parseMac(mac))!.addresses.keys()].sort();
}

test('packets and wire bytes count for sender and receiver, groups are no devices', () => {
  const registry = registryOf([
    { from: CAMERA, to: PHONE, bytes: 1500, time: 1000.25 },
    { from: PHONE, to: CAMERA, bytes: 60, time: 1001.5 },
    { from: CAMERA, to: BROADCAST, bytes: 42, time: 1001.25 },
  ]);
  assert.deepEqual(
    registry.devices.map((d) => d.id),
    [CAMERA, PHONE],
  );
  assert.deepEqual(registry.traffic(0), { packetsOut: 2, packetsIn: 1, bytesOut: 1542, bytesIn: 60 });
  assert.deepEqual(registry.traffic(1), { packetsOut: 1, packetsIn: 1, bytesOut: 60, bytesIn: 1500 });
  assert.deepEqual(registry.lastSeen(0), { seconds: 1001, nanos: 500_000_000 }, 'latest, whatever the order');
});

test('a MAC that is only sent to is listed without packets of its own, and is not new', () => {
  const heard: number[] = [];
  const registry = new DeviceRegistry(new IssueCounter(), { onNew: (device) => heard.push(device) });
  feed(registry, [
    { from: CAMERA, to: PHONE },
    { from: CAMERA, to: PHONE },
  ]);
  assert.equal(registry.deviceOf(parseMac(PHONE))!.index, 1);
  assert.equal(registry.traffic(1).packetsOut, 0);
  assert.deepEqual(heard, [0]);
});

test('no address is taken for another that a device sent from, however they were chosen', () => {
  // Alike in what a quick hash over their words keeps; another address makes room in between or does not.
  const twins = ['fd00:0:0:1::5', 'fd00::2:0:5'];
  for (const between of [[], ['fd00::99']]) {
    const rows = [twins[0]!, ...between, twins[1]!].map((fromIp) => ({
      from: CAMERA,
      to: PHONE,
      fromIp,
      toIp: 'fd00::1',
      ttl: 64,
    }));
    const registry = registryOf(rows);
    registry.end();
    assert.deepEqual(addressesOf(registry, CAMERA), [...twins, ...between].sort());
  }
});

test('a router does not own the addresses behind it', () => {
  const registry = registryOf([
    { from: CAMERA, to: ROUTER, fromIp: '192.168.1.20', toIp: '93.184.216.34', ttl: 64 },
    { from: ROUTER, to: CAMERA, fromIp: '93.184.216.34', toIp: '192.168.1.20', ttl: 53 },
    { from: CAMERA, to: ROUTER, fromIp: '192.168.1.20', toIp: '8.8.8.8', ttl: 64 },
    { from: ROUTER, to: CAMERA, fromIp: '8.8.8.8', toIp: '192.168.1.20', ttl: 117 },
    { from: CAMERA, to: ROUTER, fromIp: '192.168.1.20', toIp: '1.1.1.1', ttl: 64 },
    { from: ROUTER, to: CAMERA, fromIp: '1.1.1.1', toIp: '192.168.1.20', ttl: 57 },
    { from: ROUTER, to: CAMERA, fromIp: '192.168.1.1', toIp: '192.168.1.20', ttl: 64 },
  ]);
  registry.end();
  assert.deepEqual(addressesOf(registry, CAMERA), ['192.168.1.20']);
  assert.deepEqual(addressesOf(registry, ROUTER), ['192.168.1.1']);
  assert.ok(registry.deviceOf(parseMac(ROUTER))!.roles.has('gateway'));
  assert.ok(!registry.deviceOf(parseMac(CAMERA))!.roles.has('gateway'));
});

test('an address that one device proves by ARP is not another one’s by traffic, but two may prove the same', () => {
  const registry = new DeviceRegistry(new IssueCounter());
  const arp = (mac: string, batch: ReturnType<typeof batchOf>, index: number): void =>
    registry.observe(
      {
        kind: 'arp',
        operation: 2,
        senderMac: parseMac(mac),
        senderIp: parseIpv4('10.0.0.5'),
        targetMac: 0,
        targetIp: parseIpv4('10.0.0.1'),
        gratuitous: false,
      },
      contextOf(batch, index),
    );
  const batch = batchOf([
    { from: CAMERA, to: PHONE },
    { from: PHONE, to: CAMERA, fromIp: '10.0.0.5', toIp: '10.0.0.9' },
    { from: ROUTER, to: CAMERA },
  ]);
  registry.packet(batch, 0);
  arp(CAMERA, batch, 0);
  registry.packet(batch, 1);
  registry.packet(batch, 2);
  arp(ROUTER, batch, 2);
  arp(PHONE, batch, 2); // sent by another MAC than it claims: proves nothing
  registry.end();
  assert.deepEqual(addressesOf(registry, CAMERA), ['10.0.0.5']);
  assert.deepEqual(addressesOf(registry, PHONE), []);
  assert.deepEqual(addressesOf(registry, ROUTER), ['10.0.0.5']);
});

test('on links without MAC addresses, devices are private addresses', () => {
  const registry = registryOf([
    { fromIp: '10.1.1.2', toIp: '8.8.8.8', bytes: 70 },
    { fromIp: '8.8.8.8', toIp: '10.1.1.2', bytes: 90 },
    { fromIp: '10.1.1.2', toIp: '224.0.0.251', bytes: 80 },
  ]);
  registry.end();
  assert.deepEqual(
    registry.devices.map((d) => [d.id, [...d.addresses.keys()]]),
    [['ip:10.1.1.2', ['10.1.1.2']]],
  );
  assert.deepEqual(registry.traffic(0), { packetsOut: 2, packetsIn: 1, bytesOut: 150, bytesIn: 90 });
});

test('a MAC of a redundancy protocol is said to be that', () => {
  const registry = registryOf([{ from: '00:00:5e:00:01:07', to: CAMERA }]);
  assert.deepEqual([...registry.devices[0]!.roles], ['virtual-router']);
});

test('a flood of forged MACs is bounded and does not keep a real device out', () => {
  const registry = new DeviceRegistry(new IssueCounter(), { maxDevices: 1000 });
  const flood = Array.from({ length: 5000 }, (_, i) => ({
    from: formatMac(0x0200_0000_0000 + i * 7919),
    to: BROADCAST,
  }));
  feed(registry, flood);
  assert.equal(registry.devices.length, 250);
  assert.equal(registry.issues.count[ISSUE['device/limit']], 4750);
  feed(registry, [
    { from: CAMERA, to: BROADCAST },
    { from: CAMERA, to: BROADCAST },
  ]);
  assert.equal(registry.deviceOf(parseMac(CAMERA))!.index, 250);
});

test('what was counted stays when devices become many', () => {
  const macs = Array.from({ length: 2000 }, (_, i) => formatMac(0x0200_0000_0000 + i * 7919));
  const registry = registryOf([...macs, ...macs].map((from) => ({ from, to: CAMERA })));
  const camera = registry.indexOf(parseMac(CAMERA));
  assert.equal(registry.traffic(camera).packetsIn, 4000);
  for (const mac of macs) assert.equal(registry.traffic(registry.indexOf(parseMac(mac))).packetsOut, 2, mac);
});

test('addresses in frames of which nothing is understood are devices when they are heard again', () => {
  const noise = Array.from({ length: 3000 }, (_, i) => ({
    from: formatMac(0x0200_0000_0000 + i * 7919),
    to: formatMac(0x0400_0000_0000 + i * 104_729),
    noise: true,
  }));
  const registry = registryOf(noise);
  assert.equal(registry.devices.length, 0);
  feed(registry, [{ from: CAMERA, to: BROADCAST, noise: true }]);
  assert.equal(registry.deviceOf(parseMac(CAMERA)), undefined);
  feed(registry, [{ from: CAMERA, to: BROADCAST, noise: true }]);
  assert.equal(registry.traffic(registry.indexOf(parseMac(CAMERA))).packetsOut, 1);
});

test('a message vouches for its sender, and its packet counts', () => {
  const registry = new DeviceRegistry(new IssueCounter());
  const batch = batchOf([{ from: CAMERA, to: BROADCAST, bytes: 60, noise: true }]);
  registry.packet(batch, 0);
  assert.equal(registry.devices.length, 0);
  const message = {
    kind: 'eapol',
    version: 1,
    packetType: 1,
    eapCode: 0,
    eapType: 0,
    handshakeMessage: 0,
  } as const;
  registry.observe(message, contextOf(batch, 0));
  const device = registry.indexOf(parseMac(CAMERA));
  assert.deepEqual(registry.traffic(device), { packetsOut: 1, packetsIn: 0, bytesOut: 60, bytesIn: 0 });
});

test('counters equal those of a plain map, for any frames', () => {
  const mac = fc.integer({ min: 1, max: 40 }).map((n) => formatMac(0x0011_2200_0000 + n * 0x1_0001));
  const row = fc.record({ from: mac, to: mac, bytes: fc.integer({ min: 14, max: 9000 }) });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 200 }), (rows) => {
      const registry = registryOf(rows);
      const expected = new Map<string, number[]>();
      const count = (id: string, at: number, bytes: number): void => {
        const counts = expected.get(id) ?? [0, 0, 0, 0];
        counts[at]!++;
        counts[at + 1]! += bytes;
        expected.set(id, counts);
      };
      for (const { from, to, bytes } of rows) {
        count(from, 0, bytes);
        count(to, 2, bytes);
      }
      const counted = registry.devices.map(({ id, index }) => {
        const t = registry.traffic(index);
        return [id, [t.packetsOut, t.bytesOut, t.packetsIn, t.bytesIn]] as const;
      });
      assert.deepEqual(new Map(counted), expected);
    }),
    { numRuns: 100 },
  );
});
