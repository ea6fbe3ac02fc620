/**
 * Facts of one kind, compiled for look-up: exact patterns in a map, prefixes and patterns bucketed by their first two
 * characters, the rest in a list. Expressions are compiled when their bucket is first asked.
 *
 * When several facts match one value, the more specific one speaks first and a more general one only adds fields that
 * are still open: `DCH-S*` is a sensor although `D*` may be something else.
 */
import type { Support } from './evidence.ts';
import type { Fact } from './fact.ts';

/** A fact that matched, with the fields that it was the most specific to support. */
export interface Match {
  readonly fact: Fact;
  readonly supports: Support;
}

interface Pattern {
  readonly fact: Fact;
  /** Literal characters: how specific it is. */
  readonly literal: number;
  expression: RegExp | undefined;
}

const FIELDS = ['brand', 'model', 'category', 'os'] as const;

export class Matcher {
  private readonly exact = new Map<string, Pattern[]>();
  private readonly buckets = new Map<string, Pattern[]>();
  private readonly loose: Pattern[] = [];

  constructor(facts: Iterable<Fact>) {
    for (const fact of facts) this.add(fact);
  }

  private add(fact: Fact): void {
    const text = fact.pattern.toLowerCase();
    if (text.startsWith('/')) {
      this.loose.push({ fact, literal: literalLength(text), expression: undefined });
      return;
    }
    const wild = text.search(/[*#?]/);
    const pattern = { fact, literal: text.replace(/[*#?]/g, '').length, expression: undefined };
    if (wild < 0) push(this.exact, text, { ...pattern, literal: text.length + 1000 });
    else if (wild >= 2) push(this.buckets, text.slice(0, 2), pattern);
    else this.loose.push(pattern);
  }

  /** All facts that match `value`, most specific first. */
  match(value: string): Match[] {
    const text = value.toLowerCase();
    const found: { pattern: Pattern; groups: readonly string[] }[] = [];
    for (const pattern of this.exact.get(text) ?? []) found.push({ pattern, groups: [value] });
    this.search(this.buckets.get(text.slice(0, 2)), value, found);
    this.search(this.loose, value, found);
    if (found.length === 0) return NONE;
    found.sort(
      (a, b) => b.pattern.literal - a.pattern.literal || b.pattern.fact.weight - a.pattern.fact.weight,
    );
    const open = new Set<string>(FIELDS);
    const matches: Match[] = [];
    for (const { pattern, groups } of found) {
      const supports: Record<string, string> = {};
      for (const field of FIELDS) {
        const template = pattern.fact.supports[field];
        if (template === undefined || !open.has(field)) continue;
        const filled = fill(template, groups);
        if (filled === '') continue;
        supports[field] = filled;
      }
      for (const field of Object.keys(supports)) open.delete(field);
      const silent = Object.keys(pattern.fact.supports).length === 0;
      if (silent || Object.keys(supports).length > 0)
        matches.push({ fact: pattern.fact, supports: supports });
    }
    return matches;
  }

  private search(
    patterns: readonly Pattern[] | undefined,
    value: string,
    found: { pattern: Pattern; groups: readonly string[] }[],
  ): void {
    if (patterns === undefined) return;
    for (const pattern of patterns) {
      pattern.expression ??= compile(pattern.fact.pattern);
      const groups = pattern.expression.exec(value);
      if (groups !== null) found.push({ pattern, groups });
    }
  }
}

const NONE: Match[] = [];

function push(map: Map<string, Pattern[]>, key: string, pattern: Pattern): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [pattern]);
  else list.push(pattern);
}

/** Each wildcard run becomes a group, so that `$1` can quote it. */
function compile(pattern: string): RegExp {
  if (pattern.startsWith('/')) return new RegExp(pattern.slice(1, pattern.lastIndexOf('/')), 'i');
  const source = pattern
    .split(/([*#?]+)/)
    .map((part, i) => (i % 2 === 0 ? escape(part) : `(${part.replace(/[*#?]/g, (wild) => WILD[wild]!)})`))
    .join('');
  return new RegExp(`^${source}$`, 'i');
}

const WILD: Record<string, string> = { '*': '[^]*', '#': '\\d', '?': '[^]' };

function escape(text: string): string {
  return text.replace(/[.+^${}()|[\]\\/]/g, '\\$&');
}

function literalLength(expression: string): number {
  return expression.replace(/\\.|\[[^\]]*\]|[()?*+.|^$/{}]/g, '').length;
}

/** Longest text that a fact may quote from the wire. */
const MAX_QUOTED = 60;

/** Quotes from the wire are cut, and lose what is not printable: an identity is shown in tables. */
function fill(template: string, groups: readonly string[]): string {
  if (!template.includes('$')) return template;
  return cleanQuote(template.replace(/\$(\d)/g, (_, digit: string) => groups[Number(digit)] ?? ''));
}

/** Printable, single-spaced, bounded; '' when nothing is left. */
export function cleanQuote(text: string): string {
  return text
    .replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, ' ')
    .replace(/[<>"'`]/g, '')
    .replace(/ {2,}/g, ' ')
    .trim()
    .slice(0, MAX_QUOTED)
    .trim();
}
