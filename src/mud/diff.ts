/** What one profile allows and another does not. */
import { type Rule, ruleKey } from './rule.ts';

export interface ProfileDiff {
  /** Rules that only the first has, and only the second. */
  readonly lost: readonly Rule[];
  readonly added: readonly Rule[];
}

export function diffRules(before: readonly Rule[], after: readonly Rule[]): ProfileDiff {
  const only = (rules: readonly Rule[], others: readonly Rule[]): Rule[] => {
    const known = new Set(others.map(ruleKey));
    return [...new Map(rules.map((rule) => [ruleKey(rule), rule]))]
      .filter(([key]) => !known.has(key))
      .map(([, rule]) => rule);
  };
  return { lost: only(before, after), added: only(after, before) };
}
