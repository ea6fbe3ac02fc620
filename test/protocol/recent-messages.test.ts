import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RecentMessages } from '../../src/protocol/recent-messages.ts';

test('what is found was kept for the same bytes, whatever came in between', () => {
  const message = fc.uint8Array({ maxLength: 12 });
  fc.assert(
    fc.property(fc.array(fc.tuple(message, fc.nat(3)), { maxLength: 60 }), (steps) => {
      // Two entries, so that messages displace each other.
      const recent = new RecentMessages<string>(2);
      for (const [bytes, before] of steps) {
        const framed = new Uint8Array(before + bytes.length + 1);
        framed.set(bytes, before);
        const text = bytes.join();
        const known = recent.find(framed, before, before + bytes.length);
        assert.ok(known === undefined || known === text);
        recent.keep(framed, before, before + bytes.length, text);
        assert.equal(recent.find(framed, before, before + bytes.length), text);
      }
    }),
  );
});

test('messages beyond the bound are not kept', () => {
  const recent = new RecentMessages<string>(2);
  const long = new Uint8Array(1025);
  recent.keep(long, 0, 1025, 'long');
  assert.equal(recent.find(long, 0, 1025), undefined);
  recent.keep(long, 0, 1024, 'within');
  assert.equal(recent.find(long, 0, 1024), 'within');
});
