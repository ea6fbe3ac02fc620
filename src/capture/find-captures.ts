/**
 * What a person means by a path: a capture, a folder of captures, or a glob that the shell left alone. In a folder a
 * capture is known by its first bytes, a compressed one by its name; what else lies there is left alone.
 */
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { sep } from 'node:path';
import { compareText } from '../bytes/order.ts';
import { LanscopeError } from '../bytes/error.ts';
import { PROBE_BYTES, probeFormat } from './format.ts';

const COMPRESSED = /\.(pcap|pcapng|cap|dmp)(\.\d+)?\.(gz|zst|lz4|bz2|xz)$/i;
const GLOB = /[*?[\]{}]/;

/**
 * Paths of captures, in the order given; those of one folder or glob sorted by code units. A path that does not exist
 * stays: opening it says so. INPUT_NO_CAPTURES for a folder without any, INPUT_NOT_FOUND for a glob without a match.
 */
export function findCaptures(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const stat = path === '-' ? undefined : statSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory()) return capturesIn(path);
    if (stat === undefined && path !== '-' && GLOB.test(path)) return matchesOf(path);
    return [path];
  });
}

function capturesIn(folder: string): string[] {
  const found = filesBelow(folder).filter((path) => COMPRESSED.test(path) || beginsLikeCapture(path));
  if (found.length === 0) throw new LanscopeError('INPUT_NO_CAPTURES', `${folder} holds no captures`);
  return found;
}

function matchesOf(pattern: string): string[] {
  const segments = pattern.split('/');
  const firstGlob = segments.findIndex((segment) => GLOB.test(segment));
  const base = segments.slice(0, firstGlob).join('/') || (pattern.startsWith('/') ? '/' : '.');
  const expression = globExpression(segments.slice(firstGlob));
  const from = base.endsWith('/') ? base.length : base.length + 1;
  const depth = segments.includes('**') ? Infinity : segments.length - firstGlob;
  const found = filesBelow(base, depth).filter((path) =>
    expression.test(path.slice(from).replaceAll(sep, '/')),
  );
  if (found.length === 0) throw new LanscopeError('INPUT_NOT_FOUND', `no file matches ${pattern}`);
  return found.map((path) => (base === '.' ? path.slice(2) : path));
}

/** `*`, `?`, `[…]`, `{a,b}` within a segment, `**` for any number of folders. */
function globExpression(segments: readonly string[]): RegExp {
  const parts = segments.map((segment, i) => {
    const slash = i < segments.length - 1 ? '/' : '';
    if (segment === '**') return slash === '' ? '.*' : '(?:[^/]+/)*';
    let depth = 0;
    const body = segment.replace(/\[!?[^\]]+\]|[\s\S]/g, (token) => {
      if (token.length > 1) return `[${token.slice(1, -1).replace(/^!/, '^').replace(/[\\[]/g, '\\$&')}]`;
      if (token === '*') return '[^/]*';
      if (token === '?') return '[^/]';
      if (token === '{') return (depth++, '(?:');
      if (token === '}' && depth > 0) return (depth--, ')');
      if (token === ',' && depth > 0) return '|';
      return token.replace(/[\\^$.|+()[\]{}]/g, '\\$&');
    });
    return body + ')'.repeat(depth) + slash;
  });
  return new RegExp(`^${parts.join('')}$`, 's');
}

/** Regular files below a folder, sorted; hidden ones and links to folders are passed over. */
function filesBelow(folder: string, depth = Infinity): string[] {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
  const found: string[] = [];
  for (const entry of entries.sort((a, b) => compareText(a.name, b.name))) {
    if (entry.name.startsWith('.')) continue;
    const path = folder.endsWith(sep) ? folder + entry.name : `${folder}${sep}${entry.name}`;
    if (entry.isDirectory()) {
      if (depth > 1) found.push(...filesBelow(path, depth - 1));
    } else if (entry.isFile() || (entry.isSymbolicLink() && isFile(path))) found.push(path);
  }
  return found;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function beginsLikeCapture(path: string): boolean {
  const head = Buffer.alloc(PROBE_BYTES);
  let file;
  try {
    file = openSync(path, 'r');
  } catch {
    return false;
  }
  try {
    return probeFormat(head, 0, readSync(file, head, 0, PROBE_BYTES, 0)) !== null;
  } finally {
    closeSync(file);
  }
}
