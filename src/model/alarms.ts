/**
 * Alarms of one actor, one class and one target become one finding. Scans and floods are followed by actor, what is sent
 * to one place by actor and place. Bounds: those of `EpisodeLog`; `MAX_PORTS` ports and `MAX_TARGETS` targets an episode.
 */
import { formatIpAt } from '../bytes/address.ts';
import { type Actor, addressActor, deviceActor } from '../detect/actor.ts';
import { type Entry, EpisodeLog } from '../detect/episode-log.ts';
import type { DeviceRegistry } from '../device/registry.ts';
import { IP_PROTOCOL } from '../packet/layer.ts';
import type { PendingFlow, PendingFlows } from './pending-flows.ts';
import type { Verdict } from './verdict.ts';

/** A pause after which the same is another episode, seconds. */
const GAP_SECONDS = 3600;
const MAX_PORTS = 20;
const MAX_TARGETS = 4096;

/** Classes whose flows go to many places by nature. */
const SPREADS = new Set(['scan']);

export interface AlarmNotes {
  className: string;
  /** Sum of scores. */
  sum: number;
  /** The flow that is most typical: highest score, the first of equals. */
  best: { row: Float32Array; class: number; score: number } | null;
  readonly ports: Set<string>;
  readonly targets: Set<string>;
}

export class Alarms {
  readonly #devices: DeviceRegistry;
  readonly #classes: readonly string[];
  readonly #log = new EpisodeLog<AlarmNotes>(GAP_SECONDS, () => ({
    className: '',
    sum: 0,
    best: null,
    ports: new Set(),
    targets: new Set(),
  }));

  constructor(devices: DeviceRegistry, classes: readonly string[]) {
    this.#devices = devices;
    this.#classes = classes;
  }

  /** Takes flow `i` of those that wait. */
  add({ flows, rows, width }: PendingFlows, i: number, { class: index, score }: Verdict): void {
    const flow = flows[i]!;
    const className = this.#classes[index]!;
    const port = portText(flow);
    const target = this.#targetOf(flow);
    const about = SPREADS.has(className) ? className : `${className} ${target}`;
    const { episode, notes } = this.#log.at(this.#actorOf(flow), flow.firstSeconds, flow.firstNanos, about);
    episode.add(flow.firstSeconds, flow.firstNanos, flow.firstPacket);
    episode.extend(flow.lastSeconds, flow.lastNanos);
    notes.className = className;
    notes.sum += score;
    if (notes.best === null || score > notes.best.score) {
      notes.best = { row: rows.slice(i * width, (i + 1) * width), class: index, score };
    }
    if (notes.ports.size <= MAX_PORTS) notes.ports.add(port);
    if (notes.targets.size < MAX_TARGETS) notes.targets.add(target);
  }

  entries(): Entry<AlarmNotes>[] {
    return [...this.#log.entries()];
  }

  #actorOf({ device, facts }: PendingFlow): Actor {
    return device < 0
      ? addressActor(formatIpAt(facts.orig, 0))
      : deviceActor({ devices: this.#devices }, device);
  }

  /** Device id or address. */
  #targetOf({ target, facts }: PendingFlow): string {
    return target >= 0 ? this.#devices.devices[target]!.id : formatIpAt(facts.resp, 0);
  }
}

/** The ports, when they are so few that all are known. */
export function knownPorts({ ports }: AlarmNotes): string[] {
  return ports.size > MAX_PORTS ? [] : [...ports];
}

function portText({ facts: { protocol, respPort } }: PendingFlow): string {
  if (protocol === IP_PROTOCOL.tcp) return `tcp/${respPort}`;
  if (protocol === IP_PROTOCOL.udp) return `udp/${respPort}`;
  return 'icmp';
}
