import { LIMIT } from './limits.ts';

/**
 * Names of addresses as one device asked for them: from DNS answers, TLS server names, HTTP hosts. Per device, because
 * one address serves many names. Bounded by `LIMIT.resolvedNames`; the oldest entry makes room.
 */
export class ResolvedNames {
  /** Device → address → name: in this order, because devices are fewer than addresses. */
  private readonly names = new Map<number, Map<string, string>>();
  /** Whose entries those are, in the order in which they came: a ring once it is full. */
  private readonly devices: number[] = [];
  private readonly addresses: string[] = [];
  private oldest = 0;

  set(device: number, address: string, name: string): void {
    let named = this.names.get(device);
    if (named === undefined) this.names.set(device, (named = new Map<string, string>()));
    const known = named.get(address);
    if (known === name) return;
    named.set(address, name);
    if (known === undefined) this.enter(device, address);
  }

  get(device: number, address: string): string {
    return this.names.get(device)?.get(address) ?? '';
  }

  private enter(device: number, address: string): void {
    if (this.devices.length < LIMIT.resolvedNames) {
      this.devices.push(device);
      this.addresses.push(address);
      return;
    }
    const at = this.oldest;
    this.forget(this.devices[at]!, this.addresses[at]!);
    this.devices[at] = device;
    this.addresses[at] = address;
    this.oldest = (at + 1) % LIMIT.resolvedNames;
  }

  private forget(device: number, address: string): void {
    const named = this.names.get(device)!;
    named.delete(address);
    if (named.size === 0) this.names.delete(device);
  }
}
