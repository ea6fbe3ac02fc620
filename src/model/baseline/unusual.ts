/**
 * Says how unusual flows and hours of devices are beside a history: that of the device if it has one, else that of the
 * network. Unusual is not bad: findings are `info`, and `low` when the same happens again and again. One finding a
 * device and responder, and one a device for its hours.
 *
 * Bounds: those of `EpisodeLog` and `DeviceHours`.
 */
import { formatIpAt } from '../../bytes/address.ts';
import { deviceActor } from '../../detect/actor.ts';
import { findingOf } from '../../detect/claim.ts';
import { EpisodeLog } from '../../detect/episode-log.ts';
import { FlowExtractor } from '../../detect/features/extractor.ts';
import type { FeatureDefinition } from '../../detect/features/feature.ts';
import type { Finding } from '../../detect/finding.ts';
import type { DeviceRegistry } from '../../device/registry.ts';
import type { Flows } from '../../flow/flows.ts';
import type { BaselineModel, Histories } from './baseline-file.ts';
import { DeviceHours, HOUR_FEATURES, hourRow } from './device-hours.ts';
import { type History, oddColumns } from './history.ts';
import { isolationScore } from './isolation-forest.ts';

const GAP_SECONDS = 86_400;
/** From so many on it is no accident. */
const REPEATED = 5;
const MAX_FINDINGS = 200;
const MAX_REASONS = 3;

interface Notes {
  /** Responder; '' for hours. */
  peer: string;
  best: { score: number; row: Float32Array; history: History; isOwn: boolean } | null;
}

type Log = EpisodeLog<Notes>;
const newLog = (): Log => new EpisodeLog<Notes>(GAP_SECONDS, () => ({ peer: '', best: null }));

export class UnusualScoring {
  readonly #model: BaselineModel;
  readonly #flows: Flows;
  readonly #devices: DeviceRegistry;
  readonly #extractor: FlowExtractor;
  readonly #row: Float32Array;
  readonly #hours = new DeviceHours();
  readonly #flowLog = newLog();

  constructor(model: BaselineModel, flows: Flows, devices: DeviceRegistry) {
    this.#model = model;
    this.#flows = flows;
    this.#devices = devices;
    this.#extractor = new FlowExtractor('conn', flows, null);
    this.#row = new Float32Array(this.#extractor.set.features.length);
  }

  flowEnd(slot: number): void {
    const { origIp, respIp, origMac, firstSeconds, firstNanos, firstPacket, respPort } = this.#flows;
    const row = this.#row;
    this.#extractor.row(slot, row, 0);
    const device = this.#devices.actorOf(origIp, slot * 4, origMac[slot]!);
    if (device < 0) return;
    const responder = formatIpAt(respIp, slot * 4);
    const seconds = firstSeconds[slot]!;
    const nanos = firstNanos[slot]!;
    const packet = firstPacket[slot]!;
    this.#hours.add(device, { start: seconds + nanos / 1e9, responder, port: respPort[slot]!, packet }, row);
    this.#judge(this.#flowLog, this.#model.flows, device, responder, row, seconds, nanos, packet);
  }

  /** After the last flow. */
  findings(): Finding[] {
    const hourLog = newLog();
    for (const hour of this.#hours.whole()) {
      this.#judge(
        hourLog,
        this.#model.hours,
        hour.device,
        '',
        hourRow(hour),
        hour.begin,
        0,
        hour.firstPacket,
      );
    }
    return [
      ...this.#findingsOf(this.#flowLog, 'flow', this.#extractor.set.features),
      ...this.#findingsOf(hourLog, 'hour', HOUR_FEATURES),
    ];
  }

  #judge(
    log: Log,
    { network, devices }: Histories,
    device: number,
    about: string,
    row: Float32Array,
    seconds: number,
    nanos: number,
    packet: number,
  ): void {
    const own = devices[this.#devices.devices[device]!.id];
    const history = own ?? network;
    if (history === null || history === undefined) return;
    const score = Math.round(isolationScore(history.forest, row, 0) * 1e6) / 1e6;
    if (score < history.threshold) return;
    const { episode, notes } = log.at(deviceActor({ devices: this.#devices }, device), seconds, nanos, about);
    episode.add(seconds, nanos, packet);
    notes.peer = about;
    if (notes.best === null || score > notes.best.score) {
      notes.best = { score, row: row.slice(), history, isOwn: own !== undefined };
    }
  }

  #findingsOf(log: Log, what: 'flow' | 'hour', features: readonly FeatureDefinition[]): Finding[] {
    return [...log.entries()]
      .sort(
        (a, b) =>
          b.notes.best!.score - a.notes.best!.score || a.episode.first.seconds - b.episode.first.seconds,
      )
      .slice(0, MAX_FINDINGS)
      .map(({ actor, episode, notes }) => {
        const { score, row, history, isOwn } = notes.best!;
        const count = episode.count === 1 ? `an ${what}` : `${episode.count} ${what}s`;
        const than = isOwn ? 'its own history' : 'the history of the network';
        return findingOf(episode, {
          rule: `ml-unusual-${what}`,
          severity: episode.count >= REPEATED ? 'low' : 'info',
          confidence: Math.min(1, score),
          actor,
          peer: notes.peer,
          summary: `${actor.label} has ${count}${notes.peer === '' ? '' : ` to ${notes.peer}`} unlike ${than}`,
          evidence: {
            score,
            threshold: history.threshold,
            history: `${history.rows} ${what}s`,
            because: oddColumns(history, row, MAX_REASONS).map((column) =>
              reason(features, history, row, column),
            ),
          },
          technique: '',
        });
      });
  }
}

function reason(
  features: readonly FeatureDefinition[],
  { usual }: History,
  row: Float32Array,
  column: number,
): string {
  const { name, unit } = features[column]!;
  const [low, , high] = usual[column]!;
  const withUnit = unit === '' ? '' : ` ${unit}`;
  return `${name} ${short(row[column]!)}${withUnit} (usual ${short(low)} to ${short(high)})`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
