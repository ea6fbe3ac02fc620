import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseMac } from '../../src/bytes/address.ts';
import { CATEGORIES, type Evidence, type Support } from '../../src/fingerprint/evidence.ts';
import { fuse } from '../../src/fingerprint/fuse.ts';

const LOCAL = parseMac('02:00:00:00:00:01');
const ESPRESSIF = parseMac('24:0a:c4:00:00:01');
const TP_LINK = parseMac('50:c7:bf:00:00:01');

function evidence(source: string, supports: Support, weight: number, value = source): Evidence {
  return { source, value, supports, weight };
}

test('one witness keeps its weight', () => {
  const identity = fuse([evidence('dhcp.hostName', { brand: 'Acme', category: 'camera' }, 0.8)], LOCAL);
  assert.equal(identity.brand, 'Acme');
  assert.equal(identity.category, 'camera');
  assert.equal(identity.confidence, 0.8);
});

test('agreement of independent sources raises, repetition in one family does not', () => {
  const name = evidence('dhcp.hostName', { brand: 'Acme' }, 0.8);
  const repeated = evidence('mdns.host', { brand: 'Acme' }, 0.8);
  const cloud = evidence('dns.query', { brand: 'Acme' }, 0.8);
  assert.equal(fuse([name, repeated], ESPRESSIF).confidence, 0.8);
  assert.equal(fuse([name, cloud], ESPRESSIF).confidence, 0.96);
});

test('contradiction lowers, and an even one ends in unknown with the reason', () => {
  const camera = evidence('ssdp.server', { category: 'camera' }, 0.9);
  const weak = fuse([camera, evidence('dhcp.hostName', { category: 'printer' }, 0.5)], LOCAL);
  assert.equal(weak.category, 'camera');
  assert.ok(weak.confidence < 0.9 && weak.confidence > 0.8);
  assert.ok(weak.notes.some((note) => note.includes('printer')));
  const even = fuse([camera, evidence('dhcp.hostName', { category: 'printer' }, 0.9)], LOCAL);
  assert.equal(even.category, 'unknown');
  assert.ok(even.notes.some((note) => note.includes('contradict')));
});

test('thin evidence ends in unknown', () => {
  const identity = fuse([evidence('dns.query', { brand: 'Acme' }, 0.4)], LOCAL);
  assert.equal(identity.brand, '');
  assert.equal(identity.confidence, 0);
  assert.ok(identity.notes.some((note) => note.includes('Acme') && note.includes('thin')));
});

test('the maker of a module is no brand', () => {
  const identity = fuse([], ESPRESSIF);
  assert.equal(identity.brand, '');
  assert.equal(identity.evidence.length, 0);
  assert.ok(identity.notes.some((note) => note.includes('Espressif') && note.includes('modules')));
});

test('an adapter in a computer does not name the computer', () => {
  assert.equal(fuse([], TP_LINK).brand, 'TP-Link');
  const windows = evidence('dhcp.vendorClass', { category: 'computer', os: 'Windows' }, 0.88);
  const identity = fuse([windows], TP_LINK);
  assert.equal(identity.brand, '');
  assert.equal(identity.category, 'computer');
});

test('domains tell little of a device with a user, of one that browses, and of one that forwards', () => {
  const cloud = evidence('dns.query', { brand: 'Acme', category: 'camera' }, 0.9);
  assert.equal(fuse([cloud], LOCAL).category, 'camera');
  const windows = evidence('dhcp.vendorClass', { category: 'computer' }, 0.88);
  const computer = fuse([cloud, windows], LOCAL);
  assert.equal(computer.category, 'computer');
  assert.equal(computer.brand, '');
  assert.ok(computer.notes.some((note) => note.startsWith('Domains count little')));
  const visited = evidence('dns.query', { brand: 'Acme', category: 'camera' }, 0.85);
  assert.equal(fuse([visited], LOCAL, { domainCount: 200 }).category, 'unknown');
  assert.equal(
    fuse([cloud], LOCAL, { domainCount: 200 }).category,
    'camera',
    'a service that only cameras call',
  );
  assert.equal(fuse([cloud], LOCAL, { forwards: true }).category, 'unknown');
});

test('a model falls with its brand', () => {
  const strong = evidence('mdns.txt', { brand: 'Acme', model: 'A1' }, 0.95);
  const rival = evidence('dhcp.hostName', { brand: 'Rival', model: 'R2' }, 0.7);
  const identity = fuse([strong, rival], LOCAL);
  assert.equal(identity.brand, 'Acme');
  assert.equal(identity.model, 'A1');
});

