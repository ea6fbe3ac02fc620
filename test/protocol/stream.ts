/** What every stream decoder keeps to: a growing start of a stream never takes back what a shorter one said. */
import assert from 'node:assert/strict';
import type { MessageDecoder } from '../../src/protocol/decoder.ts';
import type { Observation } from '../../src/protocol/observation.ts';
import { decode, type Ports } from './decode.ts';

/**
 * Offers every prefix of `stream`. From `minimum` bytes on none may be refused; what a prefix says is the beginning of
 * what the whole says, and once it is `done` it is all of it. Returns the observations of the whole.
 */
export function decodeGrowing(
  decoder: MessageDecoder,
  stream: Uint8Array,
  ports: Ports = {},
  minimum = 8,
): readonly Observation[] {
  const whole = decode(decoder, stream, ports);
  let before = 0;
  for (let length = 1; length <= stream.length; length++) {
    const { result, observations } = decode(decoder, stream.slice(0, length), ports);
    if (length >= minimum) assert.notEqual(result, 'foreign', `prefix of ${length} bytes`);
    if (result === 'foreign') assert.equal(observations.length, 0);
    assert.ok(observations.length >= before, `prefix of ${length} bytes says less than a shorter one`);
    before = observations.length;
    assert.deepEqual(
      observations.map(({ kind }) => kind),
      whole.observations.slice(0, before).map(({ kind }) => kind),
    );
    if (result === 'done') assert.equal(before, whole.observations.length, `done after ${length} bytes`);
  }
  assert.deepEqual(decode(decoder, stream, ports).observations, whole.observations);
  return whole.observations;
}
