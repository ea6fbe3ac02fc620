/** Words, numbers and operators of the pcap filter language, and how a mistake is shown. */
import { LanscopeError } from '../../bytes/error.ts';

export const MAX_FILTER_LENGTH = 8192;

export interface Token {
  /** `word`: names, numbers, addresses. `operator`: everything else. `end`: after the last. */
  readonly kind: 'word' | 'operator' | 'end';
  readonly text: string;
  /** 0-based offset in the expression. */
  readonly at: number;
  /** Written with a backslash: a name, even where a keyword could stand. */
  readonly escaped: boolean;
}

const SPACE = /\s+/y;
const OPERATOR = /&&|\|\||<<|>>|<=|>=|==|!=|[()[\]+\-*/%&|^<>=!:]/y;
/** Addresses hold colons, and names and ranges hold hyphens. */
const WORD = /\\?[a-z0-9_.:](?:[a-z0-9_.:]|-(?=[a-z0-9]))*/iy;
/** Between brackets a colon parts offset and size, and a hyphen is a minus sign except inside a name. */
const WORD_IN_BRACKETS = /\\?[a-z](?:[a-z0-9_]|-(?=[a-z]))*|\d[a-z0-9]*/iy;

export function tokenize(text: string): Token[] {
  if (text.length > MAX_FILTER_LENGTH) {
    throw new LanscopeError('FILTER_INVALID', `filter: longer than ${MAX_FILTER_LENGTH} characters`);
  }
  const tokens: Token[] = [];
  let brackets = 0;
  let at = 0;
  const match = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0] ?? '';
  };
  while (at < text.length) {
    const space = match(SPACE);
    if (space !== '') {
      at += space.length;
      continue;
    }
    const word = match(brackets > 0 ? WORD_IN_BRACKETS : WORD);
    // A colon alone is no word.
    if (word !== '' && word !== ':') {
      const escaped = word.startsWith('\\');
      tokens.push({ kind: 'word', text: (escaped ? word.slice(1) : word).toLowerCase(), at, escaped });
      at += word.length;
      continue;
    }
    const operator = match(OPERATOR);
    if (operator === '')
      throw filterError(text, at, `${JSON.stringify(text[at])} is not part of the language`);
    if (operator === '[') brackets++;
    else if (operator === ']') brackets = Math.max(0, brackets - 1);
    tokens.push({ kind: 'operator', text: operator, at, escaped: false });
    at += operator.length;
  }
  tokens.push({ kind: 'end', text: '', at: text.length, escaped: false });
  return tokens;
}

/** The error of a wrong expression: what is wrong, the column (1-based), the expression, and a caret below the place. */
export function filterError(text: string, at: number, what: string): LanscopeError {
  const line = text.replace(/\s/g, ' ');
  // A long expression is shown around the place.
  const from = Math.max(0, at - 60);
  const shown = line.slice(from, at + 40);
  return new LanscopeError(
    'FILTER_INVALID',
    `filter: ${what} (column ${at + 1})\n  ${shown}\n  ${' '.repeat(at - from)}^`,
  );
}
