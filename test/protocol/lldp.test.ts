import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type LldpObservation, lldpDecoder } from '../../src/protocol/lldp.ts';
import { decode, decodeOne, hostile } from './decode.ts';
import { be16, be32, bytesOf, type Part } from './write.ts';

function tlv(type: number, ...value: readonly Part[]): Uint8Array {
  const bytes = bytesOf(...value);
  return bytesOf(be16((type << 9) | bytes.length), bytes);
}

const mac = [0x00, 0x04, 0x96, 0x1f, 0xa7, 0x26];
const med = (subtype: number, text: string): Uint8Array => tlv(127, [0x00, 0x12, 0xbb], subtype, text);
const message = bytesOf(
  tlv(1, 4, mac),
  tlv(2, 5, '1/3'),
  tlv(3, be16(120)),
  tlv(4, 'Port 3'),
  tlv(5, 'Summit300-48'),
  tlv(6, 'ExtremeWare 7.4'),
  tlv(7, be16(0x14), be16(0x04)),
  tlv(8, 5, 1, be32(0xc0a80101), 2, be32(1), 0),
  med(5, 'hw1'),
  med(6, 'fw1'),
  med(7, 'sw1'),
  med(8, 'SN1'),
  med(9, 'Acme'),
  med(10, 'Phone 7'),
  tlv(0),
);

describe('lldp', () => {
  it('reads a system and its inventory', () => {
    assert.deepEqual(decodeOne(lldpDecoder, message), {
      kind: 'lldp',
      chassisId: '00:04:96:1f:a7:26',
      chassisMac: 0x0004961fa726,
      portId: '1/3',
      portDescription: 'Port 3',
      ttlSeconds: 120,
      systemName: 'Summit300-48',
      systemDescription: 'ExtremeWare 7.4',
      capabilities: 0x14,
      enabledCapabilities: 0x04,
      managementAddress: '192.168.1.1',
      manufacturer: 'Acme',
      model: 'Phone 7',
      hardware: 'hw1',
      firmware: 'fw1',
      software: 'sw1',
      serial: 'SN1',
    });
  });

  it('reads other identifiers', () => {
    const seen = decodeOne(
      lldpDecoder,
      bytesOf(tlv(1, 5, 1, be32(0x0a000001)), tlv(2, 3, mac), tlv(3, be16(1)), tlv(0)),
    ) as LldpObservation;
    assert.deepEqual([seen.chassisId, seen.chassisMac, seen.portId], ['10.0.0.1', -1, '00:04:96:1f:a7:26']);
  });

  it('keeps what stands before a field that is too long, and bounds their number', () => {
    const { observations, issues } = decode(
      lldpDecoder,
      bytesOf(tlv(1, 7, 'id'), tlv(5, 'name'), be16((6 << 9) | 400), 'x'),
    );
    assert.equal((observations[0] as LldpObservation).systemName, 'name');
    assert.deepEqual(issues, ['message/lldp-malformed@11']);
    const many = bytesOf(tlv(1, 7, 'id'), ...Array.from({ length: 200 }, () => tlv(127)));
    assert.equal(decode(lldpDecoder, many).issues[0]!.split('@')[0], 'message/message-limit');
  });
});

hostile(lldpDecoder, [message]);
