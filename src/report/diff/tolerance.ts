/** True when two numbers differ by more than nothing and at least by `tolerance`. */
export function differ(a: number, b: number, tolerance: number): boolean {
  // Sums of decimal fractions: 0.9 - 0.7 is a little less than 0.2.
  return a !== b && Math.abs(a - b) >= tolerance - 1e-9;
}

/** True when the greater is at least `ratio` times the lesser, and above the floor; any change when ratio is 1. */
export function grewOrShrank(a: number, b: number, ratio: number, floor = 0): boolean {
  const most = Math.max(a, b);
  return a !== b && most > floor && most >= Math.min(a, b) * ratio;
}
