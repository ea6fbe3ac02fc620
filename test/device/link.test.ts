import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMac } from '../../src/bytes/address.ts';
import { CLAIM } from '../../src/device/address-book.ts';
import { keepFingerprint, keepName } from '../../src/device/keep.ts';
import { DeviceRegistry } from '../../src/device/registry.ts';
import { parseIp } from '../../src/bytes/parse-ip.ts';
import { IssueCounter } from '../../src/packet/issue.ts';
import { batchOf } from './rows.ts';

const FIRST = 'da:a1:19:00:00:01'; // randomised
const SECOND = '3e:22:33:44:55:66'; // randomised
const WIRED = '00:11:32:aa:bb:01';
const WIRELESS = '00:11:32:aa:bb:02';
const GROUP = 'ff:ff:ff:ff:ff:ff';

/** Two devices that speak from and to these seconds. */
function two(a: string, aTimes: [number, number], b: string, bTimes: [number, number]): DeviceRegistry {
  const registry = new DeviceRegistry(new IssueCounter());
  const rows = [
    { from: a, to: GROUP, time: aTimes[0] },
    { from: b, to: GROUP, time: bTimes[0] },
    { from: a, to: GROUP, time: aTimes[1] },
    { from: b, to: GROUP, time: bTimes[1] },
  ];
  const batch = batchOf(rows);
  for (let i = 0; i < batch.count; i++) registry.packet(batch, i);
  return registry;
}

function linksOf(registry: DeviceRegistry): string[] {
  registry.end();
  return registry.links.map(({ a, b, kind, reason }) => `${a}-${b} ${kind}: ${reason}`);
}

function named(registry: DeviceRegistry, name: string): DeviceRegistry {
  for (const device of registry.devices) keepName(device, name, 'dhcp');
  return registry;
}

function addressed(registry: DeviceRegistry, mac: string, address: string): void {
  const words = new Uint32Array(4);
  assert.ok(parseIp(address, words));
  const device = registry.indexOf(parseMac(mac));
  registry.addresses.claim(device, words[0]!, words[1]!, words[2]!, words[3]!, CLAIM.nd, 1);
}

test('a name that comes back under another randomised address links', () => {
  assert.deepEqual(linksOf(named(two(FIRST, [0, 100], SECOND, [200, 300]), 'annas-pixel')), [
    '0-1 changed-address: the name annas-pixel',
  ]);
});

test('the same name at the same time, a common name, and two registered addresses do not', () => {
  assert.deepEqual(linksOf(named(two(FIRST, [0, 300], SECOND, [200, 400]), 'annas-pixel')), []);
  assert.deepEqual(linksOf(named(two(FIRST, [0, 100], SECOND, [200, 300]), 'iPhone')), []);
  assert.deepEqual(linksOf(named(two(WIRED, [0, 100], 'b8:27:eb:00:00:09', [200, 300]), 'diskstation')), []);
});

test('neighbouring registered addresses with one name are interfaces of one box', () => {
  assert.deepEqual(linksOf(named(two(WIRED, [0, 300], WIRELESS, [10, 400]), 'diskstation')), [
    '0-1 interfaces: the name diskstation and neighbouring addresses',
  ]);
  assert.deepEqual(
    linksOf(two(WIRED, [0, 300], WIRELESS, [10, 400])),
    [],
    'two of one maker, nothing shared',
  );
});

test('a DHCP client identifier of its own links', () => {
  const registry = two(FIRST, [0, 100], SECOND, [200, 300]);
  for (const device of registry.devices) keepFingerprint(device, 'dhcp-client-id', '00010001deadbeef');
  assert.deepEqual(linksOf(registry), ['0-1 changed-address: the DHCP client identifier 00010001deadbeef']);
});

test('an IPv6 address made of the other MAC, and one interface identifier under two, link', () => {
  const eui = two(WIRED, [0, 300], FIRST, [10, 400]);
  addressed(eui, FIRST, 'fe80::211:32ff:feaa:bb01');
  assert.match(linksOf(eui)[0]!, /made of the other/);
  const suffix = two(FIRST, [0, 100], SECOND, [200, 300]);
  addressed(suffix, FIRST, 'fd00::9d3c:11:22:33');
  addressed(suffix, SECOND, '2001:db8::9d3c:11:22:33');
  assert.match(linksOf(suffix)[0]!, /interface identifier/);
  const short = two(FIRST, [0, 100], SECOND, [200, 300]);
  addressed(short, FIRST, 'fd00::1');
  addressed(short, SECOND, 'fd01::1');
  assert.deepEqual(linksOf(short), []);
});

test('a DUID links what asked over IPv4 and what asked over IPv6', () => {
  const registry = two(WIRED, [0, 300], 'b8:27:eb:00:00:09', [200, 400]);
  const duid = '000200009f8b0102030405';
  keepFingerprint(registry.devices[0]!, 'dhcp-client-id', duid);
  keepFingerprint(registry.devices[1]!, 'dhcpv6-client-id', duid);
  assert.deepEqual(linksOf(registry), [`0-1 interfaces: the DHCP client identifier ${duid}`]);
});
