/** Learns what is usual while captures are analyzed. */
import { createHash, type Hash } from 'node:crypto';
import { formatIpAt } from '../../bytes/address.ts';
import { compareText } from '../../bytes/order.ts';
import { CONN_SET_ID } from '../../detect/features/conn-set.ts';
import { FlowExtractor } from '../../detect/features/extractor.ts';
import type { DeviceRegistry } from '../../device/registry.ts';
import type { Flows } from '../../flow/flows.ts';
import type { BaselineModel, Histories } from './baseline-file.ts';
import { DeviceHours, HOUR_FEATURES, hourRow } from './device-hours.ts';
import { type History, learnHistory } from './history.ts';
import { Reservoir } from './reservoir.ts';

/** Rows that a history is learned from, and devices that have one of their own. */
const NETWORK_ROWS = 20_000;
const DEVICE_ROWS = 2000;
const MAX_DEVICES = 256;

export class BaselineLearner {
  readonly #flows: Flows;
  readonly #devices: DeviceRegistry;
  readonly #extractor: FlowExtractor;
  readonly #row: Float32Array;
  readonly #network: Reservoir;
  readonly #byDevice = new Map<number, Reservoir>();
  readonly #hours = new DeviceHours();

  constructor(flows: Flows, devices: DeviceRegistry) {
    this.#flows = flows;
    this.#devices = devices;
    this.#extractor = new FlowExtractor('conn', flows, null);
    const width = this.#extractor.set.features.length;
    this.#row = new Float32Array(width);
    this.#network = new Reservoir(width, NETWORK_ROWS);
  }

  flowEnd(slot: number): void {
    const { origIp, respIp, origMac, firstSeconds, firstNanos, firstPacket, respPort } = this.#flows;
    const row = this.#row;
    this.#extractor.row(slot, row, 0);
    this.#network.add(row);
    const device = this.#devices.actorOf(origIp, slot * 4, origMac[slot]!);
    if (device < 0) return;
    let own = this.#byDevice.get(device);
    if (own === undefined && this.#byDevice.size < MAX_DEVICES) {
      own = new Reservoir(row.length, DEVICE_ROWS);
      this.#byDevice.set(device, own);
    }
    own?.add(row);
    const start = firstSeconds[slot]! + firstNanos[slot]! / 1e9;
    const responder = formatIpAt(respIp, slot * 4);
    this.#hours.add(device, { start, responder, port: respPort[slot]!, packet: firstPacket[slot]! }, row);
  }

  /** After the last flow. */
  conclude(): BaselineModel {
    const hours = new Reservoir(HOUR_FEATURES.length, NETWORK_ROWS);
    const hoursByDevice = new Map<number, Reservoir>();
    for (const hour of this.#hours.whole()) {
      const row = hourRow(hour);
      hours.add(row);
      const own = hoursByDevice.get(hour.device) ?? new Reservoir(row.length, DEVICE_ROWS);
      own.add(row);
      hoursByDevice.set(hour.device, own);
    }
    const digest = createHash('sha256').update(CONN_SET_ID);
    const flows = this.#histories(this.#network, this.#byDevice, digest);
    return {
      flows,
      hours: this.#histories(hours, hoursByDevice, digest),
      trainingDigest: digest.digest('hex'),
    };
  }

  /** The rows that are learned from go into the digest, those of the network first. */
  #histories(network: Reservoir, byDevice: ReadonlyMap<number, Reservoir>, digest: Hash): Histories {
    const learned = (reservoir: Reservoir): History | null => {
      const history = learnHistory(reservoir);
      if (history !== null) digest.update(reservoir.rows);
      return history;
    };
    const own: [string, History][] = [];
    const ofNetwork = learned(network);
    const ids = [...byDevice].map(
      ([device, reservoir]) => [this.#devices.devices[device]!.id, reservoir] as const,
    );
    for (const [id, reservoir] of ids.sort(([a], [b]) => compareText(a, b))) {
      const history = learned(reservoir);
      if (history !== null) own.push([id, history]);
    }
    return { network: ofNetwork, devices: Object.fromEntries(own) };
  }
}
