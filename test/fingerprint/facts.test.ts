import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { LanscopeError } from '../../src/bytes/error.ts';
import { dataPath } from '../../src/fingerprint/data.ts';
import { type Fact, parseFacts } from '../../src/fingerprint/fact.ts';
import {
  builtInKnowledge,
  compileKnowledge,
  extendKnowledge,
  loadFacts,
} from '../../src/fingerprint/knowledge.ts';
import { Matcher } from '../../src/fingerprint/matcher.ts';
import { readOuiTable } from '../../src/fingerprint/oui-format.ts';

const FIELDS = ['brand', 'model', 'category', 'os'] as const;
const facts = builtInKnowledge().facts;

function fact(line: string): Fact {
  return parseFacts(line.replaceAll(' | ', '\t'), 'test.tsv')[0]!;
}

function matcherOf(...lines: string[]): Matcher {
  return new Matcher(lines.map((line) => ({ pattern: fact(line).pattern, fact: fact(line) })));
}

function problem(line: string): string {
  try {
    parseFacts(`# a comment\n${line.replaceAll(' | ', '\t')}\n`, 'mine.tsv');
  } catch (error) {
    assert.ok(error instanceof LanscopeError && error.code === 'CONFIG_INVALID');
    return error.message;
  }
  return '';
}

test('a malformed fact is refused with its file, its line and what is wrong', () => {
  for (const [line, message] of [
    ['domain | x.org | brand=X | 0.9', /^mine\.tsv:2: a fact has five fields/],
    ['domain | x.org | brand=X | 0.9 | why | more', /five fields/],
    ['domian | x.org | brand=X | 0.9 | why', /unknown kind 'domian'/],
    ['domain |  | brand=X | 0.9 | why', /pattern must have/],
    ['host | /(/ | brand=X | 0.9 | why', /not a regular expression/],
    ['domain | x.org | colour=red | 0.9 | why', /does not support/],
    ['domain | x.org | brand= | 0.9 | why', /brand must have/],
    ['domain | x.org | brand=X; brand=Y | 0.9 | why', /given twice/],
    ['domain | x.org | category=fridge | 0.9 | why', /unknown category 'fridge'/],
    ['domain | x.org | category=unknown | 0.9 | why', /unknown category/],
    ['domain | x.org | brand=X | 1 | why', /weight '1'/],
    ['domain | x.org | brand=X | much | why', /weight 'much'/],
    ['domain | x.org | - | 0.9 | why', /does not support/],
  ] as const) {
    assert.match(problem(line), message);
  }
  assert.equal(problem('domain | x.org | brand=X | 0.9 | why'), '');
});

test('no two built-in facts are the same or contradict each other', () => {
  const seen = new Map<string, Fact>();
  for (const one of facts) {
    for (const field of FIELDS) {
      if (one.supports[field] === undefined) continue;
      const key = `${one.kind} ${one.pattern.toLowerCase()} ${field}`;
      const other = seen.get(key);
      assert.equal(
        other,
        undefined,
        `${one.origin} and ${other?.origin} both tell the ${field} of ${one.pattern}`,
      );
      seen.set(key, one);
    }
  }
});

test('a brand and a category is written in one way', () => {
  const spellings = new Map<string, Set<string>>();
  for (const { supports } of facts) {
    if (supports.brand === undefined || supports.brand.includes('$')) continue;
    const plain = supports.brand.toLowerCase().replace(/[^a-z0-9]/g, '');
    spellings.set(plain, (spellings.get(plain) ?? new Set()).add(supports.brand));
  }
  assert.deepEqual(
    [...spellings.values()].filter((set) => set.size > 1).map((set) => [...set]),
    [],
  );
});

