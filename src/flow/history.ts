/**
 * Connection history as Zeek writes it: one letter per kind of event, upper case from the originator. Kept inline,
 * `HISTORY_LIMIT` letters per flow and their number in the last byte; letters beyond the bound are dropped.
 */

/** Letters kept per flow. Real ones are below 16; only crafted traffic reaches the bound. */
export const HISTORY_LIMIT = 21;
export const HISTORY_STRIDE = HISTORY_LIMIT + 1;

export function appendHistory(history: Uint8Array, slot: number, letter: number): void {
  const at = slot * HISTORY_STRIDE;
  const length = history[at + HISTORY_LIMIT]!;
  if (length >= HISTORY_LIMIT) return;
  history[at + length] = letter;
  history[at + HISTORY_LIMIT] = length + 1;
}

export function clearHistory(history: Uint8Array, slot: number): void {
  history[slot * HISTORY_STRIDE + HISTORY_LIMIT] = 0;
}

export function historyText(history: Uint8Array, slot: number): string {
  const at = slot * HISTORY_STRIDE;
  let text = '';
  for (let i = 0; i < history[at + HISTORY_LIMIT]!; i++) text += String.fromCharCode(history[at + i]!);
  return text;
}

/** True for 1, 10, 100, …: Zeek writes repeated events (C, G, T, W) in a logarithmic fashion. */
export function isLogarithmicStep(count: number): boolean {
  if (count < 10) return count === 1;
  let step = 10;
  while (step < count) step *= 10;
  return step === count;
}
