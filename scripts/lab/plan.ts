/** Which attacks happen in which recording: the seed deals them out, those that break the network come last. */
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import type { Attack } from './attack.ts';
import { ATTACKS } from './attacks.ts';
import { Choices } from './random.ts';

export interface Recording {
  readonly name: string;
  readonly attacks: readonly string[];
}

const BENIGN_DAYS = 2;
const ATTACKS_PER_DAY = 5;

export function plan(seed: number, wanted: readonly string[]): Recording[] {
  const choices = new Choices(seed);
  const able = ATTACKS.filter(
    ({ name, needs = [] }) => needs.every(isInstalled) && (wanted.length === 0 || wanted.includes(name)),
  );
  const closing = choices.shuffled(able.filter(({ last }) => last === true));
  const others = choices.shuffled(able.filter(({ last }) => last !== true));
  const days = Math.max(closing.length, Math.ceil(able.length / ATTACKS_PER_DAY));
  const dealt = Array.from({ length: days }, (): Attack[] => []);
  closing.forEach((attack, i) => dealt[i]!.push(attack));
  // The fullest hand gets the next card last.
  for (const attack of others) dealt.reduce((a, b) => (b.length < a.length ? b : a)).unshift(attack);
  const recordings = dealt.map((hand, i) => ({
    name: `day-${i + 1}`,
    attacks: hand.map(({ name }) => name),
  }));
  const benign = wanted.length === 0 || wanted.includes('benign') ? BENIGN_DAYS : 0;
  for (let i = 1; i <= benign; i++) recordings.unshift({ name: `benign-${i}`, attacks: [] });
  return recordings;
}

/** Programs that are not here → attacks that need them. */
export function missingTools(): Map<string, string[]> {
  const missing = new Map<string, string[]>();
  for (const { name, needs = [] } of ATTACKS) {
    for (const tool of needs) if (!isInstalled(tool)) missing.set(tool, [...(missing.get(tool) ?? []), name]);
  }
  return missing;
}

export function isInstalled(tool: string): boolean {
  return (process.env['PATH'] ?? '')
    .split(':')
    .concat('/usr/sbin', '/sbin')
    .some((folder) => {
      try {
        accessSync(join(folder, tool), constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
