import assert from 'node:assert/strict';
import { createCipheriv, createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import type { AnnouncementObservation } from '../../src/protocol/announcement.ts';
import { tuyaDecoder } from '../../src/protocol/tuya.ts';
import { decode, decodeOne, hostile } from './decode.ts';
import { be16, be32, bytesOf, zeros } from './write.ts';

const key = createHash('md5').update('yGAdlopoPVldABfn').digest();
const text = JSON.stringify({
  ip: '192.168.1.40',
  gwId: 'bf1234567890abcdef',
  active: 2,
  ablilty: 0,
  encrypt: true,
  productKey: 'keyabc',
  version: '3.3',
});

function frame(payload: Uint8Array): Uint8Array {
  return bytesOf(
    be32(0x55aa),
    be32(0),
    be32(0x13),
    be32(payload.length + 8),
    payload,
    zeros(4),
    be32(0xaa55),
  );
}

function ecb(plain: string): Uint8Array {
  const cipher = createCipheriv('aes-128-ecb', key, null);
  return bytesOf(cipher.update(plain, 'utf8'), cipher.final());
}

function gcm(plain: string): Uint8Array {
  const nonce = Buffer.alloc(12, 7);
  const length = 4 + plain.length + 12 + 16;
  const header = bytesOf(be16(0), be32(1), be32(0x13), be32(length));
  const cipher = createCipheriv('aes-128-gcm', key, nonce).setAAD(header);
  const hidden = bytesOf(cipher.update(bytesOf(be32(0), plain)), cipher.final());
  return bytesOf(be32(0x6699), header, nonce, hidden, cipher.getAuthTag(), be32(0x9966));
}

const messages = [
  frame(bytesOf(text)),
  frame(bytesOf(be32(0), text)),
  frame(bytesOf(be32(0), ecb(text))),
  gcm(text),
];

describe('tuya', () => {
  it('reads broadcasts in the clear and with the public key of both protocol generations', () => {
    for (const message of messages) {
      assert.deepEqual(decodeOne(tuyaDecoder, message), {
        kind: 'announcement',
        protocol: 'tuya',
        role: 'device',
        name: '',
        manufacturer: '',
        model: 'keyabc',
        deviceType: '',
        id: 'bf1234567890abcdef',
        mac: -1,
        address: '192.168.1.40',
        firmware: '',
        hardware: '',
        details: ['version=3.3'],
      });
    }
  });

  it('tells the app that looks for devices', () => {
    const seen = decodeOne(tuyaDecoder, gcm('{"from":"app","ip":"192.168.1.9"}')) as AnnouncementObservation;
    assert.deepEqual([seen.role, seen.address], ['query', '']);
  });

  it('leaves what another key hides, and lengths that lie, alone', () => {
    const hidden = frame(bytesOf(be32(0), zeros(64)));
    assert.equal(decode(tuyaDecoder, hidden).result, 'foreign');
    const lying = messages[0]!.slice();
    lying[14] = 0xff;
    assert.equal(decode(tuyaDecoder, lying).result, 'foreign');
  });
});

hostile(tuyaDecoder, messages);
