import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeHeaders } from '../../src/packet/decode.ts';
import { IssueCounter } from '../../src/packet/issue.ts';
import { ether, ipv4, ipv6, udp } from './build-frame.ts';
import { batchOf } from './decode-one.ts';

const PEER = '2001:0:4137:9e50:8000:f12a:b9c8:2815';
const HOST = '2001:4860:0:2001::68';

/** Tunnel depth of a UDP datagram between ports that say nothing. */
function depthOf(payload: Uint8Array): number {
  const frame = ether({ type: 0x0800 }, ipv4({ protocol: 17 }, udp({ ports: [3797, 32_900] }, payload)));
  const batch = batchOf(frame);
  decodeHeaders(batch, new IssueCounter());
  return batch.tunnelDepth[0]!;
}

const inner = (src: string, dst: string): Uint8Array =>
  ipv6({ nextHeader: 17, src, dst }, udp({ ports: [1, 2] }, new Uint8Array(9)));

test('Teredo between peers is found by its content, from either side', () => {
  assert.equal(depthOf(inner(PEER, HOST)), 1);
  assert.equal(depthOf(inner(HOST, PEER)), 1);
});

test('what only resembles it is not', () => {
  const whole = inner(PEER, HOST);
  assert.equal(depthOf(inner(HOST, HOST)), 0, 'no Teredo address');
  assert.equal(depthOf(Uint8Array.from([...whole, 0])), 0, 'a byte behind it');
  assert.equal(depthOf(whole.subarray(0, -1)), 0, 'a byte less');
  assert.equal(depthOf(whole.map((byte, at) => (at === 0 ? 0x40 : byte))), 0, 'another version');
  assert.equal(depthOf(whole.subarray(0, 39)), 0, 'no whole header');
});
