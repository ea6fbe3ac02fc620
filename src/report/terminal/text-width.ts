/**
 * How many columns text takes on a terminal. It is what `string-width` counts for graphemes of up to two code points
 * (longer ones are never shown, see `safeText`), without its price at start: making a segmenter takes 20 ms, and
 * nearly all text needs none. The bundle uses it for the packages that want `string-width` too.
 */
import { eastAsianWidth } from 'get-east-asian-width';

/** Characters of one column each: ASCII, Latin letters, dashes, quotation marks and the ellipsis. */
const PLAIN = /^[\x20-\x7e\xa0-\xac\xae-\u02ff\u2010-\u2027]*$/;
let segmenter: Intl.Segmenter | undefined;

export function isPlain(text: string): boolean {
  return PLAIN.test(text);
}

export function graphemes(text: string): Iterable<{ readonly segment: string }> {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return segmenter.segment(text);
}

export function textWidth(text: string): number {
  if (isPlain(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes(text)) width += graphemeWidth(segment);
  return width;
}

function graphemeWidth(grapheme: string): number {
  // Here and not beside `PLAIN`: a class of Unicode is collected as soon as its expression is made.
  const visible =
    /[^\p{Default_Ignorable_Code_Point}\p{Control}\p{Format}\p{Nonspacing_Mark}\p{Enclosing_Mark}\p{Surrogate}]/u.exec(
      grapheme,
    );
  if (visible === null) return 0;
  if (/^\p{Regional_Indicator}{2}$/u.test(grapheme) || /^\p{Emoji}\ufe0f/u.test(grapheme)) return 2;
  // What takes columns of its own although it joins the character before it.
  const spaced = /[\p{Spacing_Mark}\uff00-\uffef]/u;
  let width = 0;
  for (const character of grapheme.slice(visible.index)) {
    if (width === 0 || spaced.test(character)) width += eastAsianWidth(character.codePointAt(0)!);
  }
  return width;
}

export default textWidth;
