import { type Dirent, readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { compareText } from '../bytes/order.ts';

/**
 * Shell patterns for where no shell expands them: `*` and `?` within a name, `[a-z]`, `[!a-z]`, `{a,b}`, and `**` for any
 * number of folders. Names that start with a dot are matched only by a pattern that does.
 */
export function isGlob(text: string): boolean {
  return /[*?]|\[[^\]]+\]|\{[^}]*,[^}]*\}/.test(text);
}

/** Folders within each other that `**` goes into. */
const MAX_DEPTH = 32;

/** Patterns that one with braces may stand for. */
const MAX_ALTERNATIVES = 1024;

/** The existing paths that a pattern names, sorted. */
export function expandGlob(pattern: string): string[] {
  const found = expandBraces(pattern).flatMap(expandPattern);
  return [...new Set(found)].sort(compareText);
}

/** The patterns without braces that `a{b,c}` stands for, the innermost braces first. */
function expandBraces(pattern: string): string[] {
  let patterns = [pattern];
  for (;;) {
    const next = patterns.flatMap((text) => {
      const braces = /\{([^{}]*,[^{}]*)\}/.exec(text);
      if (!braces) return [text];
      const [head, tail] = [text.slice(0, braces.index), text.slice(braces.index + braces[0].length)];
      return braces[1]!.split(',').map((alternative) => head + alternative + tail);
    });
    if (next.length === patterns.length || next.length > MAX_ALTERNATIVES) return patterns;
    patterns = next;
  }
}

function expandPattern(pattern: string): string[] {
  const parts = pattern.split(sep === '\\' ? /[\\/]/ : '/');
  const isAbsolute = parts[0] === '';
  const found: string[] = [];
  expand(isAbsolute ? sep : '', isAbsolute ? parts.slice(1) : parts, 0, found);
  return found;
}

function expand(base: string, parts: readonly string[], depth: number, found: string[]): void {
  const [part, ...rest] = parts;
  if (part === undefined) {
    if (base !== '') found.push(base);
    return;
  }
  if (part === '') {
    expand(base, rest, depth, found);
    return;
  }
  if (part === '**') {
    expand(base, rest, depth, found);
    if (depth === MAX_DEPTH) return;
    for (const entry of list(base)) {
      if (entry.isDirectory() && !entry.name.startsWith('.'))
        expand(join(base, entry.name), parts, depth + 1, found);
    }
    return;
  }
  if (part === '.' || part === '..') {
    expand(base === '' ? part : `${base}${base.endsWith(sep) ? '' : sep}${part}`, rest, depth, found);
    return;
  }
  const matches = nameMatcher(part);
  for (const entry of list(base)) {
    if (entry.name.startsWith('.') && !part.startsWith('.')) continue;
    if (!matches(entry.name)) continue;
    if (rest.length === 0 || entry.isDirectory() || entry.isSymbolicLink())
      expand(join(base, entry.name), rest, depth, found);
  }
}

function list(base: string): Dirent[] {
  try {
    return readdirSync(base === '' ? '.' : base, { withFileTypes: true });
  } catch {
    // A folder that cannot be listed matches nothing; what was named without a pattern fails when it is opened.
    return [];
  }
}

function nameMatcher(part: string): (name: string) => boolean {
  if (!isGlob(part)) return (name) => name === part;
  const source = part.replace(/\[[^\]]+\]|[\\^$.*+?()|{}[\]]/g, (token) => {
    if (token === '*') return '.*';
    if (token === '?') return '.';
    if (token.startsWith('[') && token.length > 1) {
      const body = token.slice(1, -1).replace(/\\/g, '\\\\').replace(/^[!^]/, '^');
      return `[${body}]`;
    }
    return `\\${token}`;
  });
  try {
    const expression = new RegExp(`^${source}$`, 'su');
    return (name) => expression.test(name);
  } catch {
    return (name) => name === part;
  }
}
