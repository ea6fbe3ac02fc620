import { formatIpAt, type Mac } from '../bytes/address.ts';
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

/** Who stands behind a source address and the MAC it came with. */
export function actorAt(view: DetectorView, words: Uint32Array, at: number, mac: Mac): Actor {
  const device = view.devices.actorOf(words, at, mac);
  return device >= 0 ? deviceActor(view, device) : addressActor(formatIpAt(words, at));
}

export function deviceActor(view: DetectorView, device: number): Actor {
  const { id } = view.devices.devices[device]!;
  return { device, key: id, deviceId: id, label: id };
}

export function addressActor(address: string): Actor {
  return { device: -1, key: `address ${address}`, deviceId: '', label: address };
}

/** Device id of whoever has an address, or the address where that is not known or elsewhere. */
export function peerId(view: DetectorView, words: Uint32Array, at: number, mac: Mac): string {
  const device = view.devices.ownerOf(words, at, mac);
  return device >= 0 ? view.devices.devices[device]!.id : formatIpAt(words, at);
}
