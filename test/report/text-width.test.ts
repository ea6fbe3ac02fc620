import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { graphemes, textWidth } from '../../src/report/terminal/text-width.ts';

/** Code points of all that has a width of its own: letters, ideographs, marks, emoji, flags, controls. */
const codePoint = fc.oneof(
  fc.integer({ min: 0x20, max: 0x52f }),
  fc.integer({ min: 0x2000, max: 0x32ff }),
  fc.integer({ min: 0x4e00, max: 0x4fff }),
  fc.integer({ min: 0xfe00, max: 0xffef }),
  fc.integer({ min: 0x1f100, max: 0x1faff }),
);

test('a grapheme of up to two code points is as wide as string-width says', () => {
  fc.assert(
    fc.property(codePoint, codePoint, fc.boolean(), (a, b, isPair) => {
      const text = String.fromCodePoint(...(isPair ? [a, b] : [a]));
      for (const { segment } of graphemes(text)) {
        assert.equal(
          textWidth(segment),
          stringWidth(segment),
          JSON.stringify([a, b].map((c) => c.toString(16))),
        );
      }
    }),
    { numRuns: 20_000 },
  );
});

test('widths add up, and plain text needs no segmenter', () => {
  assert.equal(textWidth('Küche – 16 °C …'), 15);
  assert.equal(textWidth('客厅 TV'), 7);
  assert.equal(textWidth('e\u0301\u{1f1e9}\u{1f1ea}\u2764\ufe0f'), 5);
  assert.equal(textWidth('\u200b\u00ad'), 0);
});
