import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  dnsDecoder,
  type DnsObservation,
  type DnsRecord,
  dnsTcpDecoder,
  llmnrDecoder,
  mdnsDecoder,
} from '../../src/protocol/dns.ts';
import { decode, decodeOne, hostile } from './decode.ts';
import { be16, be32, bytesOf, counted, hex, labels } from './write.ts';

type Counts = readonly [questions: number, answers: number, authorities: number, additionals: number];

function header(flags: number, counts: Counts): Uint8Array {
  return bytesOf(be16(0x1234), be16(flags), ...counts.map(be16));
}

function record(name: Uint8Array, type: number, rclass: number, ttl: number, data: Uint8Array): Uint8Array {
  return bytesOf(name, be16(type), be16(rclass), be32(ttl), be16(data.length), data);
}

/** A pointer to an offset of the message. */
const pointer = (offset: number): Uint8Array => Uint8Array.from(be16(0xc000 | offset));

// The service type stands at 12, and ends in `local` at 12 + 5 + 5.
const service = labels('_hap._tcp.local');
const mdns = bytesOf(
  header(0x8400, [0, 3, 0, 3]),
  record(service, 12, 1, 4500, bytesOf(counted('Hue Bridge'), pointer(12))),
  record(
    bytesOf(counted('Hue Bridge'), pointer(12)),
    33,
    0x8001,
    120,
    bytesOf(be16(0), be16(0), be16(8080), counted('hue'), pointer(22)),
  ),
  record(
    bytesOf(counted('Hue Bridge'), pointer(12)),
    16,
    0x8001,
    4500,
    bytesOf(counted('md=BSB002'), counted('pv=1.1'), 0),
  ),
  record(bytesOf(counted('hue'), pointer(22)), 1, 0x8001, 120, hex('c0a80117')),
  record(
    bytesOf(counted('hue'), pointer(22)),
    28,
    0x8001,
    120,
    hex('fe80 0000 0000 0000 0217 88ff fe21 fd3e'),
  ),
  record(labels(''), 41, 1440, 0, bytesOf(be16(4), be16(8), 0, 0, [0x00, 0x17, 0x88, 0x21, 0xfd, 0x3e])),
);

