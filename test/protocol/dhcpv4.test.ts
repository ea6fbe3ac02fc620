import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Dhcpv4Observation, dhcpv4Decoder } from '../../src/protocol/dhcpv4.ts';
import { decode, decodeOne, hostile } from './decode.ts';
import { be16, be32, bytesOf, counted, labels, type Part, zeros } from './write.ts';

type Option = readonly [code: number, ...value: Part[]];

function optionBytes(options: readonly Option[]): Uint8Array {
  return bytesOf(...options.map(([code, ...value]) => bytesOf(code, counted(...value))));
}

interface Fields {
  readonly op?: number;
  readonly sname?: Uint8Array;
  readonly file?: Uint8Array;
  readonly raw?: Uint8Array;
}

function message(options: readonly Option[], { op = 1, sname, file, raw }: Fields = {}): Uint8Array {
  const fixed = bytesOf(
    op,
    1,
    6,
    0,
    be32(0xdeadbeef),
    be16(3),
    be16(0x8000),
    be32(0),
    be32(0xc0a80117),
    be32(0xc0a80101),
    be32(0),
    [0x00, 0x17, 0x88, 0x21, 0xfd, 0x3e],
    zeros(10),
    bytesOf(sname ?? zeros(64)),
    bytesOf(file ?? zeros(128)),
  );
  return bytesOf(fixed, be32(0x63825363), optionBytes(options), raw ?? bytesOf(255));
}

const one = (options: readonly Option[], fields?: Fields): Dhcpv4Observation =>
  decodeOne(dhcpv4Decoder, message(options, fields)) as Dhcpv4Observation;

const full: readonly Option[] = [
  [53, 1],
  [61, 1, [0x00, 0x17, 0x88, 0x21, 0xfd, 0x3e]],
  [50, be32(0xc0a80117)],
  [57, be16(1500)],
  [60, 'udhcp 1.15.3'],
  [12, 'Philips-hue'],
  [15, 'lan'],
  [55, [1, 3, 6, 12, 15, 28, 42]],
  [77, counted('iPXE')],
  [81, [0x04, 0, 0], labels('hue.lan')],
  [82, [1, 2, 0xaa, 0xbb], [2, 1, 0xcc]],
  [93, be16(7)],
  [94, [1, 3, 16]],
  [97, 0, [1, 2, 3, 4]],
  [114, 'https://portal.example/'],
  [124, be32(9), counted(counted('Cisco AP'))],
  [125, be32(3561), counted([1, 3], 'abc', [2, 1], 'x')],
  [43, [6, 1, 8]],
];

