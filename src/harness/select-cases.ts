/** Which cases of a run: by name, and a part of them. Knows nothing of manifests, so that who needs none loads none. */
import { LanscopeError } from '../bytes/error.ts';

/**
 * The cases that `wanted` names, all when it is empty. A name is taken whole, or from the start of one of its parts
 * (`8-1` is `CTU-IoT-Malware-Capture-8-1` and not `…-48-1`), and `*` stands for anything. INPUT_NOT_FOUND.
 */
export function selectCases<T extends { readonly name: string }>(
  cases: readonly T[],
  wanted: readonly string[],
): T[] {
  if (wanted.length === 0) return [...cases];
  const matchers = wanted.map((pattern) => {
    const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
    const matcher = new RegExp(`(?:^|[-/])${parts.join('.*')}$`, 's');
    if (!cases.some(({ name }) => matcher.test(name))) {
      throw new LanscopeError('INPUT_NOT_FOUND', `no case matches '${pattern}'`);
    }
    return matcher;
  });
  return cases.filter(({ name }) => matchers.some((matcher) => matcher.test(name)));
}

/** Part `i` of `n` of the cases, as `--shard i/n` asks: every n-th, so that parts take about as long. USAGE. */
export function shardCases<T>(cases: readonly T[], shard: string): T[] {
  const [, index, count] = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(shard) ?? [];
  const part = Number(index);
  const parts = Number(count);
  if (!(part <= parts)) throw new LanscopeError('USAGE', `--shard ${shard} is not i/n with 1 ≤ i ≤ n`);
  return cases.filter((_, position) => position % parts === part - 1);
}
