import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AGREEING_PACKETS, CLOCK, LEAP_SECONDS, PacketClock } from '../../src/engine/packet-clock.ts';
import { CAMERA, LAPTOP, remote, ROUTER, Scene } from '../detect/scene.ts';

const DAY = 86_400;
/** 2106, seen from the start of a scene. */
const FAR = 0xffff_ffff - 1_700_000_000;

function clockAt(...seconds: number[]): PacketClock {
  const clock = new PacketClock();
  seconds.forEach((second, i) => clock.take(second, 0, i + 1));
  return clock;
}

test('one packet from the far future does not move the clock, and is told', () => {
  const clock = clockAt(1000, 1001, 0xffff_ffff, 1002);
  assert.equal(clock.seconds, 1002);
  assert.equal(clock.strays, 1);
  assert.equal(clock.strayPacket, 3);
});

test('a gap that the packets after it confirm is taken', () => {
  const clock = clockAt(1000, ...Array.from({ length: AGREEING_PACKETS - 1 }, (_, i) => DAY + i));
  assert.equal(clock.seconds, 1000);
  assert.equal(clock.take(DAY + 9, 5, 20), CLOCK.advanced);
  assert.equal(clock.seconds, DAY + 9);
  assert.equal(clock.nanos, 5);
  assert.equal(clock.strays, 0);
});

test('a damaged first packet does not hold the clock for good', () => {
  const clock = clockAt(0xffff_ffff, ...Array.from({ length: AGREEING_PACKETS }, (_, i) => 1000 + i));
  assert.equal(clock.seconds, 1000 + AGREEING_PACKETS - 1);
});

test('what is within an hour moves the clock at once, and never back', () => {
  const clock = clockAt(1000);
  assert.equal(clock.take(1000 + LEAP_SECONDS, 0, 2), CLOCK.advanced);
  assert.equal(clock.take(1000, 0, 3), CLOCK.late);
  assert.equal(clock.seconds, 1000 + LEAP_SECONDS);
});

/** A camera that streams steadily, which is no burst; with a damaged timestamp in the middle or in front. */
function stream(strayAt: number): Scene {
  const scene = new Scene().resolve(0, CAMERA, ROUTER);
  for (let second = 1; second < 150; second++) {
    for (let i = 0; i < 150; i++)
      scene.udp(second + i / 151, CAMERA, remote('198.51.100.9'), [5000, 6000], 100);
    if (second === strayAt) scene.after(second + 0.999, FAR, LAPTOP, ROUTER);
  }
  return scene;
}

test('a packet from 2106 makes no bursts, whatever the batch size, and the report says that it was there', async () => {
  for (const strayAt of [100, 1]) {
    const clean = await stream(0).report();
    const damaged = await stream(strayAt).report();
    const rules = (r: typeof clean) =>
      r.findings.map(({ rule }) => rule).filter((rule) => rule !== 'new-device');
    assert.deepEqual(rules(damaged), rules(clean));
    assert.ok(damaged.issues.some(({ layer, code }) => layer === 'time' && code === 'stray'));
    assert.equal((await stream(strayAt).report({}, 1)).digest, damaged.digest);
  }
});