const support = fc.record(
  {
    brand: fc.constantFrom('Acme', 'Rival', 'Third'),
    model: fc.constantFrom('A1', 'R2'),
    category: fc.constantFrom(...CATEGORIES.filter((name) => name !== 'unknown').slice(0, 4)),
    os: fc.constantFrom('Linux', 'Windows'),
  },
  { requiredKeys: [] },
);
const pieces = fc.array(
  fc
    .tuple(
      fc.constantFrom(
        'dhcp.hostName',
        'mdns.host',
        'dns.query',
        'ssdp.server',
        'http.userAgent',
        'tcp.syn',
        'behaviour',
      ),
      support,
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      fc.string({ maxLength: 5 }),
    )
    .map(([source, supports, weight, value]) => evidence(source, supports, weight, value)),
  { maxLength: 100 },
);

test('the order of evidence does not matter', () => {
  fc.assert(
    fc.property(
      pieces.chain((list) =>
        fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
      ),
      ([list, shuffled]) => {
        assert.deepEqual(fuse(shuffled, TP_LINK), fuse(list, TP_LINK));
      },
    ),
    { numRuns: 100 },
  );
});

test('an answer is only given with the chance that it claims, and is bounded', () => {
  fc.assert(
    fc.property(pieces, fc.nat(60), (list, domainCount) => {
      const identity = fuse(list, LOCAL, { domainCount });
      assert.ok(identity.confidence >= 0 && identity.confidence <= 0.99);
      const given = identity.brand !== '' || identity.category !== 'unknown';
      assert.equal(given, identity.confidence >= 0.6);
      assert.ok(identity.evidence.length <= 64);
      if (identity.brand !== '') assert.ok(list.some((item) => item.supports.brand === identity.brand));
    }),
    { numRuns: 200 },
  );
});

test('a version of a system agrees with the system, and is told when it is sure by itself', () => {
  const plain = evidence('tcp.syn', { os: 'Windows' }, 0.9);
  const build = evidence('ntlm.osVersion', { os: 'Windows 11' }, 0.9);
  assert.equal(fuse([plain, build], LOCAL).os, 'Windows 11');
  assert.equal(fuse([plain], LOCAL).os, 'Windows');
  const rival = evidence('smb.os', { os: 'Windows 10' }, 0.9);
  assert.equal(fuse([plain, build, rival], LOCAL).os, 'Windows', 'which one is open, the system is not');
  const linux = evidence('http.userAgent', { os: 'Linux' }, 0.99);
  assert.notEqual(fuse([evidence('smb.os', { os: 'Windows XP' }, 0.6), linux], LOCAL).os, 'Windows XP');
});

test('a contradiction never raises the confidence in what is answered', () => {
  fc.assert(
    fc.property(
      pieces,
      fc.constantFrom('brand', 'category'),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      (list, field, weight) => {
        const before = fuse(list, LOCAL);
        const rival = field === 'brand' ? { brand: 'Nemesis' } : { category: 'vehicle' as const };
        const after = fuse([...list, evidence('modbus.identity', rival, weight)], LOCAL);
        const kept = field === 'brand' ? after.brand === before.brand : after.category === before.category;
        // What it was before and what the other field says bound it; the rival can only take its own field away.
        if (before.confidence > 0 && kept) assert.ok(after.confidence <= before.confidence);
      },
    ),
    { numRuns: 200 },
  );
});

test('a server is a computer: they agree, and it is called a server where that is sure by itself', () => {
  const computer = evidence('dhcp.vendorClass', { category: 'computer' }, 0.88);
  const server = evidence('ntlm.osVersion', { category: 'server' }, 0.9);
  assert.equal(fuse([computer, server], LOCAL).category, 'server');
  const hint = evidence('ntlm.osVersion', { category: 'server' }, 0.4);
  assert.equal(fuse([computer, hint], LOCAL).category, 'computer');
  assert.ok(fuse([computer, hint], LOCAL).confidence >= 0.88);
});

test('one record against the registered vendor is believed less, and the vendor is told', () => {
  const record = evidence('mdns.txt', { brand: 'Acme' }, 0.99);
  const elsewhere = fuse([record], LOCAL);
  const against = fuse([record], TP_LINK);
  assert.equal(elsewhere.confidence, 0.99);
  assert.equal(against.brand, 'Acme');
  assert.ok(against.confidence < 0.8, String(against.confidence));
  assert.ok(against.notes.some((note) => note.includes('TP-Link') && note.includes('lowers')));
  assert.ok(against.evidence.some(({ source }) => source === 'oui'));
});

