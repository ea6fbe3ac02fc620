/**
 * The yardstick: zlib deflates octets that depend on nothing of lanscope. It is compiled ahead, so V8 changes nothing about
 * it, and does what analyzing does: integers, branches that cannot be foreseen, and tables beyond the first caches. A stage
 * is told in octets that are deflated in the same time; a slower or a busier machine changes little of that.
 */
import { deflateSync } from 'node:zlib';

const OCTETS = 192 * 1024;

/** Words of a small vocabulary in no order, so that there is something to find. */
const text = new Uint8Array(OCTETS);
for (let i = 0, state = 1; i < OCTETS; i++) {
  if (i % 6 === 0) state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
  text[i] = ((state >>> 16) % 509) + (i % 6);
}

/** Nanoseconds of processor time per octet. */
export function calibrate(): number {
  const before = process.cpuUsage();
  deflateSync(text, { level: 6 });
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / OCTETS;
}
