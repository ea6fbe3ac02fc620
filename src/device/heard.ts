/** Devices remembered for one thing that was said; others are taught again, which changes nothing. */
const MAX_DEVICES = 1024;

/**
 * What devices said before, so that what is said again costs one look-up. A thing is an object that stands for the same
 * content each time: decoders and fingerprints hand out the same one for the same bytes while they remember them.
 * Nothing is kept longer than the thing itself.
 */
export class Heard {
  private readonly sayers = new WeakMap<object, Set<number>>();

  has(device: number, thing: object): boolean {
    return this.sayers.get(thing)?.has(device) === true;
  }

  /** All that the thing teaches of the device is kept: no bound was reached. */
  add(device: number, thing: object): void {
    const sayers = this.sayers.get(thing);
    if (sayers === undefined) this.sayers.set(thing, new Set([device]));
    else if (sayers.size < MAX_DEVICES) sayers.add(device);
  }
}