test('several records against the registered vendor are believed, and the vendor is told all the same', () => {
  const said = [
    evidence('mdns.txt', { brand: 'Acme' }, 0.99),
    evidence('ssdp.server', { brand: 'Acme' }, 0.95),
    evidence('dhcp.hostName', { brand: 'Acme' }, 0.95),
  ];
  const identity = fuse(said, TP_LINK);
  assert.equal(identity.brand, 'Acme');
  assert.ok(identity.confidence > 0.9, String(identity.confidence));
  assert.ok(identity.notes.some((note) => note.includes('TP-Link')));
});

test('spellings by case, and with the end of the MAC, are one model', () => {
  const said = [
    evidence('mdns.txt', { model: 'DCS-935L' }, 0.9),
    evidence('mdns.host', { model: 'dcs-935l0001' }, 0.95),
    evidence('llmnr.host', { model: 'DCS-935L-50C7BF000001' }, 0.95),
    evidence('ssdp.server', { model: 'dcs-935L' }, 0.85),
  ];
  assert.equal(fuse(said, TP_LINK).model.toLowerCase(), 'dcs-935l');
  assert.equal(fuse(said.slice(0, 1), TP_LINK).model, 'DCS-935L');
  const other = evidence('ssdp.server', { model: 'DCS-5020L' }, 0.9);
  assert.equal(fuse([said[0]!, other], TP_LINK).model, '', 'another model is a rival');
});

test('a value is not cut to nothing by an end that looks like the MAC', () => {
  assert.equal(fuse([evidence('mdns.txt', { model: '0001' }, 0.9)], TP_LINK).model, '0001');
});

test('Android is Linux: who says the one does not contradict the other, and the narrower is told', () => {
  const stack = evidence('tcp.syn', { os: 'Linux' }, 0.75);
  const android = evidence('http.userAgent', { os: 'Android' }, 0.85);
  assert.equal(fuse([stack, android], LOCAL).os, 'Android');
  assert.equal(
    fuse([stack, android, evidence('ssdp.server', { os: 'Android TV' }, 0.9)], LOCAL).os,
    'Android TV',
  );
  assert.equal(fuse([stack, evidence('http.server', { os: 'Windows' }, 0.75)], LOCAL).os, '', 'these oppose');
});

test('a domain of an app does not make an Android of a Linux device', () => {
  const stack = evidence('dhcp.vendorClass', { os: 'Linux' }, 0.75);
  const app = evidence('dns.query', { os: 'Android' }, 0.9);
  assert.equal(fuse([stack, app], LOCAL).os, 'Linux');
});

test('a brand and the company that owns it agree, and the narrower name is given where it is sure', () => {
  const xiaomi = parseMac('78:11:dc:00:00:01');
  const vacuum = evidence('dhcp.hostName', { brand: 'Roborock', category: 'vacuum' }, 0.97);
  assert.equal(fuse([vacuum], xiaomi).brand, 'Roborock');
  assert.ok(fuse([vacuum], xiaomi).confidence > 0.9);
  assert.equal(fuse([], xiaomi).brand, 'Xiaomi');
  const thin = evidence('dns.query', { brand: 'Roborock' }, 0.5);
  assert.equal(fuse([thin], xiaomi).brand, 'Xiaomi');
});

test('who calls the device services of rival makers is the product of none', () => {
  const scale = evidence('dns.query', { brand: 'Withings', category: 'scale' }, 0.96);
  const streamer = evidence('dns.query', { brand: 'Roku', category: 'streamer' }, 0.93);
  const both = fuse([scale, streamer], LOCAL);
  assert.deepEqual([both.brand, both.category], ['', 'unknown']);
  assert.ok(both.notes.some((note) => note.includes('rival makers')));
  // A partner's or a shop's domain is no rival, nor is that of the company that owns the brand.
  const shop = evidence('dns.query', { brand: 'Amazon' }, 0.7);
  assert.equal(fuse([scale, shop], LOCAL).category, 'scale');
  const ring = evidence('dns.query', { brand: 'Ring', category: 'doorbell' }, 0.93);
  const amazon = evidence('dns.query', { brand: 'Amazon' }, 0.9);
  assert.deepEqual(
    [fuse([ring, amazon], LOCAL).brand, fuse([ring, amazon], LOCAL).category],
    ['Ring', 'doorbell'],
  );
});

test('behind an address that is made up, only the services that devices alone call count', () => {
  const app = evidence('dns.query', { brand: 'Acme' }, 0.85);
  const device = evidence('dns.query', { brand: 'Acme' }, 0.93);
  assert.equal(fuse([app], ESPRESSIF).brand, 'Acme');
  assert.equal(fuse([app], LOCAL).brand, '');
  assert.equal(fuse([device], LOCAL).brand, 'Acme');
});
