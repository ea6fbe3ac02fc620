import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeFrame } from '../../src/packet/decode-frame.ts';
import { decodeHeaders } from '../../src/packet/decode.ts';
import { ANALYZED_LINK_TYPES } from '../../src/packet/encapsulation.ts';
import { IssueCounter } from '../../src/packet/issue.ts';
import { arbitraryFrame } from './arbitrary-frame.ts';
import { batchOf, type DecodedRow, issueNames, rowOf } from './decode-one.ts';
import { ENCAPSULATED } from './encapsulated.ts';

interface Outcome extends DecodedRow {
  issues: string[];
}

function decodeIn(
  frame: Uint8Array,
  linkType: number,
  wireLen: number,
  after: number,
  poison: number,
): Outcome {
  const batch = batchOf(frame, { linkType, wireLen }, 5, after, poison);
  const issues = new IssueCounter();
  decodeHeaders(batch, issues);
  return { ...rowOf(batch, 0), issues: issueNames(issues) };
}

/** Same result at the end of the buffer and with either poison behind it, and offsets inside the record. */
function checkContained(frame: Uint8Array, linkType: number, wireLen: number): void {
  const atEnd = decodeIn(frame, linkType, wireLen, 0, 0);
  assert.deepEqual(decodeIn(frame, linkType, wireLen, 300, 0xff), atEnd);
  assert.deepEqual(decodeIn(frame, linkType, wireLen, 300, 0x45), atEnd);
  for (const offset of [atEnd.netOffset, atEnd.transportOffset, atEnd.payloadOffset, atEnd.outerNetOffset]) {
    assert.ok(offset >= 0 && offset <= frame.length);
  }
  assert.ok(atEnd.payloadOffset + atEnd.payloadCapLen <= frame.length);
  assert.ok(atEnd.payloadCapLen <= atEnd.payloadLen && atEnd.payloadLen <= wireLen);
}

test('every frame at every truncation: no throw, nothing read past the record', () => {
  for (const { frame, linkType } of ENCAPSULATED) {
    for (let length = 0; length <= frame.length; length++) {
      const cut = frame.slice(0, length);
      checkContained(cut, linkType, length);
      const snapped = decodeIn(cut, linkType, frame.length, 0, 0);
      assert.deepEqual(snapped.issues, [], `a snaplen of ${length} is an issue`);
      checkContained(cut, linkType, frame.length);
    }
  }
});

test('random bytes of any link type stay inside the record', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom(...ANALYZED_LINK_TYPES),
      fc.nat({ max: 100 }),
      (frame, linkType, more) => checkContained(frame, linkType, frame.length + more),
    ),
    { numRuns: 2000 },
  );
});

test('nearly valid frames stay inside the record', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ENCAPSULATED),
      fc.array(fc.tuple(fc.nat({ max: 300 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 }),
      ({ frame, linkType }, changes) => {
        const changed = frame.slice();
        for (const [at, value] of changes) changed[at % changed.length] = value;
        checkContained(changed, linkType, changed.length);
      },
    ),
    { numRuns: 3000 },
  );
});

test('the path for common stacks and the general path agree', () => {
  let common = 0;
  fc.assert(
    fc.property(arbitraryFrame, fc.nat({ max: 60 }), ({ frame }, cut) => {
      for (const captured of [frame.length, Math.max(0, frame.length - cut)]) {
        const bytes = frame.slice(0, captured);
        const fast = decodeIn(bytes, 1, frame.length, 0, 0);
        if (fast.layers.includes('tcp') || fast.layers.includes('udp')) common++;
        const batch = batchOf(bytes, { wireLen: frame.length }, 5, 0, 0);
        const issues = new IssueCounter();
        decodeFrame(batch, 0, issues);
        assert.deepEqual({ ...rowOf(batch, 0), issues: issueNames(issues) }, fast);
      }
    }),
    { numRuns: 1500 },
  );
  assert.ok(common > 500, `only ${common} common frames`);
});

test('what a valid frame says is what is decoded', () => {
  fc.assert(
    fc.property(arbitraryFrame, ({ frame, lies, expected }) => {
      if (lies) return;
      const row = decodeIn(frame, 1, frame.length, 0, 0);
      assert.deepEqual(row.issues, []);
      for (const [field, value] of Object.entries(expected)) {
        assert.deepEqual(row[field as keyof DecodedRow], value, field);
      }
    }),
    { numRuns: 1000 },
  );
});