test('every built-in pattern can match, and quotes only groups that it has', () => {
  for (const one of facts) {
    const text = JSON.stringify(one.supports);
    const groups = [...text.matchAll(/\$(\d)/g)].map((match) => Number(match[1]));
    if (groups.length === 0) continue;
    const available = one.pattern.startsWith('/')
      ? (new RegExp(`${one.pattern.slice(1, one.pattern.lastIndexOf('/'))}|`).exec('') ?? []).length - 1
      : (one.pattern.match(/[*#?]+/g) ?? []).length;
    for (const group of groups) assert.ok(group <= available, `${one.origin}: $${group} of ${one.pattern}`);
  }
});

test('every vendor fact names an organisation of the registry', () => {
  const table = readOuiTable(readFileSync(dataPath('oui.bin')));
  const start = (text: string): string => text.slice(0, 2).toLowerCase();
  const names = new Map<string, string[]>();
  for (let i = 0; i + 1 < table.nameOffsets.length; i++) {
    const bytes = table.text.subarray(table.nameOffsets[i], table.nameOffsets[i + 1]);
    const name = Buffer.from(bytes).toString('utf8');
    names.set(start(name), [...(names.get(start(name)) ?? []), name]);
  }
  for (const one of facts) {
    if (!one.kind.startsWith('oui')) continue;
    const matcher = new Matcher([{ pattern: one.pattern, fact: one }]);
    const known = (names.get(start(one.pattern)) ?? []).some((name) => matcher.match(name).length > 0);
    assert.ok(known, `${one.origin}: no organisation matches ${one.pattern}`);
  }
});

/** Clouds, platforms and pools that the products of many makers call. */
const SHARED = [
  'amazonaws.com',
  'cloudfront.net',
  'azure-devices.net',
  'azurewebsites.net',
  'googleapis.com',
  'gstatic.com',
  'akamaiedge.net',
  'akamai.net',
  'edgekey.net',
  'fastly.net',
  'cloudflare.com',
  'aliyuncs.com',
  'tuyaus.com',
  'tuyaeu.com',
  'tuyacn.com',
  'tuyain.com',
  'aylanetworks.com',
  'arrayent.com',
  'evrythng.com',
  'electricimp.com',
  'iotcplatform.com',
  'kalay.net.cn',
  'pool.ntp.org',
  'time.nist.gov',
  'github.com',
  'spotify.com',
  'netflix.com',
  'facebook.com',
  'dyndns.org',
];

test('what the products of many makers call names none of them', () => {
  for (const domain of SHARED) {
    for (const name of [domain, `www.${domain}`, `device-1.eu.${domain}`]) {
      for (const { fact } of builtInKnowledge().matchDomain(name))
        assert.equal(fact.supports.brand, undefined, `${fact.origin} says the brand by ${name}`);
    }
  }
});

test('a maker of modules is no brand', () => {
  const modules = facts.filter(({ kind }) => kind === 'oui-module');
  for (const { pattern } of modules.filter((one) => !/[*#?]/.test(one.pattern))) {
    for (const kind of ['oui', 'oui-adapter'] as const) {
      for (const { fact } of builtInKnowledge().match(kind, pattern))
        assert.ok(fact.weight < 0.6, `${fact.origin}: ${pattern} makes modules`);
    }
  }
});

test('no built-in fact names an address', () => {
  for (const { pattern, origin } of facts) {
    assert.doesNotMatch(pattern, /(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}|\b\d{1,3}(?:\.\d{1,3}){3}\b/i, origin);
  }
});

test('exact, prefix, wildcard and expression patterns', () => {
  const matcher = matcherOf(
    'host | HS1## | category=plug; model=HS1$1 | 0.9 | why',
    'host | *-iPhone | brand=Apple | 0.9 | why',
    'host | printer | category=printer | 0.9 | why',
    'host | NPI?????? | brand=HP | 0.9 | why',
    'host | /^cam(\\d+)$/ | model=Cam $1 | 0.9 | why',
  );
  const supports = (value: string): unknown[] => matcher.match(value).map((match) => match.supports);
  assert.deepEqual(supports('hs110'), [{ category: 'plug', model: 'HS110' }]);
  assert.deepEqual(supports('HS1x0'), []);
  assert.deepEqual(supports('HS1100'), []);
  assert.deepEqual(supports('Annas-IPHONE'), [{ brand: 'Apple' }]);
  assert.deepEqual(supports('Printer'), [{ category: 'printer' }]);
  assert.deepEqual(supports('my printer'), []);
  assert.deepEqual(supports('npi12ab34'), [{ brand: 'HP' }]);
  assert.deepEqual(supports('CAM12'), [{ model: 'Cam 12' }]);
});

/** A value that a pattern of wildcards matches. */
function sample(pattern: string): string {
  return pattern.replaceAll('*', 'x-1').replaceAll('#', '3').replaceAll('?', 'q');
}

test('buckets and shortcuts lose no match', () => {
  const wild = facts.filter(({ pattern }) => !pattern.startsWith('/'));
  for (const one of wild) {
    const single = new Matcher([{ pattern: one.pattern, fact: one }]);
    assert.equal(single.match(sample(one.pattern)).length, 1, `${one.origin}: ${one.pattern}`);
  }
  const models = [
    'DCS-935L',
    'HS100',
    'SM-G991B',
    'MFC-L2750DW',
    'KD-55XE9005',
    'iPhone14,2',
    'SP-1101W',
    'WS-C3560G-24PS',
  ];
  const values = [...new Set([...wild.map(({ pattern }) => sample(pattern)), ...models])];
  for (const one of facts) {
    if (!one.pattern.startsWith('/')) continue;
    const expression = new RegExp(one.pattern.slice(1, one.pattern.lastIndexOf('/')), 'i');
    const single = new Matcher([{ pattern: one.pattern, fact: one }]);
    for (const value of values) {
      assert.equal(
        single.match(value).length > 0,
        expression.test(value),
        `${one.origin}: ${one.pattern} and ${value}`,
      );
    }
  }
});

test('the more specific fact speaks, the more general one adds what is open', () => {
  const matcher = matcherOf(
    'host | DCH-* | brand=D-Link; category=hub | 0.9 | why',
    'host | DCH-S* | category=sensor | 0.9 | why',
  );
  assert.deepEqual(
    matcher.match('DCH-S150').map((match) => match.supports),
    [{ category: 'sensor' }, { brand: 'D-Link' }],
  );
});

test('a domain is matched with all that is below it, and by the longest fact', () => {
  const knowledge = compileKnowledge([
    fact('domain | example.com | brand=Example | 0.5 | why'),
    fact('domain | cam.example.com | brand=Example; category=camera | 0.9 | why'),
  ]);
  const weights = (domain: string): number[] =>
    knowledge.matchDomain(domain).map((match) => match.fact.weight);
  assert.deepEqual(weights('eu.CAM.example.com'), [0.9]);
  assert.deepEqual(weights('www.example.com.'), [0.5]);
  assert.deepEqual(weights('notexample.com'), []);
  assert.deepEqual(weights('example.com.evil.org'), []);
});

test('what is remembered does not change what is found', () => {
  const knowledge = compileKnowledge(facts);
  const before = knowledge.match('host', 'HS100(EU)');
  for (let i = 0; i < 10_000; i++) knowledge.match('host', `host-${i}`);
  assert.deepEqual(knowledge.match('host', 'HS100(EU)'), before);
});

test('facts of a user are added and win', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lanscope-facts-'));
  try {
    assert.throws(() => loadFacts(folder), /holds no \.tsv file/);
    writeFileSync(join(folder, 'mine.tsv'), 'domain\tmeethue.com\tbrand=Mine; category=hub\t0.7\tmy own\n');
    const knowledge = extendKnowledge(folder);
    assert.equal(knowledge.matchDomain('meethue.com')[0]?.supports.brand, 'Mine');
    assert.equal(knowledge.facts.length, facts.length + 1);
    writeFileSync(join(folder, 'bad.tsv'), 'nonsense\n');
    assert.throws(() => loadFacts(folder), /bad\.tsv:1: /);
    assert.throws(() => loadFacts(join(folder, 'absent')), /cannot be read/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('no value from the wire makes a match throw or quote more than its bound', () => {
  const knowledge = builtInKnowledge();
  const kinds = [...new Set(facts.map((one) => one.kind))];
  const hostile = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ maxLength: 300 }));
  const prefixed = fc
    .tuple(fc.constantFrom('iPhone', 'SM-', 'md=LIFX ', 'Sonos ', 'ty=HP ', ''), hostile)
    .map(([a, b]) => a + b);
  fc.assert(
    fc.property(fc.constantFrom(...kinds), prefixed, (kind, value) => {
      for (const match of [...knowledge.match(kind, value), ...knowledge.matchModel(value)]) {
        for (const field of FIELDS) {
          const text = match.supports[field] ?? '';
          assert.ok(text.length <= 60);
          assert.doesNotMatch(text, /[\p{Cc}\p{Cf}<>]/u);
        }
      }
    }),
    { numRuns: 150 },
  );
});

test('every file of facts is a table', () => {
  for (const name of readdirSync(dataPath('facts'))) assert.match(name, /^(?:[a-z-]+\.tsv|README\.md)$/);
  assert.ok(facts.length > 2000);
});
