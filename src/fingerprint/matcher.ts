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

/** A fact by its pattern; the rest of it is asked for when the pattern matched. */
export interface PatternOfFact {
  readonly pattern: string;
  readonly fact: Fact;
}

interface Pattern {
  readonly source: PatternOfFact;
  /** Literal characters: how specific it is. */
  readonly literal: number;
  /** Lower-case text without which it cannot match; '' when none is known. */
  readonly needle: string;
  expression: RegExp | undefined;
}

const FIELDS = ['brand', 'model', 'category', 'os'] as const;

export class Matcher {
  private readonly exact = new Map<string, Pattern[]>();
  private readonly buckets = new Map<string, Pattern[]>();
  private readonly loose: Pattern[] = [];

  constructor(sources: Iterable<PatternOfFact>) {
    for (const source of sources) this.add(source);
  }

  private add(source: PatternOfFact): void {
    const text = source.pattern.toLowerCase();
    if (text.startsWith('/')) {
      const needle = fixedStart(text);
      const pattern = { source, literal: literalLength(text), needle, expression: undefined };
      if (needle.length >= 2) push(this.buckets, needle.slice(0, 2), pattern);
      else this.loose.push(pattern);
      return;
    }
    if (!isWild(text)) {
      push(this.exact, text, { source, literal: text.length + 1000, needle: text, expression: undefined });
      return;
    }
    const pieces = text.split(/[*#?]+/);
    let needle = '';
    let literal = 0;
    for (const piece of pieces) {
      literal += piece.length;
      if (piece.length > needle.length) needle = piece;
    }
    const pattern = { source, literal, needle, expression: undefined };
    if (pieces[0]!.length >= 2) push(this.buckets, text.slice(0, 2), pattern);
    else this.loose.push(pattern);
  }

  /** All facts that match `value`, most specific first. */
  match(value: string): Match[] {
    const text = value.toLowerCase();
    const found: Found[] = [];
    for (const pattern of this.exact.get(text) ?? []) found.push({ pattern, groups: [value] });
    search(this.buckets.get(text.slice(0, 2)), value, text, found);
    search(this.loose, value, text, found);
    if (found.length === 0) return NONE;
    found.sort(
      (a, b) =>
        b.pattern.literal - a.pattern.literal || b.pattern.source.fact.weight - a.pattern.source.fact.weight,
    );
    const open = new Set<string>(FIELDS);
    const matches: Match[] = [];
    for (const { pattern, groups } of found) {
      const { fact } = pattern.source;
      const supports: Record<string, string> = {};
      for (const field of FIELDS) {
        const template = fact.supports[field];
        if (template === undefined || !open.has(field)) continue;
        const filled = fill(template, groups);
        if (filled === '') continue;
        supports[field] = filled;
      }
      for (const field of Object.keys(supports)) open.delete(field);
      const silent = Object.keys(fact.supports).length === 0;
      if (silent || Object.keys(supports).length > 0) matches.push({ fact, supports: supports });
    }
    return matches;
  }
}

interface Found {
  readonly pattern: Pattern;
  readonly groups: readonly string[];
}

function search(
  patterns: readonly Pattern[] | undefined,
  value: string,
  lower: string,
  found: Found[],
): void {
  if (patterns === undefined) return;
  for (const pattern of patterns) {
    if (!lower.includes(pattern.needle)) continue;
    pattern.expression ??= compile(pattern.source.pattern);
    const groups = pattern.expression.exec(value);
    if (groups !== null) found.push({ pattern, groups });
  }
}

const NONE: Match[] = [];

function isWild(text: string): boolean {
  return text.includes('*') || text.includes('#') || text.includes('?');
}

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

/** The literal text that an anchored expression without alternatives begins with; '' when it cannot be told. */
function fixedStart(expression: string): string {
  if (!expression.startsWith('/^') || hasOuterAlternative(expression)) return '';
  const literal = /^\/\^\(?(?:\?:)?([a-z0-9-]*)/.exec(expression)![1]!;
  // A quantifier after it makes its last character uncertain.
  return /^[?*+{]/.test(expression.slice(expression.indexOf(literal) + literal.length))
    ? literal.slice(0, -1)
    : literal;
}

/** An alternative that is not inside a group of the outermost group: the text may begin in several ways. */
function hasOuterAlternative(expression: string): boolean {
  let depth = 0;
  for (const character of expression.replace(/\\.|\[[^\]]*\]/g, '')) {
    if (character === '(') depth++;
    else if (character === ')') depth--;
    else if (character === '|' && depth < 2) return true;
  }
  return false;
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
