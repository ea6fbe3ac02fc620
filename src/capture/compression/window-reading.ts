import type { Window } from '../window.ts';
import { cut } from './decompressor.ts';

/** Waits until `length` bytes are in the window; false when the stream ends before. */
export async function need(window: Window, length: number): Promise<boolean> {
  while (window.end - window.start < length) {
    if (window.ended) return false;
    await window.fill();
  }
  return true;
}

/** Passes over `length` bytes without keeping them. */
export async function skip(window: Window, length: number): Promise<void> {
  while (length > 0) {
    if (!(await need(window, 1))) throw cut();
    const step = Math.min(length, window.end - window.start);
    window.start += step;
    length -= step;
  }
}
