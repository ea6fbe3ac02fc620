import { type LabelledFlow, readConnLabels } from './conn-log-labels.ts';

/** Begins that differ by less are one connection's: logs have microseconds, clocks of merged captures less. */
const TOLERANCE_SECONDS = 1;

/** Which connection is asked for. */
export type LabelQuery = Pick<
  LabelledFlow,
  'start' | 'originator' | 'originatorPort' | 'responder' | 'responderPort' | 'protocol'
>;

/**
 * Labels by connection: the one with these ends, either way round, that began nearest. Holds the whole log, about
 * 300 bytes a connection.
 */
export class LabelIndex {
  readonly #byEnds = new Map<string, LabelledFlow[]>();

  static async read(path: string): Promise<LabelIndex> {
    const index = new LabelIndex();
    await readConnLabels(path, (flow) => index.add(flow));
    return index;
  }

  add(flow: LabelledFlow): void {
    const key = endsKey(flow, false);
    const known = this.#byEnds.get(key);
    if (known === undefined) this.#byEnds.set(key, [flow]);
    else known.push(flow);
  }

  find(query: LabelQuery): LabelledFlow | null {
    const candidates =
      this.#byEnds.get(endsKey(query, false)) ?? this.#byEnds.get(endsKey(query, true)) ?? [];
    let nearest: LabelledFlow | null = null;
    for (const flow of candidates) {
      const distance = Math.abs(flow.start - query.start);
      if (distance > TOLERANCE_SECONDS) continue;
      if (nearest === null || distance < Math.abs(nearest.start - query.start)) nearest = flow;
    }
    return nearest;
  }
}

function endsKey(flow: Omit<LabelQuery, 'start'>, swapped: boolean): string {
  const { originator, originatorPort, responder, responderPort, protocol } = flow;
  return swapped
    ? `${protocol} ${responder} ${responderPort} ${originator} ${originatorPort}`
    : `${protocol} ${originator} ${originatorPort} ${responder} ${responderPort}`;
}
