/**
 * How well findings tell malicious connections from benign ones, measured on labelled connections. A connection is
 * called malicious when a finding claims it (`attribution.ts`); what it is called is compared with its label.
 */
import { compareText } from '../bytes/order.ts';
import type { Severity } from '../detect/finding.ts';
import type { Report } from '../report/schema.ts';
import { Attribution } from './attribution.ts';
import { type LabelledFlow, readConnLabels } from './labels/conn-log-labels.ts';

export interface Quality {
  /** Of those called malicious, how many are; 0 of none is 0. */
  readonly precision: number;
  /** Of those that are malicious, how many are called so. */
  readonly recall: number;
  readonly f1: number;
}

export interface LabelScore extends Quality {
  readonly label: string;
  readonly flows: number;
  readonly called: number;
}

export interface RuleScore {
  readonly rule: string;
  readonly technique: string;
  /** Connections that its findings claim, and how many of them are labelled malicious. */
  readonly flows: number;
  readonly malicious: number;
  readonly precision: number;
}

export interface FlowScore extends Quality {
  readonly flows: number;
  readonly malicious: number;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
  /**
   * Per label of malicious connections. Findings do not name labels: precision is that of calls among the connections
   * of this label and the benign ones.
   */
  readonly labels: readonly LabelScore[];
  readonly rules: readonly RuleScore[];
  /** Lines of the label files that hold no connection. */
  readonly unreadable: number;
}

export class FlowScorer {
  #falsePositives = 0;
  #trueNegatives = 0;
  #unreadable = 0;
  readonly #labels = new Map<string, { flows: number; called: number }>();
  readonly #rules = new Map<string, { rule: string; technique: string; flows: number; malicious: number }>();

  /** Takes one capture's report and the labels of its connections. */
  async add(report: Report, labels: string, threshold: Severity): Promise<void> {
    const attribution = new Attribution(report, threshold);
    const { unreadable } = await readConnLabels(labels, (flow) => this.count(flow, attribution));
    this.#unreadable += unreadable;
  }

  count(flow: LabelledFlow, attribution: Attribution): void {
    const claims = attribution.claimedBy(flow);
    for (const { rule, technique } of claims) {
      const entry = this.#rules.get(rule) ?? { rule, technique, flows: 0, malicious: 0 };
      entry.flows++;
      if (flow.malicious) entry.malicious++;
      this.#rules.set(rule, entry);
    }
    const called = claims.length > 0;
    if (!flow.malicious) {
      if (called) this.#falsePositives++;
      else this.#trueNegatives++;
      return;
    }
    const entry = this.#labels.get(flow.label) ?? { flows: 0, called: 0 };
    entry.flows++;
    if (called) entry.called++;
    this.#labels.set(flow.label, entry);
  }

  /** Adds what another has counted. */
  merge(other: FlowScorer): void {
    this.#falsePositives += other.#falsePositives;
    this.#trueNegatives += other.#trueNegatives;
    this.#unreadable += other.#unreadable;
    for (const [label, { flows, called }] of other.#labels) {
      const entry = this.#labels.get(label) ?? { flows: 0, called: 0 };
      this.#labels.set(label, { flows: entry.flows + flows, called: entry.called + called });
    }
    for (const [rule, { technique, flows, malicious }] of other.#rules) {
      const entry = this.#rules.get(rule) ?? { flows: 0, malicious: 0 };
      this.#rules.set(rule, {
        rule,
        technique,
        flows: entry.flows + flows,
        malicious: entry.malicious + malicious,
      });
    }
  }

  score(): FlowScore {
    const entries = [...this.#labels].sort(([a], [b]) => compareText(a, b));
    const malicious = entries.reduce((sum, [, { flows }]) => sum + flows, 0);
    const truePositives = entries.reduce((sum, [, { called }]) => sum + called, 0);
    const falsePositives = this.#falsePositives;
    return {
      flows: malicious + falsePositives + this.#trueNegatives,
      malicious,
      truePositives,
      falsePositives,
      falseNegatives: malicious - truePositives,
      trueNegatives: this.#trueNegatives,
      ...quality(truePositives, falsePositives, malicious),
      labels: entries.map(([label, { flows, called }]) => ({
        label,
        flows,
        called,
        ...quality(called, falsePositives, flows),
      })),
      rules: [...this.#rules.values()]
        .sort((a, b) => compareText(a.rule, b.rule))
        .map((entry) => ({ ...entry, precision: ratio(entry.malicious, entry.flows) })),
      unreadable: this.#unreadable,
    };
  }
}

export function quality(truePositives: number, falsePositives: number, positives: number): Quality {
  const precision = ratio(truePositives, truePositives + falsePositives);
  const recall = ratio(truePositives, positives);
  return { precision, recall, f1: ratio(2 * precision * recall, precision + recall) };
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
