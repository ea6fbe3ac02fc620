import { formatIpAt } from '../bytes/address.ts';
import type { DeviceRegistry } from '../device/registry.ts';
import type { FlowColumns } from '../flow/columns.ts';
import { type Actor, addressActor, deviceActor } from './actor.ts';

/** Who is at the ends of a flow, worked out once for all detectors that ask about the same flow in a row. */
export class FlowEnds {
  private readonly flows: FlowColumns;
  private readonly devices: DeviceRegistry;
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
        device < 0 ? addressActor(formatIpAt(flows.origIp, slot * 4)) : deviceActor({ devices }, device);
    }
    return this.lastActor;
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