describe('dns', () => {
  it('reads a compressed mDNS answer', () => {
    const seen = decodeOne(mdnsDecoder, mdns) as DnsObservation;
    const expected: readonly Partial<DnsRecord>[] = [
      {
        section: 'answer',
        name: '_hap._tcp.local',
        type: 12,
        value: 'Hue Bridge._hap._tcp.local',
        cacheFlush: false,
        ttl: 4500,
      },
      {
        name: 'Hue Bridge._hap._tcp.local',
        type: 33,
        value: 'hue.local',
        port: 8080,
        class: 1,
        cacheFlush: true,
      },
      { type: 16, strings: ['md=BSB002', 'pv=1.1'], value: '' },
      { section: 'additional', name: 'hue.local', type: 1, value: '192.168.1.23' },
      { type: 28, value: 'fe80::217:88ff:fe21:fd3e' },
      { name: '', type: 41, class: 1440, value: '00:17:88:21:fd:3e' },
    ];
    assert.equal(seen.records.length, expected.length);
    for (const [i, fields] of expected.entries()) {
      assert.deepEqual({ ...seen.records[i], ...fields }, seen.records[i]);
    }
    assert.deepEqual(
      { ...seen, records: [] },
      {
        kind: 'dns',
        protocol: 'mdns',
        transactionId: 0x1234,
        isResponse: true,
        opcode: 0,
        flags: 0x0400,
        rcode: 0,
        questions: [],
        records: [],
      },
    );
  });

  it('reads a query, with the unicast-response bit for mDNS only', () => {
    const query = bytesOf(header(0x0100, [1, 0, 0, 0]), labels('api.example.com'), be16(28), be16(0x8001));
    const dns = decodeOne(dnsDecoder, query) as DnsObservation;
    assert.deepEqual(dns.questions, [{ name: 'api.example.com', type: 28, class: 0x8001 }]);
    assert.equal(dns.flags, 0x0100);
    assert.equal(dns.isResponse, false);
    assert.equal((decodeOne(mdnsDecoder, query) as DnsObservation).questions[0]!.class, 1);
    assert.equal((decodeOne(llmnrDecoder, query) as DnsObservation).protocol, 'llmnr');
  });

  it('reads the data of the other types that name something', () => {
    const one = (type: number, data: Uint8Array): Partial<DnsRecord> => {
      const message = bytesOf(header(0x8180, [0, 1, 0, 0]), record(labels('x.org'), type, 1, 60, data));
      const { value, port, strings } = (decodeOne(dnsDecoder, message) as DnsObservation).records[0]!;
      return { value, port, strings };
    };
    const target = labels('a.b');
    assert.deepEqual(one(5, target), { value: 'a.b', port: 0, strings: [] });
    assert.deepEqual(one(2, target), { value: 'a.b', port: 0, strings: [] });
    assert.deepEqual(one(6, bytesOf(target, target, be32(1))), { value: 'a.b', port: 0, strings: [] });
    assert.deepEqual(one(15, bytesOf(be16(10), target)), { value: 'a.b', port: 10, strings: [] });
    assert.deepEqual(one(47, bytesOf(target, 0, 4, be32(0x40000008))), {
      value: 'a.b',
      port: 0,
      strings: [],
    });
    assert.deepEqual(one(13, bytesOf(counted('ARMV7'), counted('LINUX'))), {
      value: 'ARMV7/LINUX',
      port: 0,
      strings: [],
    });
    const parameters = bytesOf(
      be16(1),
      be16(6),
      counted('h3'),
      counted('h2'),
      be16(3),
      be16(2),
      be16(8443),
      be16(4),
      be16(4),
      hex('01020304'),
      be16(5),
      be16(1),
      7,
    );
    assert.deepEqual(one(65, bytesOf(be16(1), 0, parameters)), {
      value: '',
      port: 1,
      strings: ['alpn=h3,h2', 'port=8443', 'ipv4hint=1.2.3.4', 'ech'],
    });
    assert.deepEqual(one(99, hex('010203')), { value: '', port: 0, strings: [] });
  });

  it('refuses pointers that lead forward, to themselves, or round and round', () => {
    for (const name of [
      pointer(12),
      pointer(40),
      bytesOf(counted('a'), pointer(12)),
      bytesOf(counted('a'), pointer(14)),
    ]) {
      const message = bytesOf(header(0, [1, 0, 0, 0]), name, be16(1), be16(1));
      const { observations, issues } = decode(dnsDecoder, message);
      assert.deepEqual(observations, []);
      assert.deepEqual(issues, ['message/dns-malformed@12']);
    }
  });

  it('bounds names that pointers make long', () => {
    const long = bytesOf(...Array.from({ length: 5 }, () => counted('x'.repeat(63))), 0);
    const { issues } = decode(dnsDecoder, bytesOf(header(0, [1, 0, 0, 0]), long, be16(1), be16(1)));
    assert.deepEqual(issues, ['message/dns-malformed@12']);
  });

  it('keeps the records before a fault, and a bounded number of them', () => {
    const good = record(labels('x.org'), 1, 1, 60, hex('01020304'));
    const bad = record(labels('x.org'), 1, 1, 60, hex('0102'));
    const cut = decode(dnsDecoder, bytesOf(header(0x8180, [0, 2, 0, 0]), good, bad));
    assert.equal((cut.observations[0] as DnsObservation).records.length, 1);
    assert.equal(cut.issues.length, 1);
    const many = bytesOf(header(0x8180, [0, 300, 0, 0]), ...Array.from({ length: 300 }, () => good));
    const bounded = decode(dnsDecoder, many);
    assert.equal((bounded.observations[0] as DnsObservation).records.length, 256);
    assert.deepEqual(
      bounded.issues.map((issue) => issue.split('@')[0]),
      ['message/message-limit'],
    );
  });

  it('reads several messages of a stream, and waits for one that is cut', () => {
    const query = (name: string): Uint8Array => {
      const message = bytesOf(header(0x0100, [1, 0, 0, 0]), labels(name), be16(1), be16(1));
      return bytesOf(be16(message.length), message);
    };
    const two = bytesOf(query('a.org'), query('b.org'));
    assert.equal(decode(dnsTcpDecoder, two).observations.length, 2);
    assert.equal(decode(dnsTcpDecoder, query('a.org').subarray(0, 9)).result, 'incomplete');
    assert.equal(decode(dnsTcpDecoder, bytesOf('GET / HTTP/1.1\r\n\r\n')).observations.length, 0);
  });

  it('reads back any names and strings', () => {
    const label = fc.stringMatching(/^[a-zA-Z0-9_ -]{1,63}$/);
    const name = fc.array(label, { minLength: 1, maxLength: 3 }).map((list) => list.join('.'));
    fc.assert(
      fc.property(
        name,
        name,
        fc.array(fc.stringMatching(/^[ -~]{1,255}$/), { maxLength: 8 }),
        (owner, target, strings) => {
          const message = bytesOf(
            header(0x8400, [1, 2, 0, 0]),
            labels(owner),
            be16(255),
            be16(1),
            record(pointer(12), 12, 1, 1, labels(target)),
            record(pointer(12), 16, 1, 1, bytesOf(...strings.map((text) => counted(text)))),
          );
          const seen = decodeOne(mdnsDecoder, message) as DnsObservation;
          assert.equal(seen.questions[0]!.name, owner);
          assert.deepEqual(
            seen.records.map((r) => [r.name, r.value, r.strings]),
            [
              [owner, target, []],
              [owner, '', strings],
            ],
          );
        },
      ),
      { numRuns: 100 },
    );
  });
});

hostile(mdnsDecoder, [mdns]);
hostile(dnsTcpDecoder, [bytesOf(be16(mdns.length), mdns, be16(mdns.length), mdns)]);
