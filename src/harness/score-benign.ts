/**
 * False alarms by connection, on captures in which nothing is wrong: how many connections findings claim, and how many a
 * model calls something by themselves, before its calls are gathered into findings.
 */
import { analyze } from '../engine/analyze.ts';
import { type Severity, SEVERITIES } from '../detect/finding.ts';
import type { Report } from '../report/schema.ts';
import { Attribution } from './attribution.ts';
import type { CaseSettings } from './case-settings.ts';
import { BenignFlows } from './flow-list.ts';
import { type Opinion, opinionOf } from './score-opinions.ts';

export interface FalseAlarms {
  /** Findings of the asked severity and above. */
  readonly findings: number;
  /** Connections that they claim, and their share of all. */
  readonly flows: number;
  readonly share: number;
}

export interface BenignScore {
  readonly captures: number;
  readonly flows: number;
  readonly opinions: Readonly<Partial<Record<Opinion, FalseAlarms>>>;
  /** Connections that the model calls one of its classes; null without a model. */
  readonly calls: { readonly flows: number; readonly share: number } | null;
}

export class BenignScorer {
  readonly #threshold: Severity;
  readonly #hasModel: boolean;
  readonly #opinions: ReadonlyMap<Opinion, { findings: number; flows: number }>;
  #captures = 0;
  #flows = 0;
  #called = 0;

  constructor(threshold: Severity, opinions: readonly Opinion[]) {
    this.#threshold = threshold;
    this.#hasModel = opinions.includes('model');
    this.#opinions = new Map(opinions.map((opinion) => [opinion, { findings: 0, flows: 0 }]));
  }

  /** Analyzes a capture, past the cache: reports do not list all connections. */
  async add(capture: string, { config, fingerprints, version, model }: CaseSettings): Promise<Report> {
    const benign = new BenignFlows();
    const { report } = await analyze({
      paths: [capture],
      config,
      version,
      outputs: [benign],
      ...(fingerprints === undefined ? {} : { fingerprints }),
      ...(model === undefined ? {} : { model }),
    });
    this.#captures++;
    this.#flows += benign.flows.length;
    this.#called += benign.called;
    for (const [opinion, count] of this.#opinions) {
      const own = opinionOf(report, opinion);
      const attribution = new Attribution(own, this.#threshold);
      count.findings += own.findings.filter(({ severity }) => this.#isAlarm(severity)).length;
      for (const flow of benign.flows) if (attribution.claimedBy(flow).length > 0) count.flows++;
    }
    return report;
  }

  #isAlarm(severity: Severity): boolean {
    return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(this.#threshold);
  }

  score(): BenignScore {
    const share = (flows: number): number => (this.#flows === 0 ? 0 : flows / this.#flows);
    return {
      captures: this.#captures,
      flows: this.#flows,
      opinions: Object.fromEntries(
        [...this.#opinions].map(([opinion, count]) => [opinion, { ...count, share: share(count.flows) }]),
      ),
      calls: this.#hasModel ? { flows: this.#called, share: share(this.#called) } : null,
    };
  }
}
