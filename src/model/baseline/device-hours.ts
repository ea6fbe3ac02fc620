/** What a device does in an hour, from the flows that it opens: the second thing that has a history. */
import { type FeatureDefinition, quantity, share } from '../../detect/features/feature.ts';
import { CONN_SET } from '../../detect/features/conn-set.ts';

export const HOUR_FEATURES: readonly FeatureDefinition[] = [
  quantity('flows', 'flows', 'Flows that it opened'),
  quantity('bytes_out', 'B', 'IP bytes sent in them'),
  quantity('bytes_in', 'B', 'IP bytes received in them'),
  quantity('responders', 'hosts', 'Different responders'),
  quantity('ports', 'ports', 'Different ports of responders'),
  share('unanswered', 'Flows that nobody answered'),
  share('public', 'Flows to addresses of the internet'),
];

const HOUR = 3600;
/** Hours of devices that are counted at a time; later ones are not. */
const MAX_HOURS = 65_536;
/** Responders and ports that are told apart in one hour. */
const MAX_DISTINCT = 4096;

const COLUMN = Object.fromEntries(CONN_SET.features.map(({ name }, index) => [name, index]));

export interface DeviceHour {
  readonly device: number;
  /** Begin, epoch seconds. */
  readonly begin: number;
  flows: number;
  bytesOut: number;
  bytesIn: number;
  unanswered: number;
  toPublic: number;
  readonly responders: Set<string>;
  readonly ports: Set<number>;
  firstPacket: number;
}

export class DeviceHours {
  readonly #hours = new Map<string, DeviceHour>();
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;

  /** `row` is the flow's row of the set conn at `row[0]` and on. */
  add(
    device: number,
    flow: { start: number; responder: string; port: number; packet: number },
    row: Float32Array,
  ): void {
    const begin = Math.floor(flow.start / HOUR) * HOUR;
    if (flow.start < this.#first) this.#first = flow.start;
    if (flow.start > this.#last) this.#last = flow.start;
    const key = `${device} ${begin}`;
    let hour = this.#hours.get(key);
    if (hour === undefined) {
      if (this.#hours.size >= MAX_HOURS) return;
      hour = {
        device,
        begin,
        flows: 0,
        bytesOut: 0,
        bytesIn: 0,
        unanswered: 0,
        toPublic: 0,
        responders: new Set(),
        ports: new Set(),
        firstPacket: flow.packet,
      };
      this.#hours.set(key, hour);
    }
    hour.flows++;
    hour.bytesOut += row[COLUMN['orig_ip_bytes']!]!;
    hour.bytesIn += row[COLUMN['resp_ip_bytes']!]!;
    hour.unanswered += row[COLUMN['state_unanswered']!]!;
    hour.toPublic += row[COLUMN['resp_is_public']!]!;
    if (hour.responders.size < MAX_DISTINCT) hour.responders.add(flow.responder);
    if (hour.ports.size < MAX_DISTINCT) hour.ports.add(flow.port);
    if (flow.packet < hour.firstPacket) hour.firstPacket = flow.packet;
  }

  /** Hours that the capture covers wholly: the first and the last one are cut. */
  *whole(): Generator<DeviceHour> {
    for (const hour of this.#hours.values()) {
      if (hour.begin >= this.#first && hour.begin + HOUR <= this.#last) yield hour;
    }
  }
}

export function hourRow(hour: DeviceHour): Float32Array {
  return Float32Array.of(
    hour.flows,
    hour.bytesOut,
    hour.bytesIn,
    hour.responders.size,
    hour.ports.size,
    hour.unanswered / hour.flows,
    hour.toPublic / hour.flows,
  );
}
