import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { neighborDiscoveryDecoder } from '../../src/protocol/neighbor-discovery.ts';
import { decode, decodeOne, hostile } from './decode.ts';
import { be16, be32, bytesOf, hex, labels, zeros } from './write.ts';

const target = hex('fe80 0000 0000 0000 0217 88ff fe21 fd3e');
const mac = [0x00, 0x17, 0x88, 0x21, 0xfd, 0x3e];
const advertisement = bytesOf(136, 0, be16(0), be32(0xe0000000), target, 2, 1, mac);
const domains = bytesOf(labels('lan'), labels('home.arpa'), zeros(8)).subarray(0, 16);
const router = bytesOf(
  134,
  0,
  be16(0),
  64,
  0xc8,
  be16(1800),
  be32(0),
  be32(0),
  1,
  1,
  mac,
  5,
  1,
  be16(0),
  be32(1480),
  3,
  4,
  64,
  0xc0,
  be32(86400),
  be32(14400),
  be32(0),
  hex('20010db8 00000000 00000000 00000000'),
  24,
  2,
  48,
  8,
  be32(1800),
  hex('fd000000 00000000'),
  25,
  3,
  be16(0),
  be32(600),
  hex('20010db8 00000000 00000000 00000053'),
  31,
  3,
  be16(0),
  be32(600),
  domains,
);

describe('neighbour discovery', () => {
  it('reads an advertisement', () => {
    assert.deepEqual(decodeOne(neighborDiscoveryDecoder, advertisement), {
      kind: 'neighbor',
      icmpType: 136,
      target: 'fe80::217:88ff:fe21:fd3e',
      destination: '',
      linkMac: 0x00178821fd3e,
      isRouter: true,
      isSolicited: true,
      isOverride: true,
    });
  });

  it('reads solicitations and a redirect', () => {
    const solicitation = bytesOf(135, 0, be16(0), be32(0xffffffff), target);
    assert.deepEqual(decodeOne(neighborDiscoveryDecoder, solicitation), {
      kind: 'neighbor',
      icmpType: 135,
      target: 'fe80::217:88ff:fe21:fd3e',
      destination: '',
      linkMac: -1,
      isRouter: false,
      isSolicited: false,
      isOverride: false,
    });
    const routerSolicitation = decodeOne(
      neighborDiscoveryDecoder,
      bytesOf(133, 0, be16(0), be32(0), 1, 1, mac),
    );
    assert.deepEqual(routerSolicitation, {
      kind: 'neighbor',
      icmpType: 133,
      target: '',
      destination: '',
      linkMac: 0x00178821fd3e,
      isRouter: false,
      isSolicited: false,
      isOverride: false,
    });
    const redirect = decodeOne(
      neighborDiscoveryDecoder,
      bytesOf(137, 0, be16(0), be32(0), target, hex('20010db8'), zeros(11), 1),
    );
    assert.equal((redirect as { destination: string }).destination, '2001:db8::1');
  });

  it('reads a router advertisement with all its options', () => {
    assert.deepEqual(decodeOne(neighborDiscoveryDecoder, router), {
      kind: 'router-advertisement',
      hopLimit: 64,
      flags: 0xc8,
      lifetimeSeconds: 1800,
      linkMac: 0x00178821fd3e,
      mtu: 1480,
      prefixes: [{ prefix: '2001:db8::', length: 64, onLink: true, autonomous: true }],
      routes: ['fd00::/48'],
      dnsServers: ['2001:db8::53'],
      searchDomains: ['lan', 'home.arpa'],
    });
  });

  it('stops at an option of length zero, or longer than the message', () => {
    const zero = decode(neighborDiscoveryDecoder, bytesOf(advertisement, 1, 0, mac));
    assert.equal(zero.observations.length, 1);
    assert.deepEqual(zero.issues, ['message/nd-malformed@32']);
    assert.deepEqual(decode(neighborDiscoveryDecoder, bytesOf(advertisement, 1, 9, mac)).issues, [
      'message/nd-malformed@32',
    ]);
    assert.deepEqual(decode(neighborDiscoveryDecoder, advertisement.subarray(0, 20)).issues, [
      'message/nd-malformed@0',
    ]);
  });

  it('bounds the number of options', () => {
    const many = bytesOf(
      advertisement.subarray(0, 24),
      ...Array.from({ length: 80 }, () => bytesOf(2, 1, mac)),
    );
    assert.deepEqual(decode(neighborDiscoveryDecoder, many).issues, [`message/message-limit@${24 + 64 * 8}`]);
  });

  it('leaves echo requests alone', () => {
    assert.equal(decode(neighborDiscoveryDecoder, bytesOf(128, 0, zeros(30))).result, 'foreign');
  });
});

hostile(neighborDiscoveryDecoder, [advertisement, router]);
