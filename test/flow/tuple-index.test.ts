/** Tuples are chosen by whoever sends them: they must not be able to choose where they lie in the flow table. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { endpointHash4, endpointHash6, tupleHash, TupleIndex } from '../../src/flow/tuple-index.ts';
import {
  type Endpoint,
  endpoints4,
  endpoints6,
  endpointsOfNetwork6,
  meanDistance,
} from './crafted-hashes.ts';

const COUNT = 16_384;

const hash4 = ({ words, port }: Endpoint): number => endpointHash4(words[3] | 0, port);
const hash6 = ({ words: [w0, w1, w2, w3], port }: Endpoint): number => endpointHash6(w0, w1, w2, w3, port);

describe('endpoints that were crafted to lie in one place', () => {
  for (const [what, endpoints, hashOf, version] of [
    ['IPv4, by port', endpoints4(COUNT), hash4, 4],
    ['IPv6, by network', endpoints6(COUNT), hash6, 6],
    ['IPv6, by port', endpointsOfNetwork6(COUNT), hash6, 6],
  ] as const) {
    test(`lie apart: ${what}`, () => {
      const server = hashOf({ words: [0, 0, 0xffff, 0x0a00_0001], port: 80 });
      const hashes = Int32Array.from(endpoints, (one) => tupleHash(hashOf(one), server, 6, version));
      const index = new TupleIndex();
      index.resize(COUNT, hashes, COUNT);
      const distance = meanDistance(index.entries, (entry) => hashes[entry - 1]! & index.mask);
      // In one place it is half of them, and of random hashes half a step.
      assert.ok(distance < 100, String(distance));
      for (let slot = 0; slot < COUNT; slot++) index.remove(slot, hashes);
      assert.ok(index.entries.every((entry) => entry === 0));
    });
  }
});

test('both directions have the same hash, whose highest bits tell family and protocol', () => {
  const kinds = new Set<number>();
  for (const [version, protocols] of [
    [4, [6, 17, 1]],
    [6, [6, 17, 58]],
  ] as const) {
    for (const protocol of protocols) {
      const [a, b] = [endpointHash4(0x0a00_0001, 40_000), endpointHash4(0x0a00_0002, 443)];
      assert.equal(tupleHash(a, b, protocol, version), tupleHash(b, a, protocol, version));
      kinds.add(tupleHash(a, b, protocol, version) >>> 29);
    }
  }
  assert.equal(kinds.size, 6);
});
