/** What a model is trained and judged on: scenarios, each a network of its own that is held out as a whole. */

export interface Scenario {
  /** Held out together; also the name in the card. */
  readonly name: string;
  /** `real`: recorded in the world; `simulated`: made by scripts/simulate-flows.ts. */
  readonly kind: 'real' | 'simulated';
  /** Captures (one network each), or one labelled log. */
  readonly inputs: readonly string[];
  /** Class of flows without a label; '' to leave these out. */
  readonly unlabelled: 'benign' | '';
  readonly origin: string;
  readonly licence: string;
}
