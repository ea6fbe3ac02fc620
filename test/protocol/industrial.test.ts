import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bacnetDecoder } from '../../src/protocol/bacnet.ts';
import { modbusDecoder } from '../../src/protocol/modbus.ts';
import { decode, decodeOne, hostile } from './decode.ts';
import { decodeGrowing } from './stream.ts';
import { counted16 } from './tls-messages.ts';
import { be16, be32, bytesOf, counted, type Part, zeros } from './write.ts';

const server = { fromOriginator: false };

describe('modbus', () => {
  const message = (...pdu: readonly Part[]): Uint8Array => bytesOf(be16(7), be16(0), counted16(9, ...pdu));
  const identity = message(
    [0x2b, 14, 1, 1, 0, 0, 3],
    [0],
    counted('Example'),
    [1],
    counted('PLC-9'),
    [2],
    counted('v1.2'),
  );
  const modbus = (functionCode: number, isRequest: boolean, exceptionCode = 0): object => ({
    kind: 'modbus',
    isRequest,
    unit: 9,
    functionCode,
    exceptionCode,
  });

  it('tells functions once each', () => {
    const stream = bytesOf(message(3, be32(0)), message(3, be32(1)), message(6, be32(2)));
    assert.deepEqual(decodeGrowing(modbusDecoder, stream, {}, 8), [modbus(3, true), modbus(6, true)]);
  });

  it('reads the texts of a device, and exceptions', () => {
    assert.deepEqual(decodeGrowing(modbusDecoder, bytesOf(identity, message([0x83, 2])), server, 8), [
      modbus(0x2b, false),
      {
        kind: 'modbus-identity',
        unit: 9,
        vendorName: 'Example',
        productCode: 'PLC-9',
        revision: 'v1.2',
        vendorUrl: '',
        productName: '',
        modelName: '',
      },
      modbus(3, false, 2),
    ]);
  });

  it('tells what is no Modbus', () => {
    assert.equal(decode(modbusDecoder, bytesOf('GET / HTTP/1.1\r\n')).result, 'foreign');
    assert.deepEqual(decode(modbusDecoder, bytesOf(message(3, be32(0)), 'nonsense')).issues, [
      'message/modbus-malformed@12',
    ]);
  });
  hostile(modbusDecoder, [identity], server);
});

describe('bacnet', () => {
  const datagram = (operation: number, ...parts: readonly Part[]): Uint8Array => {
    const inner = bytesOf(...parts);
    return bytesOf(0x81, operation, be16(inner.length + 4), inner);
  };
  // Routed from network 5: the source address is skipped.
  const iAm = datagram(
    0x0b,
    [1, 0x08, 0, 5, 1, 7],
    [0x10, 0],
    [0xc4, 2, 0, 4, 0xd2],
    [0x22, 5, 0xc4],
    [0x91, 0],
    [0x21, 24],
  );
  const modelName = datagram(
    0x0a,
    [1, 0],
    [0x30, 1, 12],
    [0x0c, 2, 0, 4, 0xd2],
    [0x19, 70],
    [0x3e, 0x75],
    counted(0, 'AHU-77'),
    0x3f,
  );

  it('reads I-Am', () => {
    assert.deepEqual(decodeOne(bacnetDecoder, iAm), {
      kind: 'bacnet-i-am',
      instance: 1234,
      maxApduBytes: 1476,
      vendorId: 24,
    });
  });

  it('reads texts about the device, and no values', () => {
    assert.deepEqual(decodeOne(bacnetDecoder, modelName), {
      kind: 'bacnet-text',
      property: 70,
      text: 'AHU-77',
    });
    const presentValue = modelName.slice();
    presentValue[15] = 85;
    assert.deepEqual(decode(bacnetDecoder, presentValue).observations, []);
  });

  it('recognises other functions, tells impossible lengths, leaves others alone', () => {
    assert.equal(decode(bacnetDecoder, datagram(0x02, zeros(6))).result, 'done');
    assert.deepEqual(decode(bacnetDecoder, datagram(0x0a, [1, 0x20, 0, 5, 200])).issues, [
      'message/bacnet-malformed@4',
    ]);
    assert.equal(decode(bacnetDecoder, bytesOf('anything')).result, 'foreign');
  });
  hostile(bacnetDecoder, [iAm, modelName]);
});
