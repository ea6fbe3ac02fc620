/**
 * Connection history as Zeek writes it: one letter per kind of event, upper case from the originator. Kept inline, five
 * bits a letter in `HISTORY_WORDS` words; letters beyond the bound are dropped.
 */

/** `^`, then letters of either side by turns; a letter's code is its index, 0 stands for none. */
const LETTERS = ' ^SsHhAaDdFfRrCcTtWwGgIiQqXx';
const CODE_BITS = 5;
const LETTERS_PER_WORD = 6;

export const HISTORY_WORDS = 4;
/** Letters kept per flow. Real ones are below 20; only crafted traffic reaches the bound. */
export const HISTORY_LIMIT = HISTORY_WORDS * LETTERS_PER_WORD;

const CODE_OF = new Uint8Array(128);
for (let code = 1; code < LETTERS.length; code++) CODE_OF[LETTERS.charCodeAt(code)] = code;

/** `letter` is its character code. */
export function appendHistory(history: Uint32Array, slot: number, letter: number): void {
  const code = CODE_OF[letter]!;
  const start = slot * HISTORY_WORDS;
  for (let at = start; at < start + HISTORY_WORDS; at++) {
    const word = history[at]!;
    const used = ((32 - Math.clz32(word) + CODE_BITS - 1) / CODE_BITS) | 0;
    if (used === LETTERS_PER_WORD) continue;
    history[at] = word | (code << (used * CODE_BITS));
    return;
  }
}

export function clearHistory(history: Uint32Array, slot: number): void {
  const start = slot * HISTORY_WORDS;
  for (let at = start; at < start + HISTORY_WORDS; at++) history[at] = 0;
}

export function historyText(history: Uint32Array, slot: number): string {
  let text = '';
  const start = slot * HISTORY_WORDS;
  for (let at = start; at < start + HISTORY_WORDS; at++) {
    for (let word = history[at]!; word !== 0; word >>>= CODE_BITS) text += LETTERS[word & 31]!;
  }
  return text;
}

/** Which letters a history has: bit n is set for the letter of code n, bit 0 for a character that is none. */
export function historyLetters(text: string): number {
  let letters = 0;
  for (let i = 0; i < text.length; i++) letters |= 1 << (CODE_OF[text.charCodeAt(i)] ?? 0);
  return letters;
}

/** As `historyLetters` of its text. */
export function lettersInHistory(history: Uint32Array, slot: number): number {
  let letters = 0;
  const start = slot * HISTORY_WORDS;
  for (let at = start; at < start + HISTORY_WORDS; at++) {
    for (let word = history[at]!; word !== 0; word >>>= CODE_BITS) letters |= 1 << (word & 31);
  }
  return letters;
}

/** Length of its text. */
export function historyLength(history: Uint32Array, slot: number): number {
  let length = 0;
  const start = slot * HISTORY_WORDS;
  for (let at = start; at < start + HISTORY_WORDS; at++) {
    length += ((32 - Math.clz32(history[at]!) + CODE_BITS - 1) / CODE_BITS) | 0;
  }
  return length;
}

/** True for 1, 10, 100, …: Zeek writes repeated events (C, G, T, W) in a logarithmic fashion. */
export function isLogarithmicStep(count: number): boolean {
  if (count < 10) return count === 1;
  let step = 10;
  while (step < count) step *= 10;
  return step === count;
}
