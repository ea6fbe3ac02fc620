import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { findByte } from '../../src/bytes/find.ts';
import { formatHex, MAX_HEX_BYTES } from '../../src/bytes/hex.ts';
import { escapeForTerminal, MAX_TEXT_BYTES, readText } from '../../src/bytes/text.ts';

/** Bytes somewhere within a larger buffer, and their range. */
const placed = fc
  .tuple(
    fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.string({ maxLength: 300 }).map((text) => Buffer.from(text)),
    ),
    fc.nat(30),
  )
  .map(([inner, before]) => {
    const bytes = new Uint8Array(before + inner.length + 20).fill(0x41);
    bytes.set(inner, before);
    return { inner, bytes, start: before, end: before + inner.length };
  });

describe('text from the wire', () => {
  it('is UTF-8 up to the bound, without trailing NULs, wherever it lies', () => {
    fc.assert(
      fc.property(placed, ({ inner, bytes, start, end }) => {
        let stop = Math.min(inner.length, MAX_TEXT_BYTES);
        while (stop > 0 && inner[stop - 1] === 0) stop--;
        const expected = new TextDecoder().decode(inner.subarray(0, stop));
        assert.equal(readText(bytes, start, end), expected);
        // A view of a view, and a Buffer.
        assert.equal(readText(bytes.subarray(start), 0, end - start), expected);
        assert.equal(readText(Buffer.from(bytes), start, end), expected);
      }),
    );
  });

  it('stays what it was when its memory is used again', () => {
    const bytes = new Uint8Array(Buffer.from('camera'));
    const text = readText(bytes, 0, 6);
    bytes.fill(0x78);
    assert.equal(text, 'camera');
    assert.equal(readText(bytes, 0, 6), 'xxxxxx');
  });

  it('is one harmless line when it is shown', () => {
    assert.equal(escapeForTerminal('a\u001b[31m\nb\u202ec'), 'a\\x1b[31m\\x0ab\\u202ec');
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        assert.doesNotMatch(
          escapeForTerminal(text),
          /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/,
        );
        assert.ok(escapeForTerminal(text).length <= 200);
      }),
    );
  });
});

it('a byte is found within its range only', () => {
  fc.assert(
    fc.property(placed, fc.nat(255), ({ inner, bytes, start, end }, value) => {
      const at = inner.indexOf(value);
      assert.equal(findByte(bytes, value, start, end), at < 0 ? -1 : start + at);
    }),
  );
});

it('hex is that of the range, bounded', () => {
  fc.assert(
    fc.property(placed, ({ inner, bytes, start, end }) => {
      assert.equal(
        formatHex(bytes, start, end),
        Buffer.from(inner).subarray(0, MAX_HEX_BYTES).toString('hex'),
      );
    }),
  );
});
