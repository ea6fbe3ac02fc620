import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { AnnouncementObservation } from '../../src/protocol/announcement.ts';
import { edimaxDecoder } from '../../src/protocol/edimax.ts';
import { decode } from './decode.ts';

const REGISTRATION =
  '<param>\n<code value="1010" />\n<model value="SP-2101W" />\n<id value="0123456789AB" />\n<type value="SmartPlug" />\n' +
  '<alias value="Lamp" />\n<lanip value="192.168.1.9" />\n<devfwver value="1.09" />\n' +
  '<productid value="EDIMAX#SP-2101W#1.0#1.09" />\n</param>';

/** As the devices write it: the key first, the rest rotated right by it. */
function hide(text: string, key: number): Uint8Array {
  const bytes = Uint8Array.from(
    Buffer.from(text, 'latin1'),
    (byte) => ((byte >>> key) | (byte << (8 - key))) & 0xff,
  );
  bytes[0] = 0x3c + key;
  return bytes;
}

test('a registration names model and kind, whatever the key', () => {
  for (let key = 0; key < 8; key++) {
    const { observations } = decode(edimaxDecoder, hide(REGISTRATION, key));
    const [seen] = observations as AnnouncementObservation[];
    assert.equal(seen?.protocol, 'edimax');
    assert.equal(seen.model, 'SP-2101W');
    assert.equal(seen.deviceType, 'SmartPlug');
    assert.equal(seen.manufacturer, 'EDIMAX');
    assert.equal(seen.mac, 0x0123456789ab);
    assert.equal(observations.length, 1);
  }
});

test('other messages of the protocol say nothing, other bytes are foreign', () => {
  const other = decode(edimaxDecoder, hide('<param><code value="3000" /></param>', 3));
  assert.equal(other.result, 'done');
  assert.equal(other.observations.length, 0);
  assert.equal(decode(edimaxDecoder, new TextEncoder().encode('<html></html>')).result, 'foreign');
});

test('no bytes make it throw, and fields are bounded', () => {
  const noise = fc.uint8Array({ maxLength: 1500 });
  fc.assert(
    fc.property(noise, fc.nat(7), (bytes, key) => {
      decode(edimaxDecoder, bytes);
      const text = `<param>${Buffer.from(bytes).toString('latin1')}`;
      for (const seen of decode(edimaxDecoder, hide(text, key)).observations as AnnouncementObservation[]) {
        assert.ok(seen.model.length <= 128);
      }
    }),
  );
  for (let length = 0; length < REGISTRATION.length; length++)
    decode(edimaxDecoder, hide(REGISTRATION.slice(0, length), 5));
});
