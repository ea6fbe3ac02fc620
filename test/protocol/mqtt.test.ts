import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mqttDecoder } from '../../src/protocol/mqtt.ts';
import { decode, decodeOne, hostile } from './decode.ts';
import { decodeGrowing } from './stream.ts';
import { counted16 } from './tls-messages.ts';
import { be16, bytesOf, counted, type Part } from './write.ts';

const connect = (level: number, flags: number, ...payload: readonly Part[]): Uint8Array =>
  bytesOf(
    0x10,
    counted(
      counted16(level === 3 ? 'MQIsdp' : 'MQTT'),
      [level, flags],
      be16(60),
      level === 5 ? counted([0x21, 0, 10]) : [],
      ...payload,
    ),
  );

const FULL = connect(
  4,
  0xc4,
  counted16('plug-1'),
  counted16('home/plug/state'),
  counted16('gone'),
  counted16('someone'),
  counted16('S3CR3T'),
);

describe('mqtt', () => {
  it('reads CONNECT without its secrets', () => {
    const seen = decodeGrowing(mqttDecoder, FULL, {}, 1);
    assert.deepEqual(seen, [
      {
        kind: 'mqtt-connect',
        protocolLevel: 4,
        clientId: 'plug-1',
        keepAliveSeconds: 60,
        hasUser: true,
        hasPassword: true,
        willTopic: 'home/plug/state',
      },
      { kind: 'login', protocol: 'mqtt', hasUser: true, hasPassword: true, isDefault: false },
    ]);
    assert.doesNotMatch(JSON.stringify(seen), /S3CR3T|someone/);
  });

  it('reads versions 3.1 and 5', () => {
    for (const level of [3, 5]) {
      const seen = decodeOne(mqttDecoder, connect(level, 0x02, counted16('id')));
      assert.deepEqual(
        [seen.kind === 'mqtt-connect' && seen.protocolLevel, seen.kind === 'mqtt-connect' && seen.clientId],
        [level, 'id'],
      );
    }
  });

  it('reads the answer', () => {
    for (const code of [0, 5]) {
      assert.deepEqual(decodeOne(mqttDecoder, bytesOf([0x20, 2, 0, code]), { fromOriginator: false }), {
        kind: 'login-result',
        protocol: 'mqtt',
        isAccepted: code === 0,
      });
    }
  });

  it('tells impossible lengths and leaves others alone', () => {
    const lying = FULL.slice();
    lying[13] = 200;
    assert.deepEqual(decode(mqttDecoder, lying).issues, ['message/mqtt-malformed@0']);
    assert.equal(decode(mqttDecoder, bytesOf('GET / HTTP/1.1\r\n')).result, 'foreign');
    assert.equal(decode(mqttDecoder, bytesOf(0x10, counted(counted16('HTTP'), 'xxxxxx'))).result, 'foreign');
  });
});

hostile(mqttDecoder, [FULL, connect(5, 0x02, counted16('id'))]);
