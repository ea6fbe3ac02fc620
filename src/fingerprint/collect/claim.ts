/**
 * What a collector uses to turn a value from the wire into evidence: the facts that match it, and what a device says
 * about itself in so many words.
 */
import type { Evidence, Support } from '../evidence.ts';
import type { FactKind } from '../fact.ts';
import type { Knowledge } from '../knowledge.ts';
import { cleanQuote, type Match } from '../matcher.ts';

/** How far the name of a maker, and of a model, is believed when the device gives it and no fact knows it. */
const CLAIMED_BRAND = 0.7;
const CLAIMED_MODEL = 0.8;

/** How far the web site of a company tells that its visitor is one of its products. */
const VISITED_SITE = 0.4;

/** Texts that stand in fields which nobody filled in. */
const NOT_A_NAME =
  /^(?:unknown|unspecified|undefined|none|null|n\/?a|default|device|generic|linux|model|manufacturer|oem|test|-+|0+)?$/i;

/** In an expression a dot is any character. */
function namesDot({ fact: { pattern } }: Match): boolean {
  return !pattern.startsWith('/') && pattern.includes('.');
}

export class Claims {
  private readonly emit: (evidence: Evidence) => void;
  readonly knowledge: Knowledge;

  constructor(emit: (evidence: Evidence) => void, knowledge: Knowledge) {
    this.emit = emit;
    this.knowledge = knowledge;
  }

  /** Evidence from the facts of `kind` that match `value`; true when there was one. */
  byFact(source: string, kind: FactKind, value: string): boolean {
    return value !== '' && this.report(source, value, this.knowledge.match(kind, value));
  }

  /** A site is visited by people; a fact that means the site itself says so by its own `www.`. */
  byDomain(source: string, domain: string): void {
    const matches = this.knowledge.matchDomain(domain);
    if (matches.length === 0) return;
    const isSite = /^www\./i.test(domain);
    for (const { fact, supports } of matches) {
      const isVisit = isSite && !fact.pattern.startsWith('www.') && supports.os === undefined;
      this.say(source, domain, supports, isVisit ? Math.min(fact.weight, VISITED_SITE) : fact.weight);
    }
  }

  /** Model numbers among the words of `value`. */
  byModel(source: string, value: string): boolean {
    return value !== '' && this.report(source, value, this.knowledge.matchModel(value));
  }

  /** A host name: facts about it, and model numbers in it. `name` may carry its domain, or be one of those with a dot. */
  byHostName(source: string, name: string): void {
    const dot = name.indexOf('.');
    const dotted = dot > 0 ? this.knowledge.match('host', name).filter(namesDot) : [];
    if (dotted.length > 0) return void this.report(source, name, dotted);
    const host = dot > 0 ? name.slice(0, dot) : name;
    if (!this.byFact(source, 'host', host)) this.byModel(source, host);
  }

  /** The maker as the device names it. */
  claimBrand(source: string, value: string): void {
    if (this.byFact(source, 'manufacturer', value)) return;
    const brand = cleanQuote(value);
    if (brand.length > 1 && !NOT_A_NAME.test(brand)) this.say(source, value, { brand }, CLAIMED_BRAND);
  }

  /** The model as the device names it, with what is known of such models. */
  claimModel(source: string, value: string): void {
    const named = this.byFact(source, 'upnp.model', value) || this.byModel(source, value);
    const model = cleanQuote(value);
    if (!named && model.length > 1 && !NOT_A_NAME.test(model))
      this.say(source, value, { model }, CLAIMED_MODEL);
  }

  say(source: string, value: string, supports: Support, weight: number): void {
    this.emit({ source, value, supports, weight });
  }

  private report(source: string, value: string, matches: readonly Match[]): boolean {
    for (const { fact, supports } of matches) this.say(source, value, supports, fact.weight);
    return matches.length > 0;
  }
}
