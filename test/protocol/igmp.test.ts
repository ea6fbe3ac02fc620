import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type IgmpObservation, igmpDecoder } from '../../src/protocol/igmp.ts';
import { decode, decodeOne, hostile } from './decode.ts';
import { be16, be32, bytesOf } from './write.ts';

const join = bytesOf(0x16, 0, be16(0), be32(0xeffffffa));
const record = (type: number, group: number, sources: number): Uint8Array =>
  bytesOf(type, 0, be16(sources), be32(group), new Uint8Array(sources * 4));
const report = bytesOf(
  0x22,
  0,
  be16(0),
  be16(0),
  be16(2),
  record(4, 0xe00000fb, 0),
  record(3, 0xeffffffa, 2),
);

it('reads joins, leaves and queries', () => {
  assert.deepEqual(decodeOne(igmpDecoder, join), {
    kind: 'igmp',
    messageType: 0x16,
    groups: [0xeffffffa],
    recordTypes: [],
  });
  assert.deepEqual(
    (decodeOne(igmpDecoder, bytesOf(0x11, 100, be16(0), be32(0))) as IgmpObservation).groups,
    [],
  );
});

it('reads a report of version 3', () => {
  assert.deepEqual(decodeOne(igmpDecoder, report), {
    kind: 'igmp',
    messageType: 0x22,
    groups: [0xe00000fb, 0xeffffffa],
    recordTypes: [4, 3],
  });
});

it('tells records that are not there, and bounds their number', () => {
  const lying = report.slice();
  lying[7] = 3;
  const { observations, issues } = decode(igmpDecoder, lying);
  assert.equal((observations[0] as IgmpObservation).groups.length, 2);
  assert.deepEqual(issues, [`message/igmp-malformed@${report.length}`]);
  const many = bytesOf(
    0x22,
    0,
    be16(0),
    be16(0),
    be16(80),
    ...Array.from({ length: 80 }, () => record(4, 1, 0)),
  );
  assert.deepEqual(decode(igmpDecoder, many).issues, [`message/message-limit@${8 + 64 * 8}`]);
  assert.equal(decode(igmpDecoder, bytesOf(0x13, 0, be16(0), be32(0))).result, 'foreign');
});

hostile(igmpDecoder, [join, report]);
