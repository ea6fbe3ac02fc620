/**
 * Labels of connections from what is known to have happened (`detection-truth.ts`): a connection is malicious when one of
 * its packets is one of an episode's, by its filter and numbers. Episodes that do not say which packets label nothing.
 */
import { formatIpAt } from '../bytes/address.ts';
import type { Output } from '../engine/output.ts';
import type { FlowTable } from '../flow/table.ts';
import type { PacketBatch } from '../packet/batch.ts';
import { compileFilter, type PacketPredicate } from '../packet/filter/compile.ts';
import { IP_PROTOCOL } from '../packet/layer.ts';
import type { TruthEpisode } from './detection-truth.ts';
import type { LabelledFlow } from './labels/conn-log-labels.ts';

interface Marked {
  readonly name: string;
  readonly first: number;
  readonly last: number;
  readonly matches: PacketPredicate;
}

const PROTOCOL_NAME: ReadonlyMap<number, string> = new Map([
  [IP_PROTOCOL.tcp, 'tcp'],
  [IP_PROTOCOL.udp, 'udp'],
  [IP_PROTOCOL.icmp, 'icmp'],
  [IP_PROTOCOL.icmpv6, 'icmp'],
]);

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

  flowEnd(slot: number, flows: FlowTable): void {
    const label = this.#labels[slot]!;
    this.flows.push({
      start: flows.firstSeconds[slot]! + flows.firstNanos[slot]! / 1e9,
      duration: Math.max(0, flows.durationNanos(slot) / 1e9),
      originator: formatIpAt(flows.origIp, slot * 4),
      originatorPort: flows.origPort[slot]!,
      responder: formatIpAt(flows.respIp, slot * 4),
      responderPort: flows.respPort[slot]!,
      protocol: PROTOCOL_NAME.get(flows.ipProtocol[slot]!) ?? '',
      malicious: label !== '',
      label: label === '' ? 'Benign' : label,
    });
  }

  end(): Promise<void> {
    return Promise.resolve();
  }
}
