/** Runs one decoder over one message, outside of any packet, and the hostile suite that every decoder passes. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { PacketBatch } from '../../src/packet/batch.ts';
import { ISSUE_DEFINITIONS } from '../../src/packet/issue.ts';
import { LAYER } from '../../src/packet/layer.ts';
import type { DecodeResult, MessageContext, MessageDecoder } from '../../src/protocol/decoder.ts';
import type { Observation } from '../../src/protocol/observation.ts';

export interface Decoded {
  readonly result: DecodeResult;
  readonly observations: readonly Observation[];
  /** `layer/code@offset`. */
  readonly issues: readonly string[];
}

export interface Ports {
  readonly srcPort?: number;
  readonly dstPort?: number;
  /** False for the server's side; true when absent. */
  readonly fromOriginator?: boolean;
}

/** Decodes `[start, end)` of `bytes` as the first packet of a flow. */
export function decodeRange(
  decoder: MessageDecoder,
  bytes: Uint8Array,
  start: number,
  end: number,
  ports: Ports = {},
): Decoded {
  const batch = new PacketBatch(1);
  const isTcp = decoder.triggers.every(({ kind }) => kind === 'tcp');
  batch.layers[0] = isTcp ? LAYER.tcp : LAYER.udp;
  batch.srcPort[0] = ports.srcPort ?? 0;
  batch.dstPort[0] = ports.dstPort ?? 0;
  const context: MessageContext = {
    batch,
    index: 0,
    packet: 1,
    seconds: 0,
    nanos: 0,
    flow: 0,
    fromOriginator: ports.fromOriginator ?? true,
  };
  const observations: Observation[] = [];
  const issues: string[] = [];
  const result = decoder.decode(bytes, start, end, context, {
    observe: (observation) => observations.push(observation),
    issue: (code, offset) => {
      const { layer, code: name } = ISSUE_DEFINITIONS[code]!;
      assert.ok(offset >= 0 && offset <= end - start, `issue offset ${offset} lies within the message`);
      issues.push(`${layer}/${name}@${offset}`);
    },
  });
  return { result, observations, issues };
}

export function decode(decoder: MessageDecoder, message: Uint8Array, ports?: Ports): Decoded {
  return decodeRange(decoder, message, 0, message.length, ports);
}

/** The only observation of a message that is decoded without an issue. */
export function decodeOne(decoder: MessageDecoder, message: Uint8Array, ports?: Ports): Observation {
  const { result, observations, issues } = decode(decoder, message, ports);
  assert.deepEqual(issues, []);
  assert.equal(result, 'done');
  assert.equal(observations.length, 1);
  return observations[0]!;
}

/** Longest text that may come out of a decoder in one piece: a name of 255 bytes, or a bounded hex string. */
const LONGEST_TEXT = 4096;
/** Most items in any one list. */
const LONGEST_LIST = 512;

function assertBounded(value: unknown, depth = 0): void {
  assert.ok(depth < 6, 'observations are flat');
  if (typeof value === 'string') assert.ok(value.length <= LONGEST_TEXT, `text of ${value.length}`);
  else if (typeof value === 'number') assert.ok(Number.isFinite(value), 'numbers are finite');
  else if (Array.isArray(value)) {
    assert.ok(value.length <= LONGEST_LIST, `list of ${value.length}`);
    for (const item of value) assertBounded(item, depth + 1);
  } else if (value instanceof Map) {
    assert.ok(value.size <= LONGEST_LIST);
    for (const pair of value) assertBounded([...(pair as [unknown, unknown])], depth + 1);
  } else if (value !== null && typeof value === 'object') {
    for (const item of Object.values(value)) assertBounded(item, depth + 1);
  }
}

/** Nothing around the message is looked at: alone in its buffer and amid poison it means the same. */
function assertContained(decoder: MessageDecoder, message: Uint8Array, ports?: Ports): void {
  const alone = decode(decoder, message, ports);
  assertBounded(alone.observations);
  for (const poison of [0x00, 0x0d, 0x31, 0xff]) {
    const buffer = new Uint8Array(message.length + 160).fill(poison);
    buffer.set(message, 64);
    assert.deepEqual(decodeRange(decoder, buffer, 64, 64 + message.length, ports), alone);
  }
}

/** Registers the tests that hostile bytes neither throw, nor are read past their end, nor yield anything unbounded. */
export function hostile(decoder: MessageDecoder, messages: readonly Uint8Array[], ports?: Ports): void {
  describe(`${decoder.name}: hostile bytes`, () => {
    it('survives every truncation', () => {
      for (const message of messages) {
        for (let length = 0; length <= Math.min(message.length, 1500); length++) {
          assertContained(decoder, message.slice(0, length), ports);
        }
      }
    });
    it('survives mutations', () => {
      const mutations = fc.array(fc.tuple(fc.nat(), fc.oneof(fc.constantFrom(0, 1, 127, 255), fc.nat(255))), {
        minLength: 1,
        maxLength: 12,
      });
      fc.assert(
        fc.property(fc.constantFrom(...messages), mutations, (message, changes) => {
          const changed = message.slice();
          for (const [at, value] of changes) if (changed.length > 0) changed[at % changed.length] = value;
          assertContained(decoder, changed, ports);
        }),
        { numRuns: 150 },
      );
    });
    it('survives arbitrary bytes', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => assertContained(decoder, bytes, ports)),
        { numRuns: 100 },
      );
    });
  });
}
