/**
 * Labels of connections from what is known to have happened (`detection-truth.ts`): a connection is malicious when one of
 * its packets is one of an episode's, by its filter and numbers. Episodes that do not say which packets label nothing.
 */
import type { Output } from '../engine/output.ts';
import type { Flows } from '../flow/flows.ts';
import type { PacketBatch } from '../packet/batch.ts';
import { compileFilter, type PacketPredicate } from '../packet/filter/compile.ts';
import type { TruthEpisode } from './detection-truth.ts';
import { flowIn } from './flow-list.ts';
import type { LabelledFlow } from './labels/conn-log-labels.ts';

interface Marked {
  readonly name: string;
  readonly first: number;
  readonly last: number;
  readonly matches: PacketPredicate;
}

/** An output that collects the connections of one capture, in the order in which they end. */
export class TruthLabels implements Output {
  readonly flows: LabelledFlow[] = [];
  readonly #episodes: readonly Marked[];
  /** By flow slot: the episode that a packet of the flow belongs to, '' for none. */
  readonly #labels: string[] = [];

  constructor(episodes: readonly TruthEpisode[]) {
    this.#episodes = episodes.flatMap(({ name, packets }) =>
      packets === undefined
        ? []
        : [{ name, first: packets.first, last: packets.last, matches: compileFilter(packets.filter) }],
    );
  }

  flowStart(slot: number): void {
    this.#labels[slot] = '';
  }

  packet(batch: PacketBatch, i: number, slot: number): void {
    if (this.#labels[slot] !== '') return;
    const number = batch.packetNumber(i);
    for (const { name, first, last, matches } of this.#episodes) {
      if (number < first || number > last || !matches(batch, i)) continue;
      this.#labels[slot] = name;
      return;
    }
  }

  flowEnd(slot: number, flows: Flows): void {
    this.flows.push(flowIn(slot, flows, this.#labels[slot]!));
  }

  end(): Promise<void> {
    return Promise.resolve();
  }
}
