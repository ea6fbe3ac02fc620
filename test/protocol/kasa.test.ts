import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { AnnouncementObservation } from '../../src/protocol/announcement.ts';
import { kasaDecoder, kasaTcpDecoder } from '../../src/protocol/kasa.ts';
import { decode, decodeOne, hostile } from './decode.ts';
import { be32, bytesOf } from './write.ts';

/** Each byte is hidden by the hidden byte before it. */
function hide(text: string): Uint8Array {
  let key = 171;
  return bytesOf(text).map((byte) => (key ^= byte));
}

const sysinfo = {
  sw_ver: '1.2.5 Build 171206',
  hw_ver: '1.0',
  type: 'IOT.SMARTPLUGSWITCH',
  model: 'HS100(EU)',
  mac: '50:C7:BF:00:56:39',
  dev_name: 'Smart Wi-Fi Plug',
  alias: 'Lampe im Flur ü',
  deviceId: '8006AABB',
  latitude_i: 501234,
};
const answer = JSON.stringify({ system: { get_sysinfo: sysinfo } });

describe('kasa', () => {
  it('reads what a plug answers, without its position', () => {
    const seen = decodeOne(kasaDecoder, hide(answer));
    assert.deepEqual(seen, {
      kind: 'announcement',
      protocol: 'kasa',
      role: 'device',
      name: 'Lampe im Flur ü',
      manufacturer: '',
      model: 'HS100(EU)',
      deviceType: 'IOT.SMARTPLUGSWITCH',
      id: '8006AABB',
      mac: 0x50c7bf005639,
      address: '',
      firmware: '1.2.5 Build 171206',
      hardware: '1.0',
      details: ['dev_name=Smart Wi-Fi Plug'],
    });
  });

  it('reads the same over TCP, when the message is whole', () => {
    const message = hide(answer);
    const framed = bytesOf(be32(message.length), message);
    assert.equal((decodeOne(kasaTcpDecoder, framed) as AnnouncementObservation).model, 'HS100(EU)');
    assert.equal(decode(kasaTcpDecoder, framed.subarray(0, 40)).result, 'incomplete');
    assert.equal(decode(kasaTcpDecoder, bytesOf('GET / HTTP/1.1')).result, 'foreign');
  });

  it('tells a question from an answer', () => {
    const seen = decodeOne(kasaDecoder, hide('{"system":{"get_sysinfo":{}}}')) as AnnouncementObservation;
    assert.deepEqual([seen.role, seen.model], ['query', '']);
    const done = hide('{"system":{"set_relay_state":{"err_code":0}}}');
    const answered = decodeOne(kasaDecoder, done, { srcPort: 9999 }) as AnnouncementObservation;
    assert.deepEqual([answered.role, answered.model], ['device', '']);
  });

  it('trusts no type', () => {
    const odd =
      '{"system":{"get_sysinfo":{"model":["x"],"alias":{"a":1},"mac":7,"deviceId":5,"__proto__":{"sw_ver":"x"}}}}';
    const seen = decodeOne(kasaDecoder, hide(odd)) as AnnouncementObservation;
    assert.deepEqual([seen.model, seen.name, seen.mac, seen.id, seen.firmware], ['', '', -1, '5', '']);
    assert.equal(decode(kasaDecoder, hide('{"system":')).result, 'foreign');
    assert.equal(decode(kasaDecoder, hide(`{"a":${'['.repeat(9000)}`)).result, 'foreign');
  });

  it('reads back any name, bounded', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400 }), (alias) => {
        const text = JSON.stringify({ system: { get_sysinfo: { model: 'x', alias } } });
        const seen = decodeOne(kasaDecoder, hide(text)) as AnnouncementObservation;
        assert.equal(seen.name, alias.slice(0, 256));
      }),
      { numRuns: 100 },
    );
  });
});

hostile(kasaDecoder, [hide(answer)]);
hostile(kasaTcpDecoder, [bytesOf(be32(hide(answer).length), hide(answer))]);
