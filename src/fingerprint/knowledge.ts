/**
 * The knowledge base: all facts, ready for look-up. Loaded once, when the first thing is to be identified; facts of a
 * user's folder come after the built-in ones and win where they name the same pattern.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { LanscopeError } from '../bytes/error.ts';
import { compareText } from '../bytes/order.ts';
import { dataPath } from './data.ts';
import type { Fact, FactKind } from './fact.ts';
import { parseFact, parseFacts } from './fact.ts';
import { Matcher, type Match, type PatternOfFact } from './matcher.ts';

/** Looks values up, by kind. */
export interface Knowledge {
  readonly facts: readonly Fact[];
  /** Origins (`file:line`) of the facts that matched something so far: what a set of captures exercises. */
  readonly matched: ReadonlySet<string>;
  match(kind: FactKind, value: string): readonly Match[];
  /** The most specific fact about the domain or a domain above it. */
  matchDomain(domain: string): readonly Match[];
  /** Model numbers among the words of `value`. */
  matchModel(value: string): readonly Match[];
}

/** Facts of every `.tsv` file in a folder, in the order of names and lines. Throws `CONFIG_INVALID`. */
export function loadFacts(folder: string): Fact[] {
  return factFiles(folder).flatMap((name) =>
    parseFacts(readFileSync(join(folder, name), 'utf8'), join(basename(folder), name)),
  );
}

function factFiles(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith('.tsv'));
  } catch (cause) {
    throw new LanscopeError('CONFIG_INVALID', `${folder}: cannot be read as a folder of facts`, '', {
      cause,
    });
  }
  if (names.length === 0) {
    throw new LanscopeError(
      'CONFIG_INVALID',
      `${folder}: holds no .tsv file`,
      'Facts are tab-separated files ending in .tsv.',
    );
  }
  return names.sort(compareText);
}

/** Values remembered with their matches; forgotten all at once when full, so that the result never depends on it. */
const MAX_REMEMBERED = 4096;
const NO_MATCH: readonly Match[] = [];
/** Words of a value that are tried as model numbers. */
const MAX_WORDS = 16;

export function compileKnowledge(facts: readonly Fact[]): Knowledge {
  return createKnowledge(
    () => facts,
    (kind) => lastOfEach(facts.filter((fact) => fact.kind === kind)),
  );
}

function createKnowledge(
  all: () => readonly Fact[],
  ofKind: (kind: FactKind) => Iterable<PatternOfFact>,
): Knowledge {
  const matchers = new Map<FactKind, Matcher>();
  const remembered = new Map<FactKind, Map<string, readonly Match[]>>();
  let rememberedValues = 0;
  const matched = new Set<string>();

  const matcherOf = (kind: FactKind): Matcher => {
    let matcher = matchers.get(kind);
    if (matcher === undefined) matchers.set(kind, (matcher = new Matcher(ofKind(kind))));
    return matcher;
  };
  const remember = (kind: FactKind, value: string, matches: readonly Match[]): readonly Match[] => {
    if (rememberedValues >= MAX_REMEMBERED) {
      remembered.clear();
      rememberedValues = 0;
    }
    let known = remembered.get(kind);
    if (known === undefined) remembered.set(kind, (known = new Map<string, readonly Match[]>()));
    known.set(value, matches);
    rememberedValues++;
    for (const { fact } of matches) matched.add(fact.origin);
    return matches;
  };
  const findDomain = (domain: string): readonly Match[] => {
    const matcher = matcherOf('domain');
    let rest = domain.replace(/\.$/, '');
    // A name has at most 127 labels; what is below the tenth does not decide.
    for (let depth = 0; depth < 10 && rest !== ''; depth++) {
      const matches = matcher.match(rest);
      if (matches.length > 0) return matches;
      const dot = rest.indexOf('.');
      rest = dot < 0 ? '' : rest.slice(dot + 1);
    }
    return NO_MATCH;
  };
  const findModel = (value: string): readonly Match[] => {
    const matcher = matcherOf('model');
    const words = value.split(/[^\p{L}\p{N}._+-]+/u).slice(0, MAX_WORDS);
    return words.flatMap((word) => (word.length < 3 ? [] : matcher.match(word)));
  };

  return {
    get facts() {
      return all();
    },
    matched,
    match: (kind, value) =>
      remembered.get(kind)?.get(value) ?? remember(kind, value, matcherOf(kind).match(value)),
    matchDomain: (domain) =>
      remembered.get('domain')?.get(domain) ?? remember('domain', domain, findDomain(domain)),
    matchModel: (value) => remembered.get('model')?.get(value) ?? remember('model', value, findModel(value)),
  };
}

/** The same pattern may support several fields with different weights: only a fact about the same fields is replaced. */
function lastOfEach(facts: readonly Fact[]): Iterable<PatternOfFact> {
  const patterns = new Map<string, PatternOfFact>();
  for (const fact of facts) {
    patterns.set(`${fact.pattern.toLowerCase()} ${Object.keys(fact.supports).sort().join()}`, {
      pattern: fact.pattern,
      fact,
    });
  }
  return patterns.values();
}

/** A built-in file. Its lines are found when their kind is first asked for, and numbered when one of them matched. */
class FactFile {
  readonly #name: string;
  /** With a line end before every line. */
  readonly #text: string;
  #ends: number[] | undefined;

  constructor(folder: string, name: string) {
    this.#name = name;
    this.#text = `\n${readFileSync(join(folder, name), 'utf8')}\n`;
  }

  *lines(kind: FactKind): Generator<FactLine> {
    const start = `\n${kind}\t`;
    for (let at = this.#text.indexOf(start); at >= 0;) {
      const end = this.#text.indexOf('\n', at + start.length);
      yield new FactLine(this, at, this.#text.slice(at + 1, end), kind.length);
      at = this.#text.indexOf(start, end);
    }
  }

  /** Where the line is whose preceding line end is at `at`. */
  origin(at: number): string {
    if (this.#ends === undefined) {
      this.#ends = [];
      for (let end = 0; end >= 0; end = this.#text.indexOf('\n', end + 1)) this.#ends.push(end);
    }
    return `facts/${this.#name}:${this.#ends.indexOf(at) + 1}`;
  }
}

/** A line of a built-in file, parsed when its pattern first matches. */
class FactLine implements PatternOfFact {
  readonly pattern: string;
  readonly #file: FactFile;
  readonly #at: number;
  readonly #text: string;
  #fact: Fact | undefined;

  constructor(file: FactFile, at: number, text: string, kindEnd: number) {
    this.pattern = text.slice(kindEnd + 1, text.indexOf('\t', kindEnd + 1));
    this.#file = file;
    this.#at = at;
    this.#text = text;
  }

  get fact(): Fact {
    return (this.#fact ??= parseFact(this.#text, this.#file.origin(this.#at)));
  }
}

let builtIn: Knowledge | undefined;

/** The facts that come with the program. Their lines are parsed when they first match. */
export function builtInKnowledge(): Knowledge {
  if (builtIn !== undefined) return builtIn;
  const folder = dataPath('facts');
  const files = factFiles(folder).map((name) => new FactFile(folder, name));
  let all: readonly Fact[] | undefined;
  builtIn = createKnowledge(
    () => (all ??= loadFacts(folder)),
    (kind) => files.flatMap((file) => [...file.lines(kind)]),
  );
  return builtIn;
}

/** The built-in facts and those of a user's folder. */
export function extendKnowledge(folder: string): Knowledge {
  return compileKnowledge([...builtInKnowledge().facts, ...loadFacts(folder)]);
}
