import { LIMIT } from './limits.ts';

/**
 * Names of addresses as one device asked for them: from DNS answers, TLS server names, HTTP hosts. Per device, because
 * one address serves many names. Bounded by `LIMIT.resolvedNames`; the oldest entry makes room.
 */
export class ResolvedNames {
  private readonly names = new Map<string, string>();

  set(device: number, address: string, name: string): void {
    const key = `${device} ${address}`;
    if (this.names.size >= LIMIT.resolvedNames && !this.names.has(key)) {
      this.names.delete(this.names.keys().next().value!);
    }
    this.names.set(key, name);
  }

  get(device: number, address: string): string {
    return this.names.get(`${device} ${address}`) ?? '';
  }
}
