import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMac } from '../../src/bytes/address.ts';
import { parseIp } from '../../src/bytes/parse-ip.ts';
import { PacketBatch } from '../../src/packet/batch.ts';
import { LAYER } from '../../src/packet/layer.ts';
import { type Mode, Vantage } from '../../src/serve/vantage.ts';

const HERE = { mac: '02:00:00:00:00:01', ip: '192.168.1.1' };
const PHONE = { mac: '02:00:00:00:00:02', ip: '192.168.1.2' };
const PRINTER = { mac: '02:00:00:00:00:03', ip: '192.168.1.3' };
const ALL = { mac: 'ff:ff:ff:ff:ff:ff', ip: '255.255.255.255' };
type Host = typeof HERE;

/** What is said after 100 times these frames. */
function judged(mode: Mode, ...frames: readonly (readonly [from: Host, to: Host])[]): string {
  const vantage = new Vantage([
    { name: 'eth0', state: 'up', mac: HERE.mac, addresses: [HERE.ip, 'fe80::1'] },
  ]);
  const batch = new PacketBatch(frames.length);
  for (const [i, [from, to]] of frames.entries()) {
    batch.srcMac[i] = parseMac(from.mac);
    batch.dstMac[i] = parseMac(to.mac);
    batch.layers[i] = LAYER.ethernet | LAYER.ipv4;
    parseIp(from.ip, batch.srcIp, i * 4);
    parseIp(to.ip, batch.dstIp, i * 4);
  }
  batch.count = frames.length;
  for (let i = 0; i < 100; i++) vantage.add(batch);
  return vantage.judge(mode);
}

const own = [PHONE, HERE] as const;
const answer = [HERE, PHONE] as const;
const broadcast = [PHONE, ALL] as const;
const foreign = [PHONE, PRINTER] as const;
const outward = [PHONE, { mac: HERE.mac, ip: '198.51.100.7' }] as const;

test('nothing is said of what fits, or of little', () => {
  assert.equal(judged('host', own, answer, broadcast), '');
  assert.equal(judged('span', own, broadcast, foreign), '');
  assert.equal(judged('gateway', own, answer, outward), '');
  assert.equal(judged('span', broadcast), '', '100 packets are not enough');
});

test('what does not fit the mode is said', () => {
  assert.match(judged('host', own, foreign, broadcast), /--mode span/);
  assert.match(judged('span', own, answer, broadcast), /Is mirroring switched on/);
  assert.match(judged('gateway', own, answer, broadcast), /is this the gateway/);
});
