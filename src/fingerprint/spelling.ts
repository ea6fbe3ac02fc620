/**
 * Ways to write one value: by upper and lower case, and with the end of the device's MAC behind it, by which a device
 * makes its name unlike those of its kind (`DCS-935L`, `dcs-935l5b0e`). Two spellings agree, and are no rivals.
 */
import type { Mac } from '../bytes/address.ts';

/** Hexadecimal digits of the MAC's end that are known as a suffix, longest first. */
const SUFFIX_DIGITS = [12, 8, 6, 4] as const;
/** What must be left of a value without its suffix. */
const MIN_STEM = 3;

/** What all spellings of a value have in common. */
export function stemOf(value: string, mac: Mac): string {
  return withoutMac(value, mac).toLowerCase();
}

/** The value without the end of the MAC, and without what joined the two. */
export function withoutMac(value: string, mac: Mac): string {
  if (mac < 0) return value;
  const digits = mac.toString(16).padStart(12, '0');
  const lower = value.toLowerCase();
  for (const count of SUFFIX_DIGITS) {
    if (!lower.endsWith(digits.slice(-count))) continue;
    const stem = value.slice(0, -count).replace(/[-_ .:]+$/, '');
    if (stem.length >= MIN_STEM) return stem;
  }
  return value;
}
