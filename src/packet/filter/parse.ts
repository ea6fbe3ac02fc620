/**
 * The grammar of the pcap filter language (pcap-filter(7)): `and` and `or` bind equally, from left to right; `not` binds
 * more tightly; a bare id takes the qualifiers of the one before it.
 */
import type { PacketPredicate } from './predicate.ts';
import { numberOf } from './number.ts';
import { type Qualifiers, parseBare, parseId, startsId } from './primitive.ts';
import { filterError, type Token, tokenize } from './token.ts';
import {
  ARITHMETIC,
  bytesAt,
  combine,
  compare,
  constant,
  isByteBase,
  packetLength,
  type PacketValue,
  RELATIONS,
} from './value.ts';
import { CONSTANTS } from './names.ts';
import { LanscopeError } from '../../bytes/error.ts';

export const MAX_FILTER_DEPTH = 64;

const QUALIFIER_PROTOCOLS: readonly string[] = ['ether', 'ip', 'ip6', 'arp', 'rarp', 'tcp', 'udp', 'sctp'];
const QUALIFIER_TYPES: readonly string[] = ['host', 'net', 'port', 'portrange', 'proto'];
/** Binding of arithmetic operators, loosest first. */
const PRECEDENCE: readonly (readonly string[])[] = [
  ['|'],
  ['^'],
  ['&'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];

/** Reads tokens from left to right; lives for one expression. */
export class FilterParser {
  private readonly text: string;
  private readonly tokens: readonly Token[];
  private position = 0;
  private depth = 0;
  private last: Qualifiers = { protocol: '', direction: 'either', type: '' };

  constructor(text: string) {
    this.text = text;
    this.tokens = tokenize(text);
  }

  parse(): PacketPredicate {
    if (this.peek().kind === 'end') return () => true;
    const whole = this.parseExpression();
    const token = this.peek();
    if (token.kind !== 'end') throw this.error(token, `unexpected ${JSON.stringify(token.text)}`);
    return whole;
  }

  private parseExpression(): PacketPredicate {
    let left = this.parseTerm();
    for (;;) {
      if (this.take('and', '&&')) {
        const first = left;
        const second = this.parseTerm();
        left = (batch, i) => first(batch, i) && second(batch, i);
      } else if (this.take('or', '||')) {
        const first = left;
        const second = this.parseTerm();
        left = (batch, i) => first(batch, i) || second(batch, i);
      } else {
        return left;
      }
    }
  }

  private parseTerm(): PacketPredicate {
    const token = this.peek();
    if (++this.depth > MAX_FILTER_DEPTH) throw this.error(token, 'nested too deeply');
    try {
      if (this.take('not', '!')) {
        const inner = this.parseTerm();
        return (batch, i) => !inner(batch, i);
      }
      if (token.text === '(' && token.kind === 'operator') return this.parseParenthesis();
      if (this.startsValue(token)) return this.parseRelation();
      return this.parsePrimitive();
    } finally {
      this.depth--;
    }
  }

  /** A parenthesis holds an expression, or begins a value of a relation: whichever can be read further. */
  private parseParenthesis(): PacketPredicate {
    const start = this.position;
    const { last } = this;
    try {
      this.expect('(');
      const inner = this.parseExpression();
      this.expect(')');
      if (!this.atRelationOrArithmetic()) return inner;
    } catch (error) {
      if (!(error instanceof LanscopeError)) throw error;
      const reached = this.position;
      this.position = start;
      this.last = last;
      try {
        return this.parseRelation();
      } catch (other) {
        if (other instanceof LanscopeError && this.position > reached) throw other;
        throw error;
      }
    }
    this.position = start;
    this.last = last;
    return this.parseRelation();
  }

  private atRelationOrArithmetic(): boolean {
    const token = this.peek();
    return token.kind === 'operator' && (token.text in RELATIONS || token.text in ARITHMETIC);
  }

  // ── Relations ───────────────────────────────────────────────────────────

  private startsValue(token: Token): boolean {
    if (token.kind === 'operator') return token.text === '-';
    if (token.escaped) return false;
    const next = this.tokens[this.position + 1]!;
    if (isByteBase(token.text) && next.text === '[') return true;
    if (token.text === 'len' || CONSTANTS.has(token.text)) return true;
    return (
      numberOf(token.text) >= 0 &&
      next.kind === 'operator' &&
      (next.text in RELATIONS || next.text in ARITHMETIC)
    );
  }

  private parseRelation(): PacketPredicate {
    const left = this.parseValue(0);
    const operator = this.peek();
    const holds = operator.kind === 'operator' ? RELATIONS[operator.text] : undefined;
    if (holds === undefined) throw this.error(operator, 'a comparison (=, !=, <, >, <=, >=) is missing');
    this.position++;
    return compare(holds, left, this.parseValue(0));
  }

  private parseValue(level: number): PacketValue {
    const operators = PRECEDENCE[level];
    if (operators === undefined) return this.parseOperand();
    let left = this.parseValue(level + 1);
    for (;;) {
      const token = this.peek();
      if (token.kind !== 'operator' || !operators.includes(token.text)) return left;
      this.position++;
      left = combine(ARITHMETIC[token.text]!, left, this.parseValue(level + 1));
    }
  }

  private parseOperand(): PacketValue {
    const token = this.peek();
    if (++this.depth > MAX_FILTER_DEPTH) throw this.error(token, 'nested too deeply');
    try {
      if (this.take('-')) return combine(ARITHMETIC['-']!, constant(0), this.parseOperand());
      if (this.take('(')) {
        const inner = this.parseValue(0);
        this.expect(')');
        return inner;
      }
      if (token.kind === 'word') {
        const number = CONSTANTS.get(token.text) ?? numberOf(token.text);
        if (number >= 0) {
          this.position++;
          return constant(number);
        }
        if (this.take('len')) return packetLength;
        if (isByteBase(token.text)) {
          this.position++;
          this.expect('[');
          const offset = this.parseValue(0);
          const size = this.take(':') ? this.parseSize() : 1;
          this.expect(']');
          return bytesAt(token.text, offset, size);
        }
      }
      throw this.error(token, 'a number, len or proto[offset:size] is missing');
    } finally {
      this.depth--;
    }
  }

  private parseSize(): number {
    const token = this.next();
    const size = numberOf(token.text);
    if (size !== 1 && size !== 2 && size !== 4) throw this.error(token, 'the size must be 1, 2 or 4');
    return size;
  }

  // ── Primitives ──────────────────────────────────────────────────────────

  private parsePrimitive(): PacketPredicate {
    const start = this.peek();
    if (start.kind !== 'word') {
      throw this.error(
        start,
        start.kind === 'end' ? 'something is missing at the end' : `unexpected ${JSON.stringify(start.text)}`,
      );
    }
    const qualifiers = this.parseQualifiers();
    const qualified = this.peek() !== start;
    const token = this.peek();
    const context = {
      next: () => this.next(),
      peek: () => this.peek(),
      take: (text: string) => this.take(text),
      fail: (at: Token, what: string) => this.error(at, what),
    };
    if (qualified) {
      if (startsId(token) || qualifiers.type !== '' || qualifiers.direction !== 'either') {
        this.last = qualifiers;
        return parseId(qualifiers, context);
      }
      const bare = parseBare(qualifiers.protocol, start, context);
      if (bare === null)
        throw this.error(token, `an address or a keyword is missing after ${JSON.stringify(start.text)}`);
      return bare;
    }
    const bare = token.escaped ? null : parseBare('', token, context);
    return bare ?? parseId(this.last, context);
  }

  /** `[protocol] [direction] [type]`, each optional; the type alone may also come last, as in `ip proto`. */
  private parseQualifiers(): Qualifiers {
    let protocol = '';
    const word = (): string => (this.peek().kind === 'word' && !this.peek().escaped ? this.peek().text : '');
    if (QUALIFIER_PROTOCOLS.includes(word())) {
      protocol = word();
      this.position++;
    }
    const direction = this.parseDirection();
    let type = '';
    if (QUALIFIER_TYPES.includes(word())) {
      type = word();
      this.position++;
    }
    return { protocol, direction, type };
  }

  private parseDirection(): Qualifiers['direction'] {
    const first = this.peek().text;
    if (this.peek().kind !== 'word' || this.peek().escaped || (first !== 'src' && first !== 'dst'))
      return 'either';
    this.position++;
    const joint = this.peek().text;
    const second = this.tokens[this.position + 1]?.text;
    const other = first === 'src' ? 'dst' : 'src';
    if (second === other && (joint === 'or' || joint === '||' || joint === 'and' || joint === '&&')) {
      // `src or dst host a`, but `src host a or dst host b` has an id in between and does not come here.
      this.position += 2;
      return joint === 'or' || joint === '||' ? 'either' : 'both';
    }
    return first;
  }

  // ── Tokens ──────────────────────────────────────────────────────────────

  private peek(): Token {
    return this.tokens[this.position]!;
  }

  private next(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.position++;
    return token;
  }

  private take(...texts: readonly string[]): boolean {
    const token = this.peek();
    if (token.kind === 'end' || token.escaped || !texts.includes(token.text)) return false;
    this.position++;
    return true;
  }

  private expect(text: string): void {
    if (!this.take(text)) throw this.error(this.peek(), `${JSON.stringify(text)} is missing`);
  }

  private error(token: Token, what: string): LanscopeError {
    return filterError(this.text, token.at, what);
  }
}
