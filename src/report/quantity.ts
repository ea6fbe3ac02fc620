/** Numbers for people: locale-free, short, with their unit. */

import { formatCount } from '../bytes/count.ts';
import { formatDuration } from '../bytes/duration.ts';

export { formatCount, formatDuration };

/** `1 device`, `2 devices`. */
export function formatPlural(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`;
}

/** Bytes in decimal units, three significant digits: `999 B`, `1.23 kB`, `45.6 MB`. */
export function formatBytes(bytes: number): string {
  return formatScaled(bytes, ['B', 'kB', 'MB', 'GB', 'TB', 'PB']);
}

/** A rate of things: `950/s`, `1.23 k/s`, `4.5 M/s`. */
export function formatRate(perSecond: number, unit: string): string {
  return `${formatScaled(perSecond, ['', 'k', 'M', 'G', 'T'])} ${unit}/s`.replace('  ', ' ');
}

/** `2018-07-25 06:53:16` of an RFC 3339 time. */
export function formatMoment(time: string): string {
  return time.slice(0, 19).replace('T', ' ');
}

export function formatPercent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function formatScaled(value: number, units: readonly string[]): string {
  let scaled = value;
  let unit = 0;
  // 999.5 would round to 1000 of the smaller unit.
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1000;
    unit++;
  }
  const digits = unit === 0 || scaled >= 99.95 ? 0 : scaled >= 9.995 ? 1 : 2;
  return `${trimZeros(scaled.toFixed(digits))} ${units[unit]}`.trimEnd();
}

function trimZeros(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal;
}
