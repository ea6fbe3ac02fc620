import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type SnmpObservation, snmpDecoder } from '../../src/protocol/snmp.ts';
import { decode, decodeOne, hostile } from './decode.ts';
import { be16, bytesOf, hex, type Part } from './write.ts';

function ber(tag: number, ...content: readonly Part[]): Uint8Array {
  const inner = bytesOf(...content);
  const length = inner.length < 128 ? [inner.length] : [0x82, ...be16(inner.length)];
  return bytesOf(tag, length, inner);
}

function oid(text: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const part = (n: number): number[] => {
    const bytes = [n & 127];
    for (let left = Math.floor(n / 128); left > 0; left = Math.floor(left / 128))
      bytes.unshift((left & 127) | 128);
    return bytes;
  };
  return ber(6, [first * 40 + second, ...rest.flatMap(part)]);
}

const int = (n: number): Uint8Array => ber(2, [n]);

function message(
  version: number,
  community: string,
  pdu: number,
  bindings: readonly Uint8Array[],
): Uint8Array {
  return ber(0x30, int(version), ber(4, community), ber(pdu, int(1), int(0), int(0), ber(0x30, ...bindings)));
}

const response = message(1, 'public', 0xa2, [
  ber(0x30, oid('1.3.6.1.2.1.1.1.0'), ber(4, 'HP ETHERNET MULTI-ENVIRONMENT')),
  ber(0x30, oid('1.3.6.1.2.1.1.2.0'), oid('1.3.6.1.4.1.11.2.3.9.1')),
  ber(0x30, oid('1.3.6.1.2.1.1.5.0'), ber(4, 'NPI123456')),
  ber(0x30, oid('1.3.6.1.2.1.1.6.0'), ber(4, 'Office')),
  ber(0x30, oid('1.3.6.1.2.1.25.3.2.1.3.1'), ber(4, 'HP LaserJet 4050')),
]);
const engine = hex('80000009 03 001122334455');
const version3 = ber(
  0x30,
  int(3),
  ber(0x30, int(1), ber(2, [0x05, 0xdc]), ber(4, [4]), int(3)),
  ber(4, ber(0x30, ber(4, engine), int(0), int(0), ber(4, 'secretuser'), ber(4), ber(4))),
  ber(0x30),
);

describe('snmp', () => {
  it('reads what an agent says of itself', () => {
    assert.deepEqual(decodeOne(snmpDecoder, response), {
      kind: 'snmp',
      version: 1,
      community: 'public',
      communityBytes: 6,
      pduType: 2,
      objects: [
        '1.3.6.1.2.1.1.1.0',
        '1.3.6.1.2.1.1.2.0',
        '1.3.6.1.2.1.1.5.0',
        '1.3.6.1.2.1.1.6.0',
        '1.3.6.1.2.1.25.3.2.1.3.1',
      ],
      description: 'HP ETHERNET MULTI-ENVIRONMENT',
      objectId: '1.3.6.1.4.1.11.2.3.9.1',
      name: 'NPI123456',
      location: 'Office',
      device: 'HP LaserJet 4050',
      engineId: '',
    });
  });

  it('keeps no community and no user', () => {
    const seen = decodeOne(snmpDecoder, message(0, 's3cr3t-community', 0xa0, [])) as SnmpObservation;
    assert.deepEqual([seen.community, seen.communityBytes], ['other', 16]);
    assert.doesNotMatch(JSON.stringify(seen), /s3cr3t/);
    const third = decodeOne(snmpDecoder, version3) as SnmpObservation;
    assert.equal(third.engineId, '8000000903001122334455');
    assert.doesNotMatch(JSON.stringify(third), /secretuser/);
  });

  it('reads a trap of version 1', () => {
    const trap = ber(
      0x30,
      int(0),
      ber(4, 'private'),
      ber(
        0xa4,
        oid('1.3.6.1.4.1.9.1.1'),
        ber(0x40, [10, 0, 0, 1]),
        int(6),
        int(1),
        ber(0x43, [1]),
        ber(0x30),
      ),
    );
    const seen = decodeOne(snmpDecoder, trap) as SnmpObservation;
    assert.deepEqual([seen.pduType, seen.community, seen.objectId], [4, 'private', '1.3.6.1.4.1.9.1.1']);
  });

  it('tells lengths that lie, and leaves other bytes alone', () => {
    const cut = decode(snmpDecoder, ber(0x30, int(1), ber(4, 'public'), [0xa0, 0x7f, 1]));
    assert.equal(cut.observations.length, 1);
    assert.equal(cut.issues[0]!.split('@')[0], 'message/snmp-malformed');
    assert.equal(decode(snmpDecoder, ber(0x30, int(7))).result, 'foreign');
    assert.equal(decode(snmpDecoder, bytesOf('hello')).result, 'foreign');
  });

  it('bounds the objects', () => {
    const many = Array.from({ length: 100 }, () => ber(0x30, oid('1.3.6.1.2.1.1.1.0'), ber(5)));
    const { observations, issues } = decode(snmpDecoder, message(1, 'public', 0xa1, many));
    assert.equal((observations[0] as SnmpObservation).objects.length, 16);
    assert.deepEqual(issues, ['message/message-limit@0']);
  });

  it('reads back any object identifier', () => {
    const parts = fc.array(fc.integer({ min: 0, max: 0xffff_ffff }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(parts, (numbers) => {
        const text = `1.3.${numbers.join('.')}`;
        const seen = decodeOne(
          snmpDecoder,
          message(1, 'x', 0xa0, [ber(0x30, oid(text), ber(5))]),
        ) as SnmpObservation;
        assert.deepEqual(seen.objects, [text]);
      }),
      { numRuns: 100 },
    );
  });
});

hostile(snmpDecoder, [response, version3]);
