import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BoundedMap } from '../../src/detect/bounded-map.ts';
import { DistinctWindow } from '../../src/detect/distinct-window.ts';
import { DistinctCounter, mix } from '../../src/detect/distinct.ts';
import { Episode, MAX_PACKETS } from '../../src/detect/episode.ts';
import { HotSeconds } from '../../src/detect/hot-seconds.ts';

test('a bounded map never holds more than its limit, and keeps what is in use', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(200), { maxLength: 500 }), (keys) => {
      let dropped = 0;
      const map = new BoundedMap<number, { key: number }>(16, () => dropped++);
      for (const key of keys) {
        assert.equal(map.use(-1, () => ({ key: -1 })).key, -1);
        assert.equal(map.use(key, () => ({ key })).key, key);
        assert.ok(map.size <= 16);
        assert.equal(map.peek(key)?.key, key);
      }
      assert.equal(dropped, map.dropped);
      assert.deepEqual(
        [...map.values()].map(({ key }) => key),
        [...map.entries()].map(([key]) => key),
      );
    }),
  );
  let made = 0;
  const map = new BoundedMap<number, number>(64);
  for (let i = 1; i < 10_000; i++) {
    map.use(0, () => ++made);
    map.use(i, () => i);
  }
  assert.equal(made, 1, 'the entry that is used all the time was never dropped');
});

test('a distinct counter is exact for few and within 20 % for many', () => {
  for (const n of [1, 10, 512, 1000, 5000, 50_000, 1_000_000]) {
    const counter = new DistinctCounter();
    for (let i = 0; i < n; i++) counter.add(mix(i));
    for (let i = 0; i < Math.min(n, 1000); i++) counter.add(mix(i));
    const { count } = counter;
    if (n <= 512) assert.equal(count, n);
    else assert.ok(Math.abs(count - n) < 0.2 * n, `${count} for ${n}`);
  }
});

test('a distinct window forgets what is older than the window', () => {
  const window = new DistinctWindow(10, 100);
  assert.equal(window.add(1, 0), 1);
  assert.equal(window.add(2, 5), 2);
  assert.equal(window.add(1, 6), 2);
  assert.equal(window.add(3, 16), 2, 'only 1 (seen again at 6) and 3 are left');
  for (let i = 0; i < 1000; i++) assert.ok(window.add(i, 20) <= 100);
});

test('an episode keeps the first packets and the extreme times, in whatever order events come', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 60 }),
      (packets) => {
        const episode = new Episode(packets[0]!, 0);
        for (const packet of packets) episode.add(packet, 0, packet);
        const sorted = [...packets].sort((a, b) => a - b);
        assert.deepEqual(episode.packets, sorted.slice(0, MAX_PACKETS));
        assert.equal(episode.first.seconds, sorted[0]);
        assert.equal(episode.last.seconds, sorted.at(-1));
        assert.equal(episode.count, packets.length);
      },
    ),
  );
});

test('hot seconds: steady packets below the rate are never hot, above it every second is', () => {
  const cool = new HotSeconds(100);
  const hot = new HotSeconds(100);
  for (let second = 0; second < 200; second++) {
    assert.equal(cool.add(second, 1, 99), 0);
    hot.add(second, 1, 60);
    assert.equal(hot.add(second, 1, 60), Math.min(second + 1, 64));
  }
  assert.equal(hot.add(1000, 1, 1) <= 64, true);
  assert.equal(new HotSeconds(100).add(0, 10, 1000), 10, 'one long flow counts for all its seconds');
  assert.equal(new HotSeconds(100).add(0, 1e9, 1e9), 0, 'a very long one costs a bounded loop');
});
