import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Dhcpv6Observation, dhcpv6Decoder, MAX_RELAYS } from '../../src/protocol/dhcpv6.ts';
import { decode, decodeOne, hostile } from './decode.ts';
import { be16, be32, bytesOf, hex, labels, type Part, zeros } from './write.ts';

function option(code: number, ...value: readonly Part[]): Uint8Array {
  const data = bytesOf(...value);
  return bytesOf(be16(code), be16(data.length), data);
}

const mac = [0x00, 0x15, 0x5d, 0x01, 0x02, 0x03];
const counted = (text: string): Uint8Array => bytesOf(be16(text.length), text);
const solicit = bytesOf(
  1,
  [0xab, 0xcd, 0xef],
  option(8, be16(100)),
  option(1, be16(1), be16(1), be32(0x12345678), mac),
  option(3, be32(1), be32(0), be32(0), option(5, hex('20010db8000000000000000000000042'), be32(0), be32(0))),
  option(
    25,
    be32(1),
    be32(0),
    be32(0),
    option(26, be32(0), be32(0), 56, hex('20010db8aa0000000000000000000000')),
  ),
  option(39, 0, labels('pc.example.org')),
  option(16, be32(311), counted('MSFT 5.0')),
  option(17, be32(3561), option(1, 'abc')),
  option(15, counted('class')),
  option(6, be16(17), be16(23), be16(24), be16(39)),
  option(61, be16(7)),
);

function relay(inner: Uint8Array): Uint8Array {
  return bytesOf(12, 0, zeros(32), option(79, be16(1), mac), option(9, inner));
}

describe('dhcpv6', () => {
  it('reads what a client says of itself', () => {
    assert.deepEqual(decodeOne(dhcpv6Decoder, solicit), {
      kind: 'dhcpv6',
      messageType: 1,
      transactionId: 0xabcdef,
      relays: 0,
      optionOrder: [8, 1, 3, 25, 39, 16, 17, 15, 6, 61],
      optionRequest: [17, 23, 24, 39],
      clientDuid: '000100011234567800155d010203',
      duidType: 1,
      duidMac: 0x00155d010203,
      duidEnterprise: 0,
      serverDuid: '',
      clientFqdn: 'pc.example.org',
      userClass: 'class',
      vendorClass: [{ enterprise: 311, data: 'MSFT 5.0' }],
      vendorOptions: [{ enterprise: 3561, code: 1, data: 'abc' }],
      addresses: ['2001:db8::42'],
      prefixes: ['2001:db8:aa00::/56'],
      dnsServers: [],
      searchDomains: [],
      clientArchitecture: 7,
      clientLinkMac: -1,
    });
  });

  it('reads a reply, other DUIDs, and a name without its end', () => {
    const reply = decodeOne(
      dhcpv6Decoder,
      bytesOf(
        7,
        [0, 0, 1],
        option(2, be16(3), be16(1), mac),
        option(1, be16(2), be32(9), [1, 2, 3]),
        option(23, hex('20010db8000000000000000000000053')),
        option(24, labels('lan'), labels('home.arpa')),
        option(39, 1, [4], 'host'),
      ),
    ) as Dhcpv6Observation;
    assert.equal(reply.serverDuid, '0003000100155d010203');
    assert.equal(reply.duidEnterprise, 9);
    assert.deepEqual(reply.dnsServers, ['2001:db8::53']);
    assert.deepEqual(reply.searchDomains, ['lan', 'home.arpa']);
    assert.equal(reply.clientFqdn, 'host');
  });

  it('looks into relayed messages, to a stated depth', () => {
    const once = decodeOne(dhcpv6Decoder, relay(solicit)) as Dhcpv6Observation;
    assert.equal(once.relays, 1);
    assert.equal(once.clientLinkMac, 0x00155d010203);
    assert.equal(once.messageType, 1);
    let deep = solicit;
    for (let i = 0; i <= MAX_RELAYS; i++) deep = relay(deep);
    const { observations, issues } = decode(dhcpv6Decoder, deep);
    assert.deepEqual(observations, []);
    assert.equal(issues[0]!.split('@')[0], 'message/message-limit');
  });

  it('keeps what stands before an option that is too long', () => {
    const { observations, issues } = decode(dhcpv6Decoder, bytesOf(solicit, be16(16), be16(99), 1));
    assert.equal((observations[0] as Dhcpv6Observation).clientFqdn, 'pc.example.org');
    assert.deepEqual(issues, [`message/dhcpv6-malformed@${solicit.length}`]);
  });

  it('bounds the number of options', () => {
    const many = bytesOf(1, [0, 0, 1], ...Array.from({ length: 200 }, () => option(200)));
    assert.deepEqual(decode(dhcpv6Decoder, many).issues, [`message/message-limit@${4 + 128 * 4}`]);
  });
});

hostile(dhcpv6Decoder, [solicit, relay(relay(solicit))]);
