import { ML_RULE_PREFIX } from '../../model/ml-findings.ts';
import { FLOW_CLASSES, type FlowClass } from './label-class.ts';

/** By ATT&CK technique, sub-techniques included. Guessing passwords counts with scanning, as in the labels. */
const CLASS_OF_TECHNIQUE: Readonly<Record<string, FlowClass>> = {
  T1018: 'scan',
  T1046: 'scan',
  T1110: 'scan',
  T1595: 'scan',
  T1498: 'ddos',
  T1499: 'ddos',
  T1071: 'c2',
  T1095: 'c2',
  T1568: 'c2',
};

/** What a finding calls the connections that it claims: a model says it in its rule, the others by their technique. */
export function classOfClaim(rule: string, technique: string): FlowClass {
  if (rule.startsWith(ML_RULE_PREFIX)) {
    const name = rule.slice(ML_RULE_PREFIX.length);
    return FLOW_CLASSES.find((each) => each === name) ?? 'other';
  }
  return CLASS_OF_TECHNIQUE[technique.slice(0, 5)] ?? 'other';
}
