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

/** Words by which tables tell actors apart. */
export const ACTOR_WORDS = 5;

/** Writes them for an actor that stands behind the address `words[from]`, to `key[0]` and on. */
export function writeActor(key: Uint32Array, { device }: Actor, words: Uint32Array, from: number): void {
  key[0] = device + 1;
  for (let w = 0; w < 4; w++) key[w + 1] = device < 0 ? words[from + w]! : 0;
}
