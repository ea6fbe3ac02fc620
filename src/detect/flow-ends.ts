import { formatIpAt } from '../bytes/address.ts';
import type { DeviceRegistry } from '../device/registry.ts';
import type { FlowColumns } from '../flow/columns.ts';
import { sameWords } from '../flow/tuple-index.ts';
import { type Actor, ACTOR_WORDS, addressActor, deviceActor, writeActor } from './actor.ts';

/** Words of an actor and the address that it turns to. */
export const PAIR_WORDS = ACTOR_WORDS + 4;

/** Who is at the ends of a flow, worked out once for all detectors that ask about the same flow in a row. */
export class FlowEnds {
  private readonly flows: FlowColumns;
  private readonly devices: DeviceRegistry;
  /** By device. */
  private readonly actors: Actor[] = [];
  /** Of the last actor that is no device of this network. */
  private readonly address = new Uint32Array(4);
  private addressed = addressActor('');
  private actorFlow = -1;
  private lastActor: Actor = addressActor('');
  private targetFlow = -1;
  private lastTarget = '';

  constructor(flows: FlowColumns, devices: DeviceRegistry) {
    this.flows = flows;
    this.devices = devices;
  }

  /** Who stands behind the originator's address and the MAC it came with. */
  actor(slot: number): Actor {
    const { flows, devices } = this;
    if (this.actorFlow !== flows.id[slot]!) {
      this.actorFlow = flows.id[slot]!;
      const device = devices.actorOf(flows.origIp, slot * 4, flows.origMac[slot]!);
      this.lastActor =
        device < 0 ? this.elsewhere(slot) : (this.actors[device] ??= deviceActor({ devices }, device));
    }
    return this.lastActor;
  }

  private elsewhere(slot: number): Actor {
    const { address } = this;
    const { origIp } = this.flows;
    if (this.addressed.label === '' || !sameWords(address, 0, origIp, slot * 4)) {
      for (let w = 0; w < 4; w++) address[w] = origIp[slot * 4 + w]!;
      this.addressed = addressActor(formatIpAt(address, 0));
    }
    return this.addressed;
  }

  /** Key of the originator in tables: `ACTOR_WORDS` words from `key[0]` on. */
  writeActor(slot: number, key: Uint32Array): void {
    writeActor(key, this.actor(slot), this.flows.origIp, slot * 4);
  }

  /** Key of both ends in tables: `PAIR_WORDS` words from `key[0]` on. */
  writePair(slot: number, key: Uint32Array): void {
    const { respIp } = this.flows;
    this.writeActor(slot, key);
    for (let w = 0; w < 4; w++) key[ACTOR_WORDS + w] = respIp[slot * 4 + w]!;
  }

  /** The responder's address as text. */
  target(slot: number): string {
    const { flows } = this;
    if (this.targetFlow !== flows.id[slot]!) {
      this.targetFlow = flows.id[slot]!;
      this.lastTarget = formatIpAt(flows.respIp, slot * 4);
    }
    return this.lastTarget;
  }

  /** Device id of the responder, or its address where that is not known or elsewhere. */
  peer(slot: number): string {
    const { flows, devices } = this;
    const device = devices.ownerOf(flows.respIp, slot * 4, flows.respMac[slot]!);
    return device >= 0 ? devices.devices[device]!.id : this.target(slot);
  }
}
