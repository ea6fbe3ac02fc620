/** Profiles of what a device may do: learned, written, read, checked. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { LanscopeError } from '../../src/bytes/error.ts';
import { analyze } from '../../src/engine/analyze.ts';
import { checkExchanges } from '../../src/mud/check.ts';
import { diffRules } from '../../src/mud/diff.ts';
import { type Exchange, ExchangeLog, isDomainName } from '../../src/mud/exchange.ts';
import { profileFindings } from '../../src/mud/findings.ts';
import { isGroup, learnRules, type Surroundings } from '../../src/mud/learn.ts';
import { parseProfile } from '../../src/mud/read-profile.ts';
import { networkHolds, type Rule, ruleKey } from '../../src/mud/rule.ts';
import { writeProfile } from '../../src/mud/write-profile.ts';
import { ROOT } from '../cli/command.ts';

const HEAD = {
  url: 'https://example.com/plug.json',
  lastUpdate: '2026-01-01T00:00:00Z',
  systemInfo: 'A plug',
  manufacturer: 'Example',
  model: 'P1',
};
const AT_HOME: Surroundings = {
  localAddresses: new Set(['192.168.1.1', '192.168.1.20']),
  isAssigned: () => false,
};

function exchange(over: Partial<Exchange>): Exchange {
  return {
    device: '02:00:00:00:00:01',
    local: '192.168.1.20',
    remote: '203.0.113.5',
    ipVersion: 4,
    protocol: 6,
    fromDevice: true,
    localPort: 50_000,
    remotePort: 443,
    icmpType: -1,
    icmpAnswer: -1,
    name: 'cloud.example.com',
    flows: 1,
    answered: 1,
    bytesOut: 100,
    bytesIn: 100,
    first: { seconds: 1, nanos: 0 },
    last: { seconds: 2, nanos: 0 },
    packets: [1],
    ...over,
  };
}

const reread = (rules: ReturnType<typeof learnRules>) =>
  parseProfile(JSON.stringify(writeProfile(HEAD, rules)), 'profile').rules;

const outside = (learned: readonly Exchange[], seen: Exchange) =>
  checkExchanges([seen], reread(learnRules(learned, AT_HOME)), AT_HOME).outside.length;

describe('a MUD profile', () => {
  test('allows what was learned, by name when the address has changed, and no other name, port or protocol', () => {
    const learned = [exchange({})];
    assert.equal(outside(learned, exchange({})), 0);
    assert.equal(outside(learned, exchange({ remote: '198.51.100.9' })), 0);
    assert.equal(outside(learned, exchange({ name: 'evil.example.com' })), 1);
    assert.equal(outside(learned, exchange({ remotePort: 23 })), 1);
    assert.equal(outside(learned, exchange({ protocol: 17 })), 1);
    assert.equal(outside(learned, exchange({ remote: '192.168.1.1', name: '' })), 1);
  });

  test('a connection that the device opens may not be opened to it', () => {
    const inbound = exchange({ fromDevice: false, localPort: 443, remotePort: 50_000 });
    assert.equal(outside([exchange({})], inbound), 1);
    assert.equal(outside([inbound], inbound), 0);
  });

  test('a scan that the device did not answer does not widen it, and is of low severity', () => {
    const scan = exchange({ fromDevice: false, localPort: 23, remotePort: 50_000, answered: 0, bytesOut: 0 });
    const rules = learnRules([exchange({}), scan], AT_HOME);
    const verdict = checkExchanges([scan], rules, AT_HOME);
    assert.equal(verdict.outside.length, 1);
    assert.deepEqual(
      profileFindings(verdict.outside, HEAD.url).map(({ severity }) => severity),
      ['low'],
    );
    const did = checkExchanges([exchange({ remotePort: 23 })], rules, AT_HOME);
    assert.deepEqual(
      profileFindings(did.outside, HEAD.url).map(({ severity, count }) => [severity, count]),
      [['medium', 1]],
    );
  });

  test('a resolver of the network is a class, not an address', () => {
    const dns = exchange({ protocol: 17, remote: '192.168.1.1', remotePort: 53, name: '' });
    assert.equal(outside([dns], exchange({ ...dns, remote: '192.168.1.254' })), 0);
    assert.equal(outside([dns], exchange({ ...dns, remote: '203.0.113.53' })), 1);
    const rules = reread(learnRules([dns], AT_HOME));
    const named = new Map([['urn:ietf:params:mud:dns', new Set(['203.0.113.53'])]]);
    const elsewhere = exchange({ ...dns, remote: '203.0.113.53' });
    assert.equal(checkExchanges([elsewhere], rules, AT_HOME, named).outside.length, 0);
    assert.equal(checkExchanges([dns], rules, AT_HOME, named).outside.length, 1);
  });

  test('answers to what was sent to a group come from its members', () => {
    const search = exchange({
      protocol: 17,
      remote: '239.255.255.250',
      remotePort: 1900,
      name: '',
      answered: 0,
    });
    const answer = exchange({
      protocol: 17,
      fromDevice: false,
      remote: '192.168.1.30',
      remotePort: 1900,
      localPort: 50_000,
      name: '',
      answered: 0,
      bytesOut: 0,
    });
    assert.equal(outside([search], answer), 0);
    assert.equal(outside([exchange({})], answer), 1);
  });

  test('is written and read again without loss', () => {
    const arbitrary = fc.record({
      remote: fc.constantFrom('203.0.113.5', '192.168.1.1', '224.0.0.251', '255.255.255.255'),
      protocol: fc.constantFrom(1, 6, 17, 47),
      fromDevice: fc.boolean(),
      answered: fc.nat(1),
      localPort: fc.nat(65_535),
      remotePort: fc.nat(65_535),
      name: fc.constantFrom('', 'a.example.com', 'b.example.org'),
    });
    fc.assert(
      fc.property(fc.array(arbitrary, { maxLength: 20 }), (parts) => {
        const exchanges = parts
          // Flows towards a group have no end that is the group's.
          .filter(({ fromDevice, remote }) => fromDevice || !isGroup(remote))
          .map((part) =>
            exchange({
              ...part,
              ...(part.protocol === 1 ? { icmpType: 8, icmpAnswer: 0 } : {}),
              ...(part.protocol === 6 || part.protocol === 17 ? {} : { localPort: 0, remotePort: 0 }),
              // Nobody answers in the name of a group.
              ...(isGroup(part.remote) ? { answered: 0 } : {}),
              bytesIn: (part.answered > 0 && !isGroup(part.remote)) || !part.fromDevice ? 1 : 0,
              bytesOut: part.answered > 0 || part.fromDevice ? 1 : 0,
            }),
          );
        const rules = learnRules(exchanges, AT_HOME);
        const again = reread(rules);
        const keys = (list: readonly Rule[]) => list.map(ruleKey).sort();
        assert.deepEqual(keys(again), keys(rules));
        assert.deepEqual(diffRules(rules, again), { lost: [], added: [] });
        // What was learned from is inside, apart from what others tried in vain.
        const own = exchanges.filter(({ fromDevice, answered }) => fromDevice || answered > 0);
        assert.deepEqual(checkExchanges(own, again, AT_HOME).outside, []);
      }),
      { numRuns: 200 },
    );
  });

  test('what is not understood can only forbid, and is told', () => {
    const profile = writeProfile(HEAD, learnRules([exchange({})], AT_HOME));
    const text = JSON.stringify(profile)
      .replaceAll('"ietf-acldns:dst-dnsname":"cloud.example.com"', '"dscp":7')
      .replaceAll('"ietf-acldns:src-dnsname":"cloud.example.com"', '"ttl":9');
    const { rules, notes } = parseProfile(text, 'profile');
    assert.equal(rules.length, 2);
    assert.match(notes.join('\n'), /ipv4 dscp 7 is not understood/);
    assert.equal(checkExchanges([exchange({})], rules, AT_HOME).outside.length, 1);
  });

  test('a rule that is understood in part allows nothing, in whatever order its parts come', () => {
    const text = JSON.stringify(writeProfile(HEAD, learnRules([exchange({})], AT_HOME)));
    for (const extra of ['"dscp":7,', '"destination-ipv4-network":"10.0.0.0/8",']) {
      const { rules, notes } = parseProfile(
        text.replaceAll('"ietf-acldns:dst-dnsname"', `${extra}"ietf-acldns:dst-dnsname"`),
        'profile',
      );
      assert.match(notes.join('\n'), /is not understood, so the rule allows nothing/);
      assert.equal(checkExchanges([exchange({})], rules, AT_HOME).outside.length, 1);
    }
  });

  test('hostile files are read as quickly as others: nested values, a list that is named again and again', () => {
    const text = JSON.stringify(writeProfile(HEAD, learnRules([exchange({})], AT_HOME)));
    const deep = `${'['.repeat(500_000)}${']'.repeat(500_000)}`;
    const { notes } = parseProfile(
      text.replace('"ietf-acldns:dst-dnsname":', `"dscp":${deep},$&`),
      'profile',
    );
    assert.match(notes.join('\n'), /^rule \S+: ipv4 dscp is not understood/m);
    const lists = (count: number): number =>
      parseProfile(
        text.replace('{"name":"mud-v4fr"}', Array(count).fill('{"name":"mud-v4fr"}').join()),
        'profile',
      ).rules.length;
    assert.equal(lists(100_000), lists(1));
  });

  test('a rule that forbids more than is understood forbids', () => {
    const rules = learnRules([exchange({})], AT_HOME);
    const open: Rule = {
      ...rules.find(({ direction }) => direction === 'from-device')!,
      accept: false,
      remote: { kind: 'unresolved', what: 'my-controller' },
    };
    assert.equal(checkExchanges([exchange({})], [open, ...rules], AT_HOME).outside.length, 1);
    const elsewhere = new Map([['my-controller', new Set(['203.0.113.99'])]]);
    assert.equal(checkExchanges([exchange({})], [open, ...rules], AT_HOME, elsewhere).outside.length, 0);
  });

  test('files that are none are refused in one line', () => {
    for (const text of ['', '[]', 'null', '{"ietf-mud:mud":{}}', '{"ietf-mud:mud":{"mud-version":2}}']) {
      assert.throws(
        () => parseProfile(text, 'x'),
        (error) => error instanceof LanscopeError && error.code === 'PROFILE_INVALID',
      );
    }
    const dangling =
      '{"mud":{"mud-version":1,"from-device-policy":{"access-lists":{"access-list":[{"name":"\\u001b[2J"}]}}}}';
    assert.throws(() => parseProfile(dangling, 'x'), /access list '\\x1b\[2J' is not in it/);
  });

  test('hostile files: never anything but PROFILE_INVALID', () => {
    const text = JSON.stringify(writeProfile(HEAD, learnRules([exchange({})], AT_HOME)));
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom('{', '[', '"', 'null', '9e9', ''), (at, put) => {
        try {
          parseProfile(text.slice(0, at) + put + text.slice(at + 1), 'x');
        } catch (error) {
          assert.ok(error instanceof LanscopeError);
        }
      }),
    );
    fc.assert(
      fc.property(fc.json(), (json) => {
        assert.throws(() => parseProfile(json, 'x'), LanscopeError);
      }),
    );
  });
});

test('a prefix holds its addresses', () => {
  assert.ok(networkHolds('10.0.0.0/8', '10.200.1.2'));
  assert.ok(!networkHolds('10.0.0.0/8', '11.0.0.1'));
  assert.ok(networkHolds('2001:db8::/32', '2001:db8:1::5'));
  assert.ok(!networkHolds('2001:db8::/32', '10.0.0.1'));
  assert.ok(!networkHolds('0.0.0.0/0', '::1'));
  assert.ok(networkHolds('192.0.2.1', '192.0.2.1'));
  for (const network of [
    '10.0.0.1/',
    '10.0.0.1/0x0',
    '10.0.0.1/ 0',
    '10.0.0.1/0/8',
    '10.0.0.1/1e0',
    '10.0.0.1/33',
  ]) {
    assert.ok(!networkHolds(network, '10.0.0.1'), network);
  }
  for (const bad of ['', '10.0.0.0/33', '10.0.0.0/x', 'x/8', '/'])
    assert.ok(!networkHolds(bad, '10.0.0.1'), bad);
});

test('domain names', () => {
  assert.ok(isDomainName('a.example.com') && isDomainName('_x.y-z.example'));
  for (const bad of ['192.0.2.1', 'localhost', '', '-a.example', 'a..b', 'x'.repeat(300)])
    assert.ok(!isDomainName(bad), bad);
});

test('learn and check over a capture: the device keeps to what was learned, its neighbour does not', async () => {
  const log = new ExchangeLog();
  const { report } = await analyze({
    paths: [join(ROOT, 'corpus/home-lan/capture.pcapng')],
    outputs: [log],
    version: 'test',
  });
  const surroundings: Surroundings = {
    localAddresses: new Set(report.devices.flatMap((d) => d.addresses.map(({ address }) => address))),
    isAssigned: () => false,
  };
  const exchangesOf = (device: (typeof report.devices)[number]) =>
    log.of(device.id, new Set(device.addresses.map(({ address }) => address)));
  const devices = report.devices.filter((device) => exchangesOf(device).length > 0);
  assert.ok(devices.length >= 3);
  let strangers = 0;
  for (const device of devices) {
    const exchanges = exchangesOf(device);
    const rules = reread(learnRules(exchanges, surroundings));
    const { outside, flows, flowsInside } = checkExchanges(exchanges, rules, surroundings);
    assert.deepEqual(
      outside.filter(({ exchange }) => exchange.fromDevice || exchange.answered > 0),
      [],
    );
    assert.equal(flowsInside, flows - outside.reduce((sum, { exchange }) => sum + exchange.flows, 0));
    for (const other of devices) {
      strangers += checkExchanges(exchangesOf(other), rules, surroundings).outside.length;
    }
  }
  assert.ok(strangers > 0, 'devices do different things');
});