describe('dhcpv4', () => {
  it('reads every identifying option of a client', () => {
    assert.deepEqual(one(full), {
      kind: 'dhcp',
      messageType: 1,
      op: 1,
      transactionId: 0xdeadbeef,
      clientMac: 0x00178821fd3e,
      secondsElapsed: 3,
      wantsBroadcast: true,
      clientIp: 0,
      yourIp: 0xc0a80117,
      serverIp: 0xc0a80101,
      relayIp: 0,
      requestedIp: 0xc0a80117,
      serverIdentifier: 0,
      subnetMask: 0,
      routers: [],
      dnsServers: [],
      ntpServers: [],
      leaseSeconds: 0,
      hostName: 'Philips-hue',
      domainName: 'lan',
      optionOrder: [53, 61, 50, 57, 60, 12, 15, 55, 77, 81, 82, 93, 94, 97, 114, 124, 125, 43],
      parameterRequestList: [1, 3, 6, 12, 15, 28, 42],
      maxMessageSize: 1500,
      vendorClass: 'udhcp 1.15.3',
      clientId: '0100178821fd3e',
      userClass: 'iPXE',
      clientFqdn: 'hue.lan',
      circuitId: 'aabb',
      remoteId: 'cc',
      clientArchitecture: 7,
      clientNetworkInterface: '1.3.16',
      clientMachineId: '0001020304',
      captivePortal: 'https://portal.example/',
      vendorIdentifyingClass: [{ enterprise: 9, data: 'Cisco AP' }],
      vendorIdentifyingOptions: [
        { enterprise: 3561, code: 1, data: 'abc' },
        { enterprise: 3561, code: 2, data: 'x' },
      ],
      vendorSpecific: '060108',
    });
  });

  it('reads what a server hands out', () => {
    const offer = one(
      [
        [53, 2],
        [1, be32(0xffffff00)],
        [3, be32(0xc0a80101), be32(0xc0a80102)],
        [6, be32(0x08080808)],
        [42, be32(0xc0a80103)],
        [51, be32(86400)],
        [54, be32(0xc0a80101)],
      ],
      { op: 2 },
    );
    assert.equal(offer.op, 2);
    assert.equal(offer.subnetMask, 0xffffff00);
    assert.deepEqual(offer.routers, [0xc0a80101, 0xc0a80102]);
    assert.deepEqual(offer.dnsServers, [0x08080808]);
    assert.deepEqual(offer.ntpServers, [0xc0a80103]);
    assert.equal(offer.leaseSeconds, 86400);
    assert.equal(offer.serverIdentifier, 0xc0a80101);
  });

  it('reads both encodings of the client FQDN and bare user classes', () => {
    assert.equal(one([[81, [0, 0, 0], 'pc.example.org']]).clientFqdn, 'pc.example.org');
    assert.equal(one([[81, [4, 0, 0], labels('pc.example.org')]]).clientFqdn, 'pc.example.org');
    assert.equal(one([[81, [5, 255, 255], counted('pc')]]).clientFqdn, 'pc');
    assert.equal(one([[77, 'MSFT 5.0']]).userClass, 'MSFT 5.0');
    assert.equal(one([[77, counted('one'), counted('two')]]).userClass, 'one, two');
  });

  it('puts split options together, across overloaded fields in the order of RFC 3396', () => {
    const file = bytesOf(optionBytes([[12, 'in-file,']]), 255, zeros(128)).subarray(0, 128);
    const sname = bytesOf(optionBytes([[12, 'in-sname']]), 255, zeros(64)).subarray(0, 64);
    const seen = one(
      [
        [53, 3],
        [52, 3],
        [12, 'options,'],
      ],
      { file, sname },
    );
    assert.equal(seen.hostName, 'options,in-file,in-sname');
    assert.deepEqual(seen.optionOrder, [53, 52, 12]);
    assert.equal(one([[12, 'options']], { file, sname }).hostName, 'options');
  });

  it('keeps what stands before an option that is longer than the message', () => {
    const { observations, issues } = decode(
      dhcpv4Decoder,
      message([[12, 'cam']], { raw: bytesOf(60, 200, 'short') }),
    );
    assert.equal((observations[0] as Dhcpv4Observation).hostName, 'cam');
    assert.deepEqual(issues, ['message/dhcp-malformed@245']);
  });

  it('bounds the number of options', () => {
    const many = Array.from({ length: 300 }, (): Option => [200, 1]);
    assert.deepEqual(decode(dhcpv4Decoder, message(many)).issues, ['message/message-limit@0']);
  });

  it('reads BOOTP, and no MAC where the hardware is not Ethernet', () => {
    const bootp = decodeOne(dhcpv4Decoder, message([]).subarray(0, 236)) as Dhcpv4Observation;
    assert.equal(bootp.messageType, 0);
    const firewire = message([]);
    firewire[1] = 24;
    firewire[2] = 0;
    assert.equal((decodeOne(dhcpv4Decoder, firewire) as Dhcpv4Observation).clientMac, -1);
  });

  it('reads back any options, in their order', () => {
    const option = fc.tuple(
      fc.integer({ min: 1, max: 254 }).filter((code) => code !== 52),
      fc.uint8Array({ maxLength: 255 }),
    );
    fc.assert(
      fc.property(fc.uniqueArray(option, { selector: ([code]) => code, maxLength: 20 }), (options) => {
        const seen = one(options.map(([code, value]): Option => [code, value]));
        assert.deepEqual(
          seen.optionOrder,
          options.map(([code]) => code),
        );
        const requested = options.find(([code]) => code === 55)?.[1] ?? [];
        assert.deepEqual(seen.parameterRequestList, [...requested]);
      }),
      { numRuns: 100 },
    );
  });
});

hostile(dhcpv4Decoder, [
  message(full),
  message(
    [
      [52, 3],
      [53, 5],
    ],
    { op: 2 },
  ),
]);
