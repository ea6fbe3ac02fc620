/**
 * How well findings tell malicious connections from benign ones, measured on labelled connections. A connection is
 * called malicious when a finding claims it (`attribution.ts`); what it is called is compared with its label.
 */
import { compareText } from '../bytes/order.ts';
import type { Severity } from '../detect/finding.ts';
import type { Report } from '../report/schema.ts';
import { Attribution } from './attribution.ts';
import { classOfClaim } from './labels/claim-class.ts';
import { type LabelledFlow, readConnLabels } from './labels/conn-log-labels.ts';
import { classOfLabel, FLOW_CLASSES, type FlowClass } from './labels/label-class.ts';

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
  /** By which techniques: connections of this label that findings of the technique claim, and their share. */
  readonly techniques: readonly { technique: string; called: number; recall: number }[];
}

/** Findings of one ATT&CK technique as if there were no others; '' are those that have none. */
export interface TechniqueScore extends Quality {
  readonly technique: string;
  /** Connections that they claim, and how many of them are labelled malicious. */
  readonly flows: number;
  readonly malicious: number;
}

export interface RuleScore {
  readonly rule: string;
  readonly technique: string;
  /** Connections that its findings claim, and how many of them are labelled malicious. */
  readonly flows: number;
  readonly malicious: number;
  readonly precision: number;
}

/** What connections are called, beside what they are: a scan that is called a flood is missed as one and false as the other. */
export interface ClassScore extends Quality {
  readonly class: FlowClass;
  /** Connections of the class, those called so, and those of them that are. */
  readonly flows: number;
  readonly called: number;
  readonly right: number;
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
  /** Of malicious classes that there are, or that something is called. */
  readonly classes: readonly ClassScore[];
  readonly techniques: readonly TechniqueScore[];
  readonly rules: readonly RuleScore[];
  /** Lines of the label files that hold no connection. */
  readonly unreadable: number;
}

interface LabelCount {
  flows: number;
  called: number;
  /** Connections called so, by technique. */
  readonly techniques: Map<string, number>;
}

interface ClassCount {
  flows: number;
  called: number;
  right: number;
}

export class FlowScorer {
  readonly #classes = new Map<FlowClass, ClassCount>(
    FLOW_CLASSES.slice(1).map((name) => [name, { flows: 0, called: 0, right: 0 }]),
  );
  #falsePositives = 0;
  #trueNegatives = 0;
  #unreadable = 0;
  readonly #labels = new Map<string, LabelCount>();
  readonly #techniques = new Map<string, { flows: number; malicious: number }>();
  readonly #rules = new Map<string, { rule: string; technique: string; flows: number; malicious: number }>();

  /** Takes one capture's report and the labels of its connections. */
  async add(report: Report, labels: string, threshold: Severity): Promise<void> {
    const attribution = new Attribution(report, threshold);
    const { unreadable } = await readConnLabels(labels, (flow) => this.count(flow, attribution));
    this.#unreadable += unreadable;
  }

  count(flow: LabelledFlow, attribution: Attribution): void {
    this.countClaims(flow, attribution.claimedBy(flow));
  }

  /** Counts a connection that these rules claim. */
  countClaims(flow: LabelledFlow, claims: readonly { rule: string; technique: string }[]): void {
    for (const { rule, technique } of claims) {
      const entry = this.#rules.get(rule) ?? { rule, technique, flows: 0, malicious: 0 };
      entry.flows++;
      if (flow.malicious) entry.malicious++;
      this.#rules.set(rule, entry);
    }
    this.#countClasses(flow, new Set(claims.map(({ rule, technique }) => classOfClaim(rule, technique))));
    const techniques = new Set(claims.map(({ technique }) => technique));
    for (const technique of techniques) this.#addTechnique(technique, 1, flow.malicious ? 1 : 0);
    const called = claims.length > 0;
    if (!flow.malicious) {
      if (called) this.#falsePositives++;
      else this.#trueNegatives++;
      return;
    }
    this.#addLabel(flow.label, 1, called ? 1 : 0, new Map([...techniques].map((one) => [one, 1])));
  }

  #countClasses({ malicious, label }: LabelledFlow, called: ReadonlySet<FlowClass>): void {
    const own = classOfLabel(malicious, label);
    for (const [name, count] of this.#classes) {
      if (name === own) count.flows++;
      if (!called.has(name)) continue;
      count.called++;
      if (name === own) count.right++;
    }
  }

  #addTechnique(technique: string, flows: number, malicious: number): void {
    const entry = this.#techniques.get(technique) ?? { flows: 0, malicious: 0 };
    entry.flows += flows;
    entry.malicious += malicious;
    this.#techniques.set(technique, entry);
  }

  #addLabel(label: string, flows: number, called: number, techniques: ReadonlyMap<string, number>): void {
    const entry = this.#labels.get(label) ?? { flows: 0, called: 0, techniques: new Map<string, number>() };
    entry.flows += flows;
    entry.called += called;
    for (const [technique, count] of techniques) {
      entry.techniques.set(technique, (entry.techniques.get(technique) ?? 0) + count);
    }
    this.#labels.set(label, entry);
  }

  /** Adds what another has counted. */
  merge(other: FlowScorer): void {
    this.#falsePositives += other.#falsePositives;
    this.#trueNegatives += other.#trueNegatives;
    this.#unreadable += other.#unreadable;
    for (const [name, { flows, called, right }] of other.#classes) {
      const count = this.#classes.get(name)!;
      count.flows += flows;
      count.called += called;
      count.right += right;
    }
    for (const [label, { flows, called, techniques }] of other.#labels) {
      this.#addLabel(label, flows, called, techniques);
    }
    for (const [technique, { flows, malicious }] of other.#techniques) {
      this.#addTechnique(technique, flows, malicious);
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
      labels: entries.map(([label, { flows, called, techniques }]) => ({
        label,
        flows,
        called,
        ...quality(called, falsePositives, flows),
        techniques: [...techniques]
          .sort(([a], [b]) => compareText(a, b))
          .map(([technique, count]) => ({ technique, called: count, recall: ratio(count, flows) })),
      })),
      classes: [...this.#classes]
        .filter(([, { flows, called }]) => flows + called > 0)
        .map(([name, count]) => ({
          class: name,
          ...count,
          ...quality(count.right, count.called - count.right, count.flows),
        })),
      techniques: [...this.#techniques]
        .sort(([a], [b]) => compareText(a, b))
        .map(([technique, claimed]) => ({
          technique,
          ...claimed,
          ...quality(claimed.malicious, claimed.flows - claimed.malicious, malicious),
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
