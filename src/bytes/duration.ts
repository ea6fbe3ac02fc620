const YEAR_DAYS = 365;

/**
 * Seconds in the two largest units that tell something: `312 ms`, `4.1 s`, `3 min 20 s`, `23 h 59 min`, `12 d 4 h`,
 * `7 y 12 d`.
 */
export function formatDuration(seconds: number): string {
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 59.95) return `${seconds.toFixed(1).replace(/\.0$/, '')} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return pair(Math.floor(whole / 60), 'min', whole % 60, 's');
  if (whole < 86_400) return pair(Math.floor(whole / 3600), 'h', Math.floor((whole % 3600) / 60), 'min');
  const days = Math.floor(whole / 86_400);
  if (days < 2 * YEAR_DAYS) return pair(days, 'd', Math.floor((whole % 86_400) / 3600), 'h');
  return pair(Math.floor(days / YEAR_DAYS), 'y', days % YEAR_DAYS, 'd');
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
