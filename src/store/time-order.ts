import { compareText } from '../bytes/order.ts';

/** Orders RFC 3339 UTC times of any precision: `…40Z` before `…40.5Z`. */
export function compareTime(a: string, b: string): number {
  return compareText(a.replace('Z', ''), b.replace('Z', ''));
}

export function earlier(a: string, b: string): string {
  return compareTime(a, b) <= 0 ? a : b;
}

export function later(a: string, b: string): string {
  return compareTime(a, b) >= 0 ? a : b;
}
