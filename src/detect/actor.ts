import type { DetectorView } from './detector.ts';

/** Whoever does something: a device of this network, or an address elsewhere. */
export interface Actor {
  /** Device index, or -1. */
  readonly device: number;
  /** Key in maps: the same for the same actor. */
  readonly key: string;
  /** Device id, or ''. */
  readonly deviceId: string;
  /** Device id, or the address as text: what a summary calls it. */
  readonly label: string;
}

export function deviceActor(view: Pick<DetectorView, 'devices'>, device: number): Actor {
  const { id } = view.devices.devices[device]!;
  return { device, key: id, deviceId: id, label: id };
}

export function addressActor(address: string): Actor {
  return { device: -1, key: `address ${address}`, deviceId: '', label: address };
}
