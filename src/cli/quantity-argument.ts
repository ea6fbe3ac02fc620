/** Options that are amounts: `--duration 90`, `--report-every 5m`, `--record-size 100MB`. */
import { LanscopeError } from '../bytes/error.ts';

const SECONDS: Readonly<Record<string, number>> = {
  '': 1,
  ms: 1e-3,
  s: 1,
  m: 60,
  min: 60,
  h: 3600,
  d: 86_400,
};
const BYTES: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
};
/** Longest time that a timer of Node can wait. */
export const MAX_SECONDS = 2_147_483;
const MAX_BYTES = 1e15;

/** Seconds in `90`, `1.5s`, `5m`, `1h`, `1d`; undefined for undefined. USAGE. */
export function parseSeconds(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = amount(text, SECONDS);
  if (seconds > 0 && seconds <= MAX_SECONDS) return seconds;
  throw new LanscopeError(
    'USAGE',
    `${option} '${text}' is no time up to ${MAX_SECONDS} seconds`,
    'Write it as 90, 5m or 1h',
  );
}

/** Bytes in `100MB`, `1GiB`; undefined for undefined. USAGE. */
export function parseBytes(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const bytes = amount(text, BYTES);
  if (bytes >= 1 && bytes <= MAX_BYTES) return Math.round(bytes);
  throw new LanscopeError('USAGE', `${option} '${text}' is no size`, 'Write it as 100MB or 1GiB');
}

function amount(text: string, units: Readonly<Record<string, number>>): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?) ?([A-Za-z]*)$/.exec(text) ?? [];
  return Number(digits) * (Object.hasOwn(units, unit ?? '?') ? units[unit!]! : Number.NaN);
}
