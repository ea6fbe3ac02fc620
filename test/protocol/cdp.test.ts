import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CdpObservation, cdpDecoder } from '../../src/protocol/cdp.ts';
import { decode, decodeOne, hostile } from './decode.ts';
import { be16, be32, bytesOf, hex, type Part } from './write.ts';

function tlv(type: number, ...value: readonly Part[]): Uint8Array {
  const bytes = bytesOf(...value);
  return bytesOf(be16(type), be16(bytes.length + 4), bytes);
}

const header = bytesOf(hex('aaaa03 00000c 2000'), 2, 180, be16(0));
const message = bytesOf(
  header,
  tlv(1, 'sw1.example.org'),
  tlv(2, be32(1), 1, 1, 0xcc, be16(4), be32(0xc0a800fd)),
  tlv(3, 'FastEthernet0/1'),
  tlv(4, be32(0x28)),
  tlv(5, 'Cisco IOS Software, C2960\nTechnical Support'),
  tlv(6, 'cisco WS-C2960'),
  tlv(10, be16(7)),
);

describe('cdp', () => {
  it('reads a switch', () => {
    assert.deepEqual(decodeOne(cdpDecoder, message), {
      kind: 'cdp',
      version: 2,
      ttlSeconds: 180,
      deviceId: 'sw1.example.org',
      portId: 'FastEthernet0/1',
      platform: 'cisco WS-C2960',
      software: 'Cisco IOS Software, C2960',
      capabilities: 0x28,
      address: '192.168.0.253',
      nativeVlan: 7,
    });
  });

  it('leaves other LLC frames alone', () => {
    assert.equal(decode(cdpDecoder, hex('424203 0000 00 00 0000 0000 0000 0000')).result, 'foreign');
  });

  it('tells a field shorter than its own header, and bounds their number', () => {
    const { observations, issues } = decode(cdpDecoder, bytesOf(message, be16(6), be16(2)));
    assert.equal((observations[0] as CdpObservation).platform, 'cisco WS-C2960');
    assert.deepEqual(issues, [`message/cdp-malformed@${message.length}`]);
    const many = bytesOf(header, ...Array.from({ length: 200 }, () => tlv(99)));
    assert.deepEqual(decode(cdpDecoder, many).issues, [`message/message-limit@${12 + 128 * 4}`]);
  });
});

hostile(cdpDecoder, [message]);
