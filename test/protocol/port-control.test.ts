import assert from 'node:assert/strict';
import { it } from 'node:test';
import { portControlDecoder } from '../../src/protocol/port-control.ts';
import { decode, decodeOne, hostile } from './decode.ts';
import { be16, be32, bytesOf, hex, zeros } from './write.ts';

const mapped = hex('00000000000000000000ffffcb007107');
const natPmp = bytesOf(0, 2, zeros(2), be16(8080), be16(18_080), be32(7200));
const granted = bytesOf(0, 0x82, be16(0), be32(1234), be16(8080), be16(18_081), be32(3600));
const pcp = bytesOf(
  2,
  1,
  zeros(2),
  be32(600),
  zeros(16),
  zeros(12),
  17,
  zeros(3),
  be16(5000),
  be16(0),
  zeros(16),
);
const pcpAnswer = bytesOf(
  [2, 0x81, 0, 3],
  be32(600),
  zeros(16),
  zeros(12),
  6,
  zeros(3),
  be16(5000),
  be16(5001),
  mapped,
);

it('reads what NAT-PMP asks for, and what it gets', () => {
  const common = { kind: 'port-control', protocol: 'nat-pmp', transport: 'tcp', internalPort: 8080 };
  const rest = { resultCode: 0, externalAddress: '' };
  assert.deepEqual(decodeOne(portControlDecoder, natPmp), {
    ...common,
    ...rest,
    isResponse: false,
    externalPort: 18_080,
    lifetimeSeconds: 7200,
  });
  assert.deepEqual(decodeOne(portControlDecoder, granted), {
    ...common,
    ...rest,
    isResponse: true,
    externalPort: 18_081,
    lifetimeSeconds: 3600,
  });
});

it('reads what PCP asks for, and what it gets', () => {
  assert.deepEqual(decodeOne(portControlDecoder, pcp), {
    kind: 'port-control',
    protocol: 'pcp',
    isResponse: false,
    resultCode: 0,
    transport: 'udp',
    internalPort: 5000,
    externalPort: 0,
    externalAddress: '',
    lifetimeSeconds: 600,
  });
  const answer = decodeOne(portControlDecoder, pcpAnswer);
  assert.deepEqual(answer, {
    kind: 'port-control',
    protocol: 'pcp',
    isResponse: true,
    resultCode: 3,
    transport: 'tcp',
    internalPort: 5000,
    externalPort: 5001,
    externalAddress: '203.0.113.7',
    lifetimeSeconds: 600,
  });
});

it('passes questions for the address, and leaves others alone', () => {
  assert.deepEqual(decode(portControlDecoder, bytesOf(0, 0)), {
    result: 'done',
    observations: [],
    issues: [],
  });
  for (const other of [bytesOf(0, 7), bytesOf(0, 1, zeros(30)), bytesOf(9, 1), bytesOf(2, 1)]) {
    assert.equal(decode(portControlDecoder, other).result, 'foreign');
  }
});

hostile(portControlDecoder, [natPmp, granted, pcp, pcpAnswer]);
